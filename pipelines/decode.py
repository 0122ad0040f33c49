"""From bytes to text: which charset, proved by strict decoding (`PORTALS.md` §8.6: headers and metas lie)."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from dataclasses import dataclass

from charset_normalizer import from_bytes

from archive.errors import Refused, Unreadable

MAX_BYTES = 20_000_000
"""No page of a report is larger; a larger one is refused, since lxml's tree takes about ten times its size."""

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]+)""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,100}encoding\s*=\s*["']([A-Za-z0-9_.\-]+)""", re.IGNORECASE)
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]+)""", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))

# GB18030 holds all of GB2312 and GBK, and portals that declare the smaller two use characters of the largest.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
# Tomcat and Apache put this header on everything; on a Chinese page it says nothing.
_MEANINGLESS = {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252"}


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the charset that its bytes are valid in, and what told us so (bom, header, meta, bytes, guess)."""

    text: str
    charset: str
    found_by: str


def decode(payload: bytes, content_type: str | None = None) -> Decoded:
    """Return the text of an HTML or text payload.

    `content_type` is the HTTP header, None where there is none. In order: byte order mark, valid UTF-8 (mislabelled or
    not: GBK text is practically never valid UTF-8), the header's charset, the first meta's, GB18030, and a statistical guess.
    Raises Unreadable for a charset that can't be found, naming what the page declares; Refused above `MAX_BYTES`.
    """
    refuse_large(payload)
    for mark, charset in _BOMS:
        if payload.startswith(mark):
            return _strictly(payload, charset, "bom") or _fail(payload, content_type)
    declared = _declared(payload, content_type)
    wide = next((_strictly(payload, name, source) for name, source in declared if name.startswith("utf-16")), None)
    return wide or _narrow(payload, declared) or _guessed(payload) or _fail(payload, content_type)


def refuse_large(payload: bytes) -> None:
    """Raise Refused for a payload above `MAX_BYTES`."""
    if len(payload) > MAX_BYTES:
        raise Refused(f"the file has {len(payload):,} bytes, above the limit of {MAX_BYTES:,} bytes for one report")


def gunzip(payload: bytes) -> bytes:
    """Return what a gzip payload holds. Raises Unreadable for a truncated or damaged one, Refused above `MAX_BYTES`."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(payload, MAX_BYTES + 1)
    except (zlib.error, gzip.BadGzipFile) as problem:
        raise Unreadable(f"the gzip data are damaged: {problem}") from problem
    refuse_large(plain)
    if not unpacker.eof:
        raise Unreadable(f"the gzip data are truncated: {len(payload):,} bytes end before the archive does")
    return plain


def _declared(payload: bytes, content_type: str | None) -> list[tuple[str, str]]:
    # Metas stand after 1024 bytes of comments on legacy portals, and in the middle of <body> on others.
    found = [(_XML.search(payload[:200]), "xml"), (_META.search(payload, 0, 65536), "meta")]
    names = [(match[1].decode("ascii"), source) for match, source in found if match]
    header = _HEADER.search(content_type or "")
    every = ([(header[1], "header")] if header else []) + names
    return [(_WIDER.get(name.lower(), name.lower()), source) for name, source in every if name.lower() not in _MEANINGLESS]


def _narrow(payload: bytes, declared: list[tuple[str, str]]) -> Decoded | None:
    said_utf8 = next((source for name, source in declared if name in {"utf-8", "utf8"}), None)
    utf8 = _strictly(payload, "utf-8", said_utf8 or "bytes")
    if utf8:
        return utf8
    for name, source in declared:
        if name not in {"utf-8", "utf8"} and (decoded := _strictly(payload, name, source)):
            return decoded
    return _strictly(payload, "gb18030", "bytes", chinese=True) or _mended(payload, declared)


def _mended(payload: bytes, declared: list[tuple[str, str]]) -> Decoded | None:
    """Return a text with a few broken bytes (a character cut by the CMS), None where more than one in a thousand is broken."""
    for name in dict.fromkeys([*(name for name, _ in declared), "utf-8", "gb18030"]):
        decoded = _loosely(payload, name)
        broken = decoded.text.count("\ufffd") if decoded else 0
        if decoded and "\0" not in decoded.text and broken * 1000 <= len(decoded.text) and _looks_chinese(decoded.text):
            return decoded
    return None


def _loosely(payload: bytes, charset: str) -> Decoded | None:
    try:
        return Decoded(payload.decode(charset, errors="replace"), charset, "mended")
    except LookupError:
        return None


def _strictly(payload: bytes, charset: str, found_by: str, *, chinese: bool = False) -> Decoded | None:
    try:
        text = payload.decode(charset)
    except (LookupError, UnicodeError):
        return None
    if "\0" in text or (chinese and not _looks_chinese(text)):
        return None
    return Decoded(text, codecs.lookup(charset).name, found_by)


def _looks_chinese(text: str) -> bool:
    """Say whether most characters beyond ASCII are common Chinese ones: random bytes are often valid GB18030."""
    beyond = [sign for sign in text if ord(sign) > 0x7F]
    common = sum(
        "\u4e00" <= sign <= "\u9fff" or "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uffef" for sign in beyond
    )
    frequent = sum(sign in "的一是在不了有和人年政府公开信息、，。：（）" for sign in beyond)
    return common >= 0.9 * len(beyond) and frequent * 50 >= len(beyond)


def _guessed(payload: bytes) -> Decoded | None:
    best = from_bytes(payload[:100_000], cp_isolation=["big5", "big5hkscs", "hz"], threshold=0.1).best()
    return _strictly(payload, best.encoding, "guess") if best else None


def _fail(payload: bytes, content_type: str | None) -> Decoded:
    declared = ", ".join(name for name, _ in _declared(payload, content_type)) or "none"
    raise Unreadable(f"the charset can't be found: the bytes are no valid UTF-8 or GB18030, and the declared one is {declared}")
