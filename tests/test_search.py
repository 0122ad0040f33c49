"""Full-text search finds what a text says, in Chinese words of any length, and nothing that was taken down."""

import json
import shutil
import sqlite3

import pytest
from archive_makers import Clock, exchange, report
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive import store as archive_store
from archive.cli import main
from archive.errors import Damaged, Misuse
from archive.rebuild import rebuild
from archive.records import Filters
from archive.search_words import snippet, terms_of, tokens_of
from archive.searching import search
from archive.store import Archive

TEXTS = {
    "青川县教育局": "一、总体情况。本年度收到行政复议申请三件。\n政府信息公\n开指南已更新",
    "苍溪县财政局": "主动公开预算决算,Open Data 平台访问量12345次",
    "剑阁县水利局": "本年未发生行政诉讼。政务公开不涉及复议之行政机关",
}
signs = st.text(alphabet="公开行政复议信息年度报告局 \n,。2024abc", min_size=0, max_size=30)


def fill(archive, texts):
    """Store a report a text; return the captures by agency."""
    captures = {}
    with archive.start_run("crawl", portal="sichuan") as run:
        for number, (agency, body) in enumerate(texts.items()):
            capture = run.record(exchange(body.encode(), url=f"http://www.a.gov.test/{number}.html", seconds=number))
            run.store(capture, report(agency=agency, body=body), reader_version="1")
            captures[agency] = capture.id
    return captures


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Return an archive of three reports."""
    archive = Archive.open(tmp_path_factory.mktemp("archive"), clock=Clock())
    fill(archive, TEXTS)
    return archive


def agencies(archive, *words, limit=50, **filters):
    """Return whose reports a search finds."""
    return [row["agency"][:2] for row in search(archive, words, Filters(**filters), limit=limit)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["行政复议"], ["青川"]),
        (["复议"], ["剑阁", "青川"]),
        (["行政"], ["剑阁", "青川"]),
        (["信息公开指南"], ["青川"]),
        (["公开"], ["剑阁", "苍溪", "青川"]),
        (["公开", "预算"], ["苍溪"]),
        (['公开 "行政诉讼"'], ["剑阁"]),
        (["ＯＰＥＮ"], ["苍溪"]),
        (["open data"], ["苍溪"]),
        (["12345"], ["苍溪"]),
        (["1234"], []),
        (["12345次"], ["苍溪"]),
        (["财政局"], ["苍溪"]),
        (["年度报告"], ["剑阁", "苍溪", "青川"]),
        (["不存在"], []),
    ],
)
def test_what_is_searched_for_is_found(filled, words, found):
    """Words inside runs of signs, across line ends, in both widths; phrases only where they stand together; last come first."""
    assert agencies(filled, *words) == found


def test_filters_and_limit(filled):
    """As in every listing."""
    assert agencies(filled, "公开", agency="教育") == ["青川"]
    assert agencies(filled, "公开", agency="县") == ["剑阁", "苍溪", "青川"]
    assert agencies(filled, "公开", year=2023) == []
    assert agencies(filled, "公开", year=2024, portal="sichuan", kind="annual_report", limit=2) == ["剑阁", "苍溪"]
    assert agencies(filled, "公开", portal="elsewhere") == []


@pytest.mark.parametrize("words", [[], ["公"], ["公开", "局"], ['""'], ["，。"]])
def test_what_cannot_be_searched_for_is_said(filled, words):
    """One sign alone would be found everywhere."""
    with pytest.raises(Misuse, match="at least two characters"):
        agencies(filled, *words)


def test_a_title_comes_first(tmp_path):
    """Who searches for an office wants its reports before those that name it."""
    archive = Archive.open(tmp_path, clock=Clock())
    fill(archive, {"青川县教育局": "一、总体情况", "苍溪县财政局": "与青川县教育局会商"})
    assert agencies(archive, "青川县教育局") == ["青川", "苍溪"]
    archive.close()


def test_only_what_stands_now_is_found(tmp_path):
    """A corrected report is found by what it says now; what came since the last search is found too."""
    archive = Archive.open(tmp_path, clock=Clock())
    fill(archive, {"青川县教育局": "收到行政复议"})
    assert agencies(archive, "行政复议") == ["青川"]
    with archive.start_run("crawl") as run:
        capture = run.record(exchange(b"corrected", url="http://www.a.gov.test/0.html", seconds=90))
        run.store(capture, report(agency="青川县教育局", body="收到行政诉讼"), reader_version="1")
    assert agencies(archive, "行政复议") == []
    assert agencies(archive, "行政诉讼") == ["青川"]
    rebuild(tmp_path)
    archive.close()
    archive = Archive.open(tmp_path)
    assert agencies(archive, "行政诉讼") == ["青川"]
    archive.close()


def test_what_was_taken_down_is_never_found(tmp_path):
    """Neither by search, nor in the index's file."""
    archive = Archive.open(tmp_path, clock=Clock())
    captures = fill(archive, TEXTS)
    assert agencies(archive, "预算决算") == ["苍溪"]
    archive.take_down(captures["苍溪县财政局"], "names a private person")
    assert agencies(archive, "预算决算") == []
    assert agencies(archive, "公开") == ["剑阁", "青川"]
    with sqlite3.connect(tmp_path / "search.db") as index:
        assert index.execute("SELECT count(*) FROM documents").fetchone() == (2,)
        assert index.execute("SELECT count(*) FROM words WHERE words MATCH '预算'").fetchone() == (0,)
    archive.close()


def test_a_damaged_index_is_named_and_made_anew_once_deleted(tmp_path):
    """It is derived: nothing is lost with it."""
    archive = Archive.open(tmp_path, clock=Clock())
    fill(archive, TEXTS)
    (tmp_path / "search.db").write_bytes(b"no database" * 1000)
    with pytest.raises(Damaged, match="delete it"):
        agencies(archive, "公开")
    (tmp_path / "search.db").unlink()
    assert len(agencies(archive, "公开")) == 3
    archive.close()


@pytest.mark.parametrize("is_indexed", [True, False])
def test_an_archive_that_cannot_be_written_is_searched_too(tmp_path, monkeypatch, *, is_indexed):
    """By the index that is there, or by one for this once; nothing is left behind."""
    archive = Archive.open(tmp_path, clock=Clock())
    fill(archive, TEXTS)
    assert not is_indexed or len(agencies(archive, "公开")) == 3
    archive.close()
    monkeypatch.setattr(archive_store, "is_writable", lambda root: False)
    before = sizes(tmp_path)
    reader = Archive.open_existing(tmp_path)
    assert agencies(reader, "行政复议") == ["青川"]
    reader.close()
    assert sizes(tmp_path) == before


def sizes(root):
    """Return the files of an archive with their sizes, but for those that SQLite keeps beside an open database."""
    return {
        path: path.stat().st_size for path in root.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_a_copied_catalog_is_indexed_anew(tmp_path):
    """Another catalog numbers its documents otherwise; what is in the index already is not put there twice."""
    first = Archive.open(tmp_path / "one", clock=Clock())
    fill(first, {"青川县教育局": "行政复议"})
    assert agencies(first, "行政复议") == ["青川"]
    second = Archive.open(tmp_path / "two", clock=Clock())
    fill(second, {"苍溪县财政局": "行政复议"})
    first.close()
    shutil.copy(tmp_path / "one/search.db", tmp_path / "two/search.db")
    assert agencies(second, "行政复议") == ["苍溪"]
    second.close()


def test_the_command(filled):
    """A listing like the others, with the place where the word stands."""
    result = CliRunner().invoke(main, ["search", "复议申请", "--archive", str(filled.root), "--json"])
    (row,) = json.loads(result.stdout)
    assert "行政复议申请三件" in row["snippet"]
    result = CliRunner().invoke(main, ["search", "公", "--archive", str(filled.root)])
    assert (result.exit_code, "at least two characters" in result.stderr) == (2, True)


@given(text=signs, start=st.integers(0, 20), length=st.integers(2, 8))
def test_every_piece_of_a_text_is_found_by_its_tokens(text, start, length):
    """Whatever stands together in a text, its tokens are among the text's, and the text shows it."""
    words = text[start : start + length].split()
    inner = [word for word in words[1:-1] if len(word) > 1]
    for word in inner:
        try:
            (term,) = terms_of([word])
        except Misuse:
            continue
        assert term.tokens <= tokens_of("", "", text, None)
        assert snippet(text, [term]) is not None
