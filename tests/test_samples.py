"""The samples keep their promises: numbers that hold, pages that are as specified, a server that logs and proxies."""

from __future__ import annotations

import ast
import json
import re
import ssl
import subprocess
import sys
import tomllib
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urljoin
from urllib.request import build_opener, HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, urlopen

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.forms import form, FORM_IDS, identities_of
from pipelines.attachments import read_file, sniff
from pipelines.statistics import statistics_from_grids
from samples import site as sample_site
from samples.county import COUNTY, organs
from samples.judge import judge
from samples.msdoc import doc_of
from samples.numbers import broken, numbers_of
from samples.office import docx_of, ofd_of
from samples.pages import lean_page, word_page
from samples.pdf import pdf_of, spread
from samples.portals import expected, portals, published, report_of, waf
from samples.reports import form_for, make_report
from samples.server import running
from samples.tables import printed_table

NAMES = st.sampled_from([organ.name for organ in organs(COUNTY)])
YEARS = st.integers(2008, 2026)
TABLED = st.sampled_from(["2014", "2019", "2021"])


AGENT = "Mozilla/5.0 (compatible; test)"


class Keep(HTTPRedirectHandler):
    """Follows no redirect: a test wants to see it."""

    def redirect_request(self, *args):
        return None


@pytest.fixture(scope="module")
def site():
    with running() as site:
        yield site


@pytest.fixture
def get(site):
    trusted = HTTPSHandler(context=ssl.create_default_context(cadata=site.signer.pem.decode()))
    opener = build_opener(ProxyHandler({"http": site.url, "https": site.url}), Keep, trusted)

    def fetch(url: str, data: bytes | None = None, **headers: str):
        named = {"User-Agent": AGENT, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            with opener.open(Request(url, data=data, headers=named)) as response:
                return response.status, dict(response.headers), response.read()
        except HTTPError as error:
            with error:
                return error.code, dict(error.headers), error.read()

    return fetch


@pytest.fixture
def page(get):
    def fetch(url: str, **headers: str):
        status, _, body = get(url, **headers)
        assert status == 200, url
        return lxml.html.fromstring(body.decode(), base_url=url)

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


@pytest.mark.parametrize("make", [pdf_of, docx_of, doc_of, ofd_of])
@pytest.mark.parametrize("year", [2016, 2019, 2023])
def test_files_hold_every_cell_as_our_own_readers_see_it(make, year):
    report = make_report("云棠县水利局", year)
    payload = make(report)
    reading = read_file(payload, sniff(payload))
    tables = statistics_from_grids(reading.grids, reading.text).tables()
    read = {name: {cell: found.value for cell, found in table.cells.items()} for name, table in tables.items()}
    assert read == {name: {cell: truth.value for cell, truth in table.items()} for name, table in report.truth.items()}
    assert report.title in reading.text.replace("\n", "")


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


WALLED = {"rs", "jsl", "c3vk", "geo", "gate", "throttle", "softblock", "expired", "incomplete", "httponly", "httpsonly"}
DRAWN = {"spa", "spaclick"}
"""Portals whose reports only a browser shows."""
OPEN = [portal.id for portal in portals().values() if portal.id not in WALLED | DRAWN]


@pytest.mark.parametrize("name", OPEN)
def test_every_expected_report_is_served_under_its_title(name, get):
    for one in published(name):
        status, _, body = get(one.file or one.url, Referer=one.url)
        assert status == 200
        if body.startswith((b"%PDF", b"PK", b"\xd0\xcf")):
            continue
        text = body.decode("gb18030" if name == "legacy" else "utf-8")
        assert one.agency in text
        assert name == "legacy" or str(one.year) in text
        assert lxml.html.fromstring(text).xpath("//h1 | //img | //script[contains(., 'DETAIL')]")


def test_portals_tell_no_report_twice():
    everything = [(one.agency, one.year) for portal in portals().values() for one in portal.expected]
    assert len(everything) == len(set(everything))


def test_same_pages_whatever_the_hash_seed():
    program = (
        "from samples.reports import make_report; from samples.pdf import pdf_of; from samples.office import *; from samples.msdoc import *; from hashlib import *;"
        "r = make_report('云棠县水利局', 2023); print(sha256(b''.join([r.html.encode(), pdf_of(r), docx_of(r), ofd_of(r), doc_of(r)]))"
        ".hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


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


def titles(links) -> set[str]:
    return {"".join(link.itertext()) for link in links}


class TestUcap:
    SIDE = "//ul[@id='nb_list']//a"

    def test_side_bar_holds_bare_years_everywhere(self, page):
        for path in ("/jyt/c100/zwgklist.shtml", "/jyt/c250118/zwgklist.shtml", "/jyt/c240106/201501/174175550.shtml"):
            assert titles(page("http://ucap.gov.test" + path).xpath(self.SIDE)) == {str(year) for year in range(2014, 2025)}

    def test_big_year_has_two_pages_no_first_and_a_soft_third(self, page, get):
        folder = "http://ucap.gov.test/jyt/c250123/zwgklist"
        rows = [page(f"{folder}{end}.shtml").xpath("//div[@class='list']//a/@href") for end in ("", "_2")]
        assert [len(each) for each in rows] == [12, 11]
        assert len({*rows[0], *rows[1]}) == 23
        assert get(f"{folder}_1.shtml")[0] == 404
        assert "您访问的页面不存在" in get(f"{folder}_3.shtml")[2].decode()

    def test_three_titles_lack_their_year(self, page):
        links = [
            a
            for end in ("", "_2")
            for a in page(f"http://ucap.gov.test/jyt/c250123/zwgklist{end}.shtml").xpath("//li/a[@title]")
        ]
        assert sum("2023" not in link.get("title") for link in links) == 3


class TestUcapJson:
    def test_pages_until_none(self, get):
        results = [json.loads(get(f"{self.API}&page={n}&_isJson=true")[2])["data"]["results"] for n in (1, 2, 3)]
        assert [len(each) for each in results] == [15, 8, 0]
        assert "<table" in results[0][0]["contentHtml"]

    API = "http://ucapjson.gov.test/common/search/a1b2c3d4e5f60718293a4b5c6d7e8f90?_pageSize=15"

    def test_without_the_parameter_only_a_shell(self, page):
        assert not page(f"{self.API}&page=1").xpath("//div[@id='result']/*")

    def test_new_template_keeps_its_addresses_in_a_string(self, get):
        text = get("http://ucapjson.gov.test/xxgk/col/col42150/index.html")[2].decode()
        assert text.count('\\"pc\\"') == 5
        assert "{{pcUrl}}" in text


class TestHanweb:
    PROXY = "http://hanweb.gov.test/module/web/jpage/dataproxy.jsp?startrecord=46&endrecord=90&perpage=15"

    def test_first_group_is_in_a_script_and_the_rest_comes_by_post(self, get):
        column = get("http://hanweb.gov.test/col/col61490/index.html")[2].decode()
        assert column.count("<record>") == 45
        rest = get(self.PROXY, data=b"col=1&columnid=61490", Referer="http://hanweb.gov.test/col/col61490/index.html")[
            2
        ].decode()
        assert rest.count("<record>") == 14
        again = [href for href in re.findall(r"/art/[^\"]+", rest) if href in column]
        assert len(again) == 1

    def test_the_proxy_wants_a_referer_and_a_post(self, get):
        assert get(self.PROXY, data=b"")[0] == 403
        assert "<record>" not in get(self.PROXY, Referer="http://hanweb.gov.test/")[2].decode()

    def test_files_say_they_are_pages(self, get):
        files = [one for one in published("hanweb") if one.file]
        assert len(files) == 5
        _, headers, body = get(files[0].file)
        assert (headers["Content-Type"], body[:4]) == ("text/html", b"%PDF")

    def test_https_answers_the_same(self, get):
        assert get("https://hanweb.gov.test/")[2] == get("http://hanweb.gov.test/")[2]

    def test_unknown_area_is_an_empty_shell(self, page):
        shell = page("http://hanweb.gov.test/module/xxgk/xxgkAnnualReport.jsp?area=1&fbtime=2024")
        assert not shell.xpath("//table")


class TestJpaas:
    UNIT = "http://jpaas.gov.test/api-gateway/jpaas-publish-server/front/page/build/unit?"

    def test_only_mozilla_is_answered(self, get):
        assert get("http://jpaas.gov.test/robots.txt", User_Agent="Gongkai/0.1")[0] == 403

    def test_containers_lead_to_the_list(self, page, get):
        column = page("http://jpaas.gov.test/zwgk/zfxxgk/zfxxgknb/index.html")
        queries = [ast.literal_eval(one) for one in column.xpath("//script/@querydata")]
        counts = []
        for number in (1, 2, 3):
            query = urlencode({**queries[1], "paramJson": json.dumps({"pageNo": number, "pageSize": "100"})})
            counts.append(json.loads(get(self.UNIT + query)[2])["data"]["html"].count("<li"))
        assert counts == [15, 15, 7]
        assert "bt-right" not in json.loads(get(self.UNIT + urlencode(queries[0]))[2])["data"]["html"]
        twice = f"{urlencode(queries[1])}&pageId=x"
        assert json.loads(get(self.UNIT + twice)[2])["success"] is False


class TestGkmlpt:
    API = "http://gkmlpt.gov.test/gkmlpt/api/all/19300?sid=755041"

    def test_a_hundred_rows_a_page_and_page_nought_is_page_one(self, get):
        pages = [json.loads(get(f"{self.API}&page={n}")[2]) for n in (0, 1, 2, 3)]
        assert [len(each["articles"]) for each in pages] == [100, 100, 30, 0]
        assert pages[0] == pages[1]

    def test_tree_counts_are_those_specified(self, get):
        text = get("http://gkmlpt.gov.test/xxgk/gkmlpt/index")[2].decode()
        counts = [int(number) for number in re.findall(r'"post_count": (\d+)', text)]
        assert sum(counts) == 14 + 78 + 130
        assert "http://town1.gkmlpt.gov.test/xxgk/gkmlpt/index" in text

    def test_ten_posts_keep_their_text_in_a_script(self, get):
        bodies = [get(one.url)[2].decode() for one in published("gkmlpt") if "/post_650" in one.url]
        assert sum('<div class="article-content"></div>' in body for body in bodies) == 10
        assert any("\\u003C" in body for body in bodies)

    def test_the_phone_copy_is_the_same(self, get):
        url = published("gkmlpt")[0].url
        assert get(url)[2] == get(url.replace("/post_", "/mpost_"))[2]


class TestLonsun:
    LIST = "http://lonsun.gov.test/site/label/8888?labelName=publicInfoList&type=3&organId={}&pageIndex={}"

    def test_fragments_page_and_one_organ_is_empty(self, get):
        counts = [get(self.LIST.format(21691, n))[2].decode().count("<li") for n in (1, 2, 3, 4)]
        assert counts == [6, 6, 5, 0]
        assert "暂无相关信息" in get(self.LIST.format(21695, 1))[2].decode()
        assert "暂无相关信息" in get(self.LIST.format(21691, 1).replace("type=3", "type=2"))[2].decode()

    def test_tree_names_six_organs(self, get):
        tree = json.loads(get("http://lonsun.gov.test/site/label/8888?labelName=columnTree&isJson=true&id=&isChild=true")[2])
        assert len({one["htmlPath"] for one in tree}) == 6

    def test_old_files_have_their_magic(self, get):
        heads = [get(f"http://lonsun.gov.test/group6/M00/00/{path}")[2][:4] for path in ("0A/nb.doc", "0B/nb.wps", "0C/nb.ofd")]
        assert heads == [b"\xd0\xcf\x11\xe0", b"\xd0\xcf\x11\xe0", b"PK\x03\x04"]


class TestVsb:
    def test_pages_count_down(self, page):
        url, rows, addresses = "http://vsb.gov.test/zfxxgk/zfxxgknb.htm", [], []
        while url:
            addresses.append(url.rpartition("/")[2])
            found = page(url)
            rows += [urljoin(url, href) for href in found.xpath("//ul[@class='list']//a/@href")]
            following = found.xpath("//span[@class='p_next p_fun']/a/@href")
            url = urljoin(url, following[0]) if following else None
        assert addresses == ["zfxxgknb.htm", "4.htm", "3.htm", "2.htm", "1.htm"]
        assert {one.url for one in published("vsb")} == {row for row in rows if "/info/" in row}
        assert len(rows) == 69

    def test_file_wants_the_article_as_referer_and_some_want_a_captcha(self, get):
        download = "http://vsb.gov.test/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid="
        referer = "http://vsb.gov.test/info/1475/44091.htm"
        assert get(f"{download}77", Referer=referer)[2].startswith(b"%PDF")
        assert "请从文章页面下载" in get(f"{download}77")[2].decode()
        assert "验证码" in get(f"{download}90", Referer=referer)[2].decode()


class TestLegacy:
    def test_bytes_are_gb18030_and_the_header_is_silent(self, get):
        _, headers, body = get("http://legacy.gov.test/show.jsp?id=14142020")
        assert headers["Content-Type"] == "text/html"
        assert body.index(b"charset=gb2312") > 1500
        assert all(character in body.decode("gb18030") for character in "镕喆㙍")
        with pytest.raises(UnicodeDecodeError):
            body.decode("gb2312")

    def test_twelve_rows_of_every_kind(self, get):
        text = "".join(get(f"http://legacy.gov.test/column.jsp?id=1414&current={n}")[2].decode("gb18030") for n in (1, 2, 3))
        hrefs = lxml.html.fromstring(text).xpath("//table[@class='list']//a/@href")
        kinds = ("//show.jsp", "nb2012.pdf", "nb2013.pdf", ".doc", ":8088/")
        assert [sum(kind in href for href in hrefs) for kind in kinds] == [6, 1, 1, 2, 2]
        heads = [get(href)[2][:4] for href in hrefs if "show" not in href]
        assert sorted(heads) == sorted([b"%PDF"] * 4 + [b"\xd0\xcf\x11\xe0"] * 2)


class TestCounty:
    def test_forty_links_of_which_thirty_four_are_reports(self, page, get):
        base = "http://county.gov.test/nb/2023.html"
        links = page(base).xpath("//div[@class='main']//li/a")
        assert len(links) == 40
        assert all("年" not in text for text in titles(links))
        hrefs = [re.sub(r"javascript:window.open\('(.*)'\)", r"\1", link.get("href")) for link in links]
        answers = [get(urljoin(base, href)) for href in hrefs]
        statuses = [status for status, _, _ in answers]
        assert {status: statuses.count(status) for status in set(statuses)} == {200: 36, 404: 2, 301: 1, 502: 1}
        good = [body for status, _, body in answers if status == 200]
        assert len(good) - len(set(good)) == 1
        assert sum("您访问的页面不存在" in body.decode("utf-8", "ignore") for body in good) == 1
        assert len([year for _, year in expected("county") if year == 2023]) == 34

    def test_shells_lead_to_the_frame(self, page, get):
        assert b"url=/main/" in get("http://county.gov.test/")[2]
        assert page("http://county.gov.test/zwgk/").xpath("//iframe/@src") == ["/zwgk/frame.html"]
        assert page("http://county.gov.test/zwgk/frame.html").xpath("//option/@value") == ["/nb/2023.html", "/nb/2022.html"]

    def test_scan_is_pictures_only(self, page, get):
        scans = [one for one in published("county") if not get(one.url)[2].startswith((b"%PDF", b"PK"))]
        bodies = [page(one.url).xpath("//div[@class='content']")[0] for one in scans]
        only_pictures = [body for body in bodies if not body.text_content().strip()]
        assert len(only_pictures) == 1
        assert get(urljoin("http://county.gov.test/", only_pictures[0].xpath(".//img/@src")[0]))[2].startswith(b"\x89PNG")


class TestWalls:
    @pytest.mark.parametrize(
        ("name", "status", "sign"),
        [("rs", 412, "$_ts"), ("jsl", 521, "document.cookie"), ("c3vk", 200, "C3VK"), ("geo", 403, "GeoBL")],
    )
    def test_walls_stand_before_every_page_and_not_before_robots(self, name, status, sign, get):
        for path in ("/", "/zwgk/nb/2023.html", "/nowhere.html"):
            code, _, body = get(f"http://{name}.gov.test{path}")
            assert (code, sign in body.decode()) == (status, True)
        assert get(f"http://{name}.gov.test/robots.txt")[0] == 200
        assert expected(name) == set()
        assert portals()[name].blocked

    def test_gate_opens_to_who_keeps_the_cookie(self, get):
        status, headers, _ = get("http://gate.gov.test/zwgk/nb/")
        assert (status, headers["Location"]) == (302, "http://gate.gov.test/zwgk/nb/")
        assert get("http://gate.gov.test/zwgk/nb/", Cookie=headers["Set-Cookie"].partition(";")[0])[0] == 200

    def test_throttle_asks_for_patience(self):
        answer = waf.throttle().hosts["throttle.gov.test"]
        request = sample_site.Request(host="throttle.gov.test", path="/")
        assert [answer(request).status for _ in range(3)] == [200, 429, 503]

    def test_soft_block_begins_with_the_twentieth_request(self):
        answer = waf.softblock().hosts["softblock.gov.test"]
        article = sample_site.Request(host="softblock.gov.test", path="/zwgk/nb/2020.html")
        column = answer(sample_site.Request(host="softblock.gov.test", path="/zwgk/nb/")).body
        bodies = [answer(article).body for _ in range(20)]
        assert [body == column for body in bodies] == [False] * 18 + [True] * 2


class TestSoft:
    def test_the_chain_ends_at_www(self, get):
        assert get("http://soft.gov.test/zwgk/")[1]["Location"] == "https://soft.gov.test/zwgk/"
        assert get("https://soft.gov.test/zwgk/")[1]["Location"] == "https://www.soft.gov.test/zwgk/"

    def test_nothing_is_404(self, get):
        status, headers, body = get("http://www.soft.gov.test/zzz404probe.html")
        assert (status, len(body), headers["Content-Type"]) == (200, 1200, "text/html; charset=ISO-8859-1")

    def test_one_page_has_many_addresses(self, get):
        addresses = ("2022.html", "2022.html?spm=a2c.1.2&from=timeline", "2022.html;jsessionid=ABC")
        bodies = {get(f"http://www.soft.gov.test/zwgk/nb/{address}")[2] for address in addresses}
        bodies |= {get(f"http://{place}/zwgk/nb/2022.html")[2] for place in ("m.soft.gov.test", "www.soft.gov.test/wap")}
        assert len(bodies) == 1

    def test_traps_are_set(self, site, get, page):
        days = page("http://www.soft.gov.test/rili?date=2031-05-05").xpath("//a/@href")
        assert len(days) == 4
        _, headers, body = get("http://www.soft.gov.test/zwgk/nb/2016.pdf")
        assert (headers["Content-Type"], body[:5]) == ("application/pdf", b"<html")
        assert get("http://www.soft.gov.test/tiaozhuan/a.html")[1]["Location"] == "/tiaozhuan/b.html"
        assert b"Disallow: /zwgk/xxgknb/" in get("http://www.soft.gov.test/robots.txt")[2]
        answer = site.answer(sample_site.Request(host="www.soft.gov.test", path="/xinxiang.html"))
        assert answer.delay == 30

    def test_the_huge_file_promises_200_megabytes(self, site):
        connection = HTTPConnection("127.0.0.1", site.port)
        connection.request("HEAD", "http://www.soft.gov.test/zwgk/nb/quanbu.zip")
        assert connection.getresponse().headers["Content-Length"] == str(200 * 1024 * 1024)
        connection.close()


class TestTransport:
    def test_faulty_https_fails_as_it_does_elsewhere(self, get):
        for name, reason in (("expired", "expired"), ("incomplete", "issuer"), ("httponly", "502")):
            with pytest.raises(URLError, match=reason):
                get(f"https://{name}.gov.test/")
        assert get("http://httponly.gov.test/")[0] == 200

    def test_https_only_drops_http(self, get):
        with pytest.raises(RemoteDisconnected):
            get("http://httpsonly.gov.test/")
        assert get("https://httpsonly.gov.test/")[0] == 200


class TestJudge:
    def row(self, one, **changes):
        tables = report_of(one).truth
        cells = {
            name: {"cells": {cell: {"value": truth.value} for cell, truth in table.items()}} for name, table in tables.items()
        }
        return {"url": one.url, "agency": {"name": one.agency}, "report_year": one.year, "statistics": cells, **changes}

    def asked(self, path, status=200):
        url = f"http://trs.gov.test{path}"
        return {"host": "trs.gov.test", "path": path, "url": url, "method": "GET", "status": status, "conditional": False}

    def test_a_perfect_crawl_has_no_faults(self):
        found = [self.row(one) for one in published("trs")]
        verdict = judge("trs", found, [self.asked("/"), self.asked("/a.html"), self.asked("/a.html", 404)])
        assert verdict.faults == ()
        assert (verdict.found, verdict.cells_right, verdict.requests) == (16, 5 * 58 + 2 * 198 + 3 * 200, 3)

    def test_every_fault_is_named(self):
        _, second, *rest = published("trs")
        found = [self.row(one) for one in rest] + [self.row(second, agency={"name": "无名局"})]
        found[0]["statistics"]["review_litigation"]["cells"]["recon_total"]["value"] = 99
        found[1]["statistics"]["applications"] = None
        verdict = judge("trs", found, [self.asked("/protect/P0.pdf"), *[self.asked("/a.html")] * 200])
        assert len(verdict.missing) == 2
        assert verdict.extra == (f"无名局 {second.year}",)
        assert [wrong.partition(":")[0] for wrong in verdict.cells_wrong] == [
            f"国家渡口管理局 {rest[0].year} review_litigation.recon_total"
        ]
        assert verdict.cells_unread == sum(bool(c.value is not None) for c in report_of(rest[1]).truth["applications"].values())
        kinds = {fault.partition(":")[0] for fault in verdict.faults}
        assert kinds == {"missing", "not there", "fetched twice", "forbidden", "wrong cell", "201 requests, at most 112"}

    def test_another_portals_rows_are_left_out(self):
        assert judge("trs", [self.row(one) for one in published("ucap")], []).found == 0


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


def test_run_says_what_it_cannot_find():
    done = subprocess.run(
        [sys.executable, "-m", "samples", "run", "--", "/no/such"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "Error: no such command: /no/such")


def test_ctrl_c_is_left_to_the_command():
    program = "import os, signal, sys, time; signal.signal(2, lambda *_: (time.sleep(0.6), sys.exit(9))); os.killpg(0, 2); time.sleep(30)"
    command = [sys.executable, "-m", "samples", "run", "--", sys.executable, "-c", program]
    assert subprocess.run(command, check=False, start_new_session=True).returncode == 9
