"""Answers that are no content: challenge pages, blocks and error pages served as 200 (`PORTALS.md` §8.1, §8.2).

A challenge is recognised, recorded and backed off from; it is never solved.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from crawler.pages import Page
from pipelines.classify import says_gone

_TINY = 4096
_SOFT_404 = re.compile(
    r"找不到.{0,6}页|页面不存在|访问的页面(?:已|不)|页面已删除|无法找到|错误页面|404notfound|notfound|抱歉.{0,12}不存在|栏目正在建设中|系统提示.{0,20}登录",
    re.IGNORECASE,
)
_SOFT_404_TEXT = 2000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a response is judged by: status, headers with lower-case names, and the decoded body."""

    status: int
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """A kind of challenge or block, and how its answer is known."""

    kind: str
    known_by: Callable[[Answer], bool]


def _holds(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: compiled.search(text) is not None


_in_jsl = _holds(r"__jsl_clearance|document\.cookie\s*=\s*\('_'\)|location\.href\s*=\s*location\.pathname")
_in_rs = _holds(r"\$_ts\s*=|r=['\"]m['\"]")
_in_c3vk = _holds(r"document\.cookie\s*=\s*['\"]?C3VK=|C3VK=[^;]+;.*reload")
_in_wangsu = _holds(r"/_bot_sbu/|/_ws_sbu/")
_in_wzws = _holds(r"wzws-waf-cgi|请开启JavaScript并刷新该页")
_in_geo = _holds(r"reason:\s*GeoBL")
_in_365 = _holds(r"help\.365cyd\.com")
_in_bt = _holds(r"您的请求带有不合法参数")

CHALLENGES = (
    Challenge("rs", lambda a: a.status == 412 or (a.status in {200, 202} and len(a.body) < _TINY and _in_rs(a.body))),
    Challenge("jsl", lambda a: a.status == 521 or (len(a.body) < _TINY and _in_jsl(a.body))),
    Challenge("c3vk", lambda a: len(a.body) < _TINY and _in_c3vk(a.body)),
    Challenge("wangsu", lambda a: len(a.body) < _TINY and _in_wangsu(a.body)),
    Challenge("wzws", lambda a: a.status == 493 or "wzws-ray" in a.headers or (len(a.body) < _TINY and _in_wzws(a.body))),
    Challenge("geo", lambda a: a.status == 403 and _in_geo(a.body)),
    Challenge("cyd", lambda a: a.status == 403 and _in_365(a.body)),
    Challenge("bt", lambda a: len(a.body) < _TINY and _in_bt(a.body)),
    Challenge("throttle", lambda a: a.status == 429),
    Challenge("forbidden", lambda a: a.status in {401, 403}),
)


def challenge(answer: Answer) -> str | None:
    """Return the kind of challenge or block that an answer is, None for an answer that may be content."""
    return next((each.kind for each in CHALLENGES if each.known_by(answer)), None)


def is_script_shell(page: Page) -> bool:
    """Say whether a page is nothing but script: tiny, no link, almost no text. It may be a challenge, or want a browser."""
    has_script = bool(page.root.xpath("boolean(//script)"))
    return len(page.html) < 3000 and has_script and not page.links and len(page.text) < 50


def is_soft_404(page: Page) -> bool:
    """Say whether a page that came with 200 says that there is no page. A long text that mentions it is a page."""
    return says_gone(page.text) or (len(page.text) < _SOFT_404_TEXT and bool(_SOFT_404.search(page.text)))


def fingerprint(page: Page) -> str:
    """Return a hash of a page's visible text with digits left out: the same for a host's error page at any address."""
    return hashlib.sha256(re.sub(r"\d+", "", page.text).encode("utf-8")).hexdigest()
