"""Reports and agencies under all their names: renamed at one page, merged with their county, and nobody else's."""

import json

import pytest
from archive_makers import Clock, exchange, report
from click.testing import CliRunner

from archive.cli import main
from archive.divisions import successors
from archive.store import Archive
from archive.succession import agency_keys

TEXT = "一、总体情况：本机关全年收到政府信息公开申请，均已按期答复，并通过网站、公告栏和发布会主动公开各类信息。" * 6


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return an archive of an office renamed between two visits, its namesake, and an office of a county that went into another."""
    root = tmp_path_factory.mktemp("archive")
    archive = Archive.open(root, clock=Clock())
    seen = [
        ("青川县民政局", 2024, 3, "http://a.gov.test/1.html"),
        ("青川县民政局", 2023, 5, "http://a.gov.test/0.html"),
        ("青川县民政和数据局", 2024, 3, "http://a.gov.test/1.html"),
        ("青川县民政和数据局", 2025, 7, "http://a.gov.test/2.html"),
        ("青川县教育局", 2024, 3, "http://a.gov.test/3.html"),
        ("邢台县水利局", 2018, 3, "http://b.gov.test/1.html"),
        ("邢台市信都区水利局", 2022, 3, "http://b.gov.test/2.html"),
        ("邢台市襄都区水利局", 2022, 3, "http://b.gov.test/3.html"),
    ]
    with archive.start_run("crawl") as run:
        for number, (agency, year, value, url) in enumerate(seen):
            capture = run.record(exchange(f"{number}".encode(), url=url, seconds=60 * number))
            run.store(capture, report(value, agency=agency, year=year, body=TEXT), reader_version="1")
    archive.close()
    return root


def rows(root, command, name):
    """Return what a command prints of a name, and its exit status."""
    result = CliRunner().invoke(main, [command, "--archive", str(root), name, "--json"])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return json.loads(result.stdout or "[]"), result.exit_code


def named(root, name):
    """Return agency and year of the versions of a name, in their order."""
    return [row["title"].removesuffix("政府信息公开工作年度报告") for row in rows(root, "versions", name)[0]]


@pytest.mark.parametrize("name", ["青川县民政局|2024", "青川县民政和数据局|2024", "http://a.gov.test/1.html"])
def test_a_renamed_reports_versions_stand_in_one_chain(root, name):
    """Whichever of its names is asked for, oldest first."""
    assert named(root, name) == ["青川县民政局2024年", "青川县民政和数据局2024年"]
    assert [row["is_current"] for row in rows(root, "versions", name)[0]] == [0, 1], "the earlier name is past"
    assert [row["verdict"] for row in rows(root, "changes", name)[0]] == ["retitled", "first_seen"]


@pytest.mark.parametrize("name", ["青川县民政局", "青川县民政和数据局"])
def test_an_agency_is_followed_through_its_renaming_both_ways(root, name):
    """All years, under both names, and no other office's."""
    assert set(named(root, name)) == {
        "青川县民政局2023年",
        "青川县民政局2024年",
        "青川县民政和数据局2024年",
        "青川县民政和数据局2025年",
    }


def test_a_year_of_another_name_is_found(root):
    """The new office's report of a year before it had that name is its predecessor's."""
    assert named(root, "青川县民政和数据局|2023") == ["青川县民政局2023年"]
    assert rows(root, "versions", "青川县民政和数据局|2019")[1] == 2
    assert rows(root, "versions", "没有的局")[1] == 2


def test_an_office_goes_with_its_county_into_another(root):
    """邢台县 went into 信都区 in 2020: its office's reports are found from either, and not from the county beside."""
    assert successors("130521", 2018) == ("130503",)
    both = {"邢台县水利局2018年", "邢台市信都区水利局2022年"}
    assert set(named(root, "邢台县水利局")) == set(named(root, "邢台市信都区水利局")) == both
    assert named(root, "邢台市襄都区水利局") == ["邢台市襄都区水利局2022年"]
    archive = Archive.open(root)
    assert agency_keys(archive.catalog, "青川县教育局") == {"510822//教育局"}
    archive.close()


def test_the_ledger_of_a_renamed_report_is_one(tmp_path):
    """A cell that changed under the old name and again under the new one."""
    archive = Archive.open(tmp_path, clock=Clock())
    with archive.start_run("crawl") as run:
        seen = ("青川县民政局", 3), ("青川县民政局", 4), ("青川县民政和数据局", 4), ("青川县民政和数据局", 5)
        for number, (agency, value) in enumerate(seen):
            capture = run.record(exchange(f"{number}".encode(), seconds=60 * number))
            run.store(capture, report(value, agency=agency, body=TEXT), reader_version="1")
    archive.close()
    old, new = (rows(tmp_path, "history", f"{agency}|2024")[0] for agency in ("青川县民政局", "青川县民政和数据局"))
    assert [row["value"] for row in old] == [3, 4, 5] == [row["value"] for row in new]
