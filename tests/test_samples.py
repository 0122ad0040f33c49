"""The samples keep their promises: numbers that hold, pages that are as specified, a server that logs and proxies."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import build_opener, ProxyHandler, Request, urlopen

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.forms import form, FORM_IDS, identities_of
from samples.county import COUNTY, organs
from samples.numbers import broken, numbers_of
from samples.pages import lean_page, word_page
from samples.pdf import pdf_of, spread
from samples.portals import expected, portals, published
from samples.reports import form_for, make_report
from samples.server import running
from samples.tables import printed_table

NAMES = st.sampled_from([organ.name for organ in organs(COUNTY)])
YEARS = st.integers(2008, 2026)
TABLED = st.sampled_from(["2014", "2019", "2021"])


@pytest.fixture(scope="module")
def site():
    with running() as site:
        yield site


@pytest.fixture
def get(site):
    opener = build_opener(ProxyHandler({"http": site.url}))

    def fetch(url: str, **headers: str):
        request = Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
        try:
            with opener.open(request) as response:
                return response.status, dict(response.headers), response.read()
        except HTTPError as error:
            return error.code, dict(error.headers), error.read()

    return fetch


@given(NAMES, YEARS, TABLED, st.integers(0, 3))
@settings(deadline=None, max_examples=60)
def test_numbers_keep_all_identities(name, year, form_id, seed):
    numbers = numbers_of(name, year, form_id, seed)
    assert broken(form_id, numbers) == ()
    assert {t: set(v) for t, v in numbers.items()} == {t: {c.id for c in f.cells} for t, f in form(form_id).tables.items()}
    signed = {spec.id for table in form(form_id).tables.values() for spec in table.cells if spec.signed}
    assert all(value >= 0 for table in numbers.values() for cell, value in table.items() if cell not in signed)


@given(NAMES, st.integers(2020, 2026))
@settings(deadline=None, max_examples=30)
def test_what_is_carried_out_is_carried_in(name, year):
    before = numbers_of(name, year - 1, form_for(year - 1))["applications"]
    after = numbers_of(name, year, form_for(year))["applications"]
    assert after["carried_in.total"] == before["carried_out.total"]


@given(NAMES, TABLED, st.data())
@settings(deadline=None, max_examples=30)
def test_a_slip_breaks_what_it_says(name, form_id, data):
    slips = [one.id for table in form(form_id).tables for one in identities_of(form_id, table)]
    slip = data.draw(st.sampled_from(slips))
    assert slip in make_report(name, 2022, form_id, slip=slip).broken


@given(NAMES, YEARS)
@settings(deadline=None, max_examples=20)
def test_reports_are_deterministic_and_distinct(name, year):
    assert make_report(name, year) == make_report(name, year)
    assert make_report(name, year).text != make_report(name, year, wording=1).text
    assert make_report(name, year).text != make_report(name, year + 1).text


@pytest.mark.parametrize("form_id", ["2014", "2019", "2021"])
def test_printed_tables_are_rectangles_that_show_every_cell(form_id):
    report = make_report("云棠县水利局", 2022, form_id, zeros="")
    for table, cells in report.truth.items():
        rows = printed_table(form_id, table, cells)
        assert [one.cell for row in rows for one in row if one.cell] == list(cells)
        grid, _ = spread(rows)
        assert sum(one.across * one.down for row in rows for one in row) == len(grid) * len(grid[0])


def test_spans_of_the_table_of_requests_are_the_statutory_ones():
    report = make_report("云棠县水利局", 2022)
    spans = [
        one.down for row in printed_table("2021", "applications", report.truth["applications"]) for one in row if one.down > 3
    ]
    assert spans == [22, 8, 5]


def test_zeros_are_printed_as_asked():
    blank = make_report("云棠县水利局", 2022, zeros="").truth["applications"]
    assert {cell.kind for cell in blank.values() if not cell.value} == {"blank"}
    dash = make_report("云棠县水利局", 2022, zeros="-").truth["applications"]
    assert {(cell.kind, cell.value) for cell in dash.values() if not cell.value} == {("dash", None)}


def test_every_form_of_the_samples_is_a_form():
    assert {form_for(year) for year in range(2008, 2030)} == set(FORM_IDS)


def test_bench_pages_have_the_sizes_of_real_ones():
    lean, word = lean_page(), word_page()
    assert 34_000 < len(lean.encode()) < 46_000
    assert 220_000 < len(word.encode()) < 290_000
    assert 110 < len(lxml.html.fromstring(lean).xpath("//a")) < 140


def test_pdf_is_the_same_twice():
    report = make_report("云棠县水利局", 2022)
    assert pdf_of(report).startswith(b"%PDF")
    assert pdf_of(report) == pdf_of(report)


def test_every_expected_report_is_served(get):
    for portal in portals().values():
        for one in portal.expected:
            status, _, body = get(one.file or one.url, Referer=one.url, User_Agent="Mozilla/5.0 (test)")
            assert (status, len(body) > 1000) == (200, True), one


def test_registry_names_every_portal():
    rows = tomllib.loads(Path("samples/registry.toml").read_text(encoding="utf-8"))
    assert {name: row["home"] for name, row in rows.items()} == {portal.id: portal.home for portal in portals().values()}


COLUMN = "http://trs.gov.test/gongkai/zfxxgkpt/zfxxgknb/"


class TestTrs:
    def test_expects_sixteen_years(self):
        assert expected("trs") == {("国家渡口管理局", year) for year in range(2008, 2024)}
        assert [one.year for one in published("trs") if one.broken] == [2020]

    def test_shell_page_is_a_script_of_302_bytes(self, get):
        _, _, body = get("http://trs.gov.test/gongkai/")
        assert len(body) == 302
        assert not lxml.html.fromstring(body).xpath("//a")

    def test_lists_hold_seven_rows_with_short_text_and_full_title(self, get):
        for number in ("", "index_1.html"):
            page = lxml.html.fromstring(get(COLUMN + number)[2].decode())
            rows = page.xpath("//div[@class='zfxxgk_zdgkc']//li/a")
            assert len(rows) == 7
            assert any(row.text.endswith("...") and len(row.text) == 21 < len(row.get("title")) + 3 for row in rows)

    def test_last_list_has_the_old_shape_and_no_call(self, get):
        text = get(COLUMN + "index_2.html")[2].decode()
        assert len(lxml.html.fromstring(text).xpath("//table[@class='gl_list']//tr/td[1]/a")) == 7
        assert "var countPage = 3" in text
        assert "createPageHTML" not in text

    def test_one_page_further_is_a_stub(self, get):
        status, _, body = get(COLUMN + "index_3.html")
        assert (status, len(body)) == (200, 350)

    def test_unknown_path_is_a_true_404_and_unknown_host_no_way_out(self, get):
        assert get("http://trs.gov.test/nowhere.html")[0] == 404
        assert get("http://www.gov.cn/")[0] == 502

    def test_next_season_brings_a_year_and_a_correction(self):
        assert expected("trs", 2) - expected("trs") == {("国家渡口管理局", 2024)}
        assert not any(one.broken for one in published("trs", 2))


def test_unchanged_pages_are_304(get):
    url = published("trs")[0].url
    _, headers, _ = get(url)
    assert get(url, If_None_Match=headers["ETag"])[0] == 304
    assert get(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
    assert get(url, If_None_Match='"other"')[0] == 200


def test_log_is_kept_and_served(site, get):
    get("http://trs.gov.test/nowhere-else.html", User_Agent="test-agent")
    last = site.log[-1]
    assert (last.host, last.path, last.status, last.user_agent) == ("trs.gov.test", "/nowhere-else.html", 404, "test-agent")
    with urlopen(site.url + "/__log__") as response:
        lines = [json.loads(line) for line in response.read().splitlines()]
    assert lines[-1]["path"] == "/nowhere-else.html"


def test_loopback_address_is_the_default_portal(site):
    with urlopen(site.url + "/") as response:
        assert "国家渡口管理局" in response.read().decode()


def test_run_gives_the_command_the_proxy_and_returns_its_status(tmp_path):
    program = "import os, sys, urllib.request as u; u.urlopen('http://trs.gov.test/'); sys.exit(7 if 'no_proxy' not in os.environ else 1)"
    log = tmp_path / "log.jsonl"
    command = [sys.executable, "-m", "samples", "run", "--log", str(log), "--", sys.executable, "-c", program]
    assert subprocess.run(command, env={"no_proxy": "*"}, check=False).returncode == 7
    assert json.loads(log.read_text().splitlines()[0])["url"] == "http://trs.gov.test/"
