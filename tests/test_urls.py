"""URLs: how one is asked for, and which ones name the same page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import file_type, identity, is_document, join


@pytest.mark.parametrize(
    ("base", "href", "expected"),
    [
        ("http://a.gov.cn/x/y.html", "./z.html#top", "http://a.gov.cn/x/z.html"),
        ("http://a.gov.cn/x/", "../b/", "http://a.gov.cn/b/"),
        ("http://a.gov.cn", "./", "http://a.gov.cn/"),
        ("http://a.gov.cn./x", "y", "http://a.gov.cn/y"),
        ("http://a.gov.cn/", "//b.gov.cn//x//y", "http://b.gov.cn/x/y"),
        ("http://a.gov.cn/", "x;jsessionid=AB12?id=3", "http://a.gov.cn/x?id=3"),
        ("http://a.gov.cn/", "http://A.gov.cn:80/x", "http://a.gov.cn/x"),
        ("http://a.gov.cn/", "https://a.gov.cn:8443/x", "https://a.gov.cn:8443/x"),
        ("http://a.gov.cn/", "信息 公开.html", "http://a.gov.cn/%E4%BF%A1%E6%81%AF%20%E5%85%AC%E5%BC%80.html"),
        ("http://a.gov.cn/", "\n /x\t.html ", "http://a.gov.cn/x.html"),
        ("http://a.gov.cn/x/", r"..\nb\1.html?p=a\b", "http://a.gov.cn/nb/1.html?p=a%5Cb"),
        ("http://a.gov.cn/x/", r"http:\\a.gov.cn\nb\1.html", "http://a.gov.cn/nb/1.html"),
    ],
)
def test_join(base: str, href: str, expected: str) -> None:
    assert join(base, href) == expected


@pytest.mark.parametrize(
    "href", ["", "#top", "javascript:void(0)", "mailto:a@b", "{{pcUrl}}", "http://[bad", "ftp://a/b", "http://a:99999/"]
)
def test_what_is_no_page_is_not_joined(href: str) -> None:
    assert join("http://a.gov.cn/", href) is None


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("http://www.a.gov.cn/x/", "https://a.gov.cn/x/index.html"),
        ("http://a.gov.cn/x/?spm=a2c.1.2&from=timeline", "http://a.gov.cn/x/"),
        ("http://a.gov.cn/list.html?uid=423656&pageNum=2", "http://a.gov.cn/list.html"),
        ("http://a.gov.cn/content/mpost_638777.html", "http://a.gov.cn/content/post_638777.html"),
        ("http://m.a.gov.cn/x/1.html", "http://a.gov.cn/wap/x/1.html"),
        ("http://a.gov.cn//x//y.html", "http://a.gov.cn/x/y.html"),
        ("http://a.gov.cn/v?b=2&a=1", "http://a.gov.cn/v?a=1&b=2"),
        ("http://a.gov.cn/v?a=1&sid=9f86d081884c7d659a2f", "http://a.gov.cn/v?a=1"),
        ("http://a.gov.cn/v?a=1&t=0.8213774501", "http://a.gov.cn/v?a=1&_=1700000000000"),
    ],
)
def test_two_addresses_of_one_page(left: str, right: str) -> None:
    assert identity(left) == identity(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("http://a.gov.cn/m.jsp?area=1&fbtime=2022", "http://a.gov.cn/m.jsp?area=1&fbtime=2023"),
        ("http://a.gov.cn/list.shtml?2", "http://a.gov.cn/list.shtml"),
        ("http://a.gov.cn/list.jsp?sid=12", "http://a.gov.cn/list.jsp?sid=13"),
        ("http://a.gov.cn/list.jsp?t=2022", "http://a.gov.cn/list.jsp?t=2023"),
        ("http://a.gov.cn/i.aspx?page=1", "http://a.gov.cn/i.aspx?page=2"),
        ("http://a.gov.cn/index_1.html", "http://a.gov.cn/"),
        ("http://a.gov.cn/", "http://b.a.gov.cn/"),
        ("http://a.gov.cn:8080/", "http://a.gov.cn/"),
        ("http://a.gov.cn/q?pageNum=2", "http://a.gov.cn/q?pageNum=3"),
    ],
)
def test_two_pages(left: str, right: str) -> None:
    assert identity(left) != identity(right)


@given(st.from_regex(r"\Ahttps?://[a-z]{1,8}\.gov\.cn(:[1-9][0-9]{1,3})?/[a-z/._%?&=;0-9-]{0,30}\Z"))
def test_identity_is_stable(url: str) -> None:
    """What was normalised once is not changed by doing it again."""
    joined = join(url, url)
    assert joined is not None
    assert join(joined, joined) == joined
    assert identity(joined) == identity(url)


@pytest.mark.parametrize(
    ("url", "name", "expected"),
    [
        ("http://a.gov.cn/x/P0201.pdf", "", "pdf"),
        ("http://a.gov.cn/module/download/downfile.jsp?classid=0&filename=0a1b.pdf&showname=x", "", "pdf"),
        ("http://a.gov.cn/system/_content/download.jsp?owner=1&wbfileid=77", "年报.docx", "docx"),
        ("http://a.gov.cn/system/_content/download.jsp?owner=1&wbfileid=77", "附件", "bin"),
        ("http://a.gov.cn/x/1.html", "洪泽区2025年年报.pdf", None),
        ("http://a.gov.cn/down.ashx?guid=7-ab", "洪泽区年报.docx", "docx"),
        ("http://a.gov.cn/x/1.html", "", None),
    ],
)
def test_file_type(url: str, name: str, expected: str | None) -> None:
    assert file_type(url, name) == expected


def test_pictures_and_tables_are_no_documents() -> None:
    assert not is_document("http://a.gov.cn/x.jpg")
    assert not is_document("http://a.gov.cn/x.xls")
    assert is_document("http://a.gov.cn/x.ofd")
