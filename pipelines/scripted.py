"""Articles that an interface gives as JSON (portals drawn by scripts): the HTML in it, as a page of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from typing import Any

from pipelines.decode import MAX_BYTES

_SHORTEST = 200


def article_in_json(payload: bytes) -> bytes | None:
    """Return the article that a JSON payload holds, as a UTF-8 HTML page; None for what is no JSON or holds none.

    The article is the longest text with markup, of at least 200 characters. Its title is the longest of the short texts beside it that
    ends as a report's does (报告、年报), if there is one.
    """
    if len(payload) > MAX_BYTES or payload[:64].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] not in {b"{", b"["}:
        return None
    try:
        texts = list(_texts(json.loads(payload.decode("utf-8-sig"))))
    except (ValueError, RecursionError):
        return None
    content = max((text for text in texts if "<" in text and ">" in text), key=len, default="")
    if len(content) < _SHORTEST:
        return None
    title = max((text for text in texts if len(text) < 100 and text.endswith(("报告", "年报"))), key=len, default="")
    page = f"<html><head><meta charset='utf-8'><title>{escape(title)}</title></head><body>{content}</body></html>"
    return page.encode("utf-8", "replace")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)
