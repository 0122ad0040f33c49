"""Bytes to text: labels lie, strict decoding decides, and what can't be decoded is said."""

import gzip
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import Refused, Unreadable
from pipelines.decode import decode, gunzip, MAX_BYTES

SENTENCE = "某县人民政府公开了行政规范性文件，全年收到申请三件。"


@pytest.mark.parametrize(
    ("charset", "label", "header", "found"),
    [
        ("utf-8", "", None, "utf-8"),
        ("utf-8", "gb2312", None, "utf-8"),  # a UTF-8 page with the meta of the CMS it was moved from
        ("gb18030", "utf-8", "text/html; charset=utf-8", "gb18030"),  # a .do page that says UTF-8 and is GBK
        ("gbk", "gb2312", "text/html", "gb18030"),
        ("gb18030", "", "text/html; charset=ISO-8859-1", "gb18030"),
        ("big5", "big5", None, "big5"),
        ("utf-16", "", None, "utf-16"),
    ],
)
def test_the_charset_is_the_one_the_bytes_are_valid_in(charset, label, header, found):
    meta = f'<meta charset="{label}">' if label else ""
    text = meta + (SENTENCE if charset != "big5" else "縣政府資訊公開年度報告，全年收到申請三件。")
    decoded = decode(text.encode(charset), header)
    assert decoded.text == text
    assert decoded.charset == found


def test_characters_beyond_gb2312_survive_a_gb2312_label():
    text = '<meta charset="gb2312">镕、喆、㙍是公开的人名和地名，的'
    assert decode(text.encode("gb18030")).text == text


def test_the_meta_is_found_behind_a_long_comment():
    page = b"<!-- " + b"x" * 1500 + b' --><meta content="text/html; charset=gb2312">' + SENTENCE.encode("gbk")
    assert decode(page).text.endswith(SENTENCE)


def test_a_cut_character_is_mended_and_not_a_reason_to_lose_the_page():
    assert decode((SENTENCE * 60).encode()[:-1]).found_by == "mended"


def test_an_unknown_charset_is_named_in_the_error():
    with pytest.raises(Unreadable, match="klingon"):
        decode(b'<meta charset="klingon">' + bytes(range(128, 256)) * 20)


def test_a_page_above_the_limit_is_refused_with_the_limit():
    with pytest.raises(Refused, match=f"{MAX_BYTES:,}"):
        decode(b"<p>" * (MAX_BYTES // 3 + 1))


def test_gzip_is_unpacked_and_a_truncated_one_is_said():
    packed = gzip.compress(SENTENCE.encode() * 50)
    assert gunzip(packed) == SENTENCE.encode() * 50
    with pytest.raises(Unreadable, match="truncated"):
        gunzip(packed[:-12])


def test_a_gzip_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(Refused):
        gunzip(gzip.compress(bytes(MAX_BYTES + 10)))


@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_one_of_our_errors(payload):
    with suppress(Unreadable):
        assert isinstance(decode(payload).text, str)


@given(st.text(alphabet="公开的信息年度报告，。一二三123 ", min_size=10, max_size=200), st.sampled_from(["utf-8", "gb18030"]))
def test_chinese_text_comes_back_as_it_was(text, charset):
    sure = SENTENCE + text
    assert decode(sure.encode(charset)).text == sure
