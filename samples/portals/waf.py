"""P10, the walls: hosts that answer with a challenge, a block, a limit, or the wrong page, as real ones do.

None of the challenges can be solved, and none should be: a crawl is to recognise them, record them and stay away.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count

from samples.listing import Row
from samples.portals.simple import COLUMN, rows_of, simple_site
from samples.site import Answer, html, plain, Portal, redirect, Request, Response

SHELL_412 = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="qZk3Vd0sTnGm" content="{x9Rw…}" r="m">'
    "<script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=20411;$_ts.cd=\"qEr…\";</script>"
    "<script src=\"/7TbKq2Lm/c.GyPz.js\" r='m'></script></head><body></body></html>"
)
SHELL_521 = (
    "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_')+('c')+('l')+('e')+('a')+('r')+('a')+('n')+('c')+('e')"
    "+('=')+('2')+('|-1|')+'k7c'+';max-age=3600;path=/';location.href=location.pathname+location.search</script>"
)
SHELL_C3VK = (
    '<html><head><script>document.cookie="C3VK=0b4e77; path=/; max-age=300";window.location.reload();</script></head>'
    "<body></body></html>"
)
SOFT_BLOCK_FROM = 20
PAUSE = 0.9
"""Seconds that must lie between two requests to `throttle`: a second, less what clocks and wires may take off."""


def rs(season: int = 1) -> Portal:
    """Return a host whose every page is the 412 shell of 瑞数."""
    del season
    return _walled("rs", "rs", "统计局", lambda: html(SHELL_412, status=412))


def jsl(season: int = 1) -> Portal:
    """Return a host whose every page is the first 521 shell of 加速乐."""
    del season
    return _walled("jsl", "jsl", "气象局", lambda: html(SHELL_521, status=521))


def geo(season: int = 1) -> Portal:
    """Return a host that refuses by place."""
    del season
    return _walled("geo", "geo", "地质局", lambda: plain("reason:GeoBL", status=403))


def c3vk(season: int = 1) -> Portal:
    """Return a host whose pages are behind a cookie that only a script sets."""
    del season
    pages = simple_site(rows_of("税务局", range(2021, 2024)))

    def answer(request: Request) -> Response | None:
        passes = "C3VK=" in request.headers.get("cookie", "") or request.path == "/robots.txt"
        return pages(request) if passes else html(SHELL_C3VK)

    return _portal("c3vk", "岚川省税务局", answer, [], blocked="c3vk")


def gate(season: int = 1) -> Portal:
    """Return a host that sets a plain cookie by a redirect to the same address, and answers whoever keeps it."""
    del season
    rows = rows_of("司法厅", range(2021, 2024))
    pages = simple_site(rows)

    def answer(request: Request) -> Response | None:
        if "CT6T=1" in request.headers.get("cookie", "") or request.path == "/robots.txt":
            return pages(request)
        return redirect(request.url, cookie="CT6T=1; path=/")

    return _portal("gate", "岚川省司法厅", answer, rows)


def throttle(season: int = 1) -> Portal:
    """Return a host that answers 429 or 503 with Retry-After to who asks more than once a second."""
    del season
    rows = rows_of("水利厅", range(2018, 2024))
    pages = simple_site(rows)
    asked = [float("-inf")]
    numbers = count()

    def answer(request: Request) -> Response | None:
        last, asked[0] = asked[0], time.monotonic()
        if asked[0] - last >= PAUSE:
            return pages(request)
        status = 429 if next(numbers) % 2 == 0 else 503
        return Response(body=b"slow down", status=status, content_type="text/plain", headers=(("Retry-After", "5"),))

    return _portal("throttle", "岚川省水利厅", answer, rows)


def softblock(season: int = 1) -> Portal:
    """Return a host that from its twentieth request on answers every article with the column, status 200."""
    del season
    farms = [Row(agency="岚川省国有林场管理站", year=year, path=f"{COLUMN}lc{year}.html") for year in range(2018, 2025)]
    rows = [*rows_of("林业局", range(2008, 2025)), *farms]
    pages = simple_site(rows)
    numbers = count(1)

    def answer(request: Request) -> Response | None:
        blocked = next(numbers) >= SOFT_BLOCK_FROM and request.path.startswith(COLUMN)
        return pages(Request(host=request.host, path=COLUMN) if blocked else request)

    return _portal("softblock", "岚川省林业局", answer, rows, blocked="softblock")


PORTALS = (rs, jsl, c3vk, geo, gate, throttle, softblock)


def _walled(name: str, kind: str, office: str, wall: Callable[[], Response]) -> Portal:
    pages = simple_site(rows_of(office, range(2021, 2024)))

    def answer(request: Request) -> Response | None:
        return pages(request) if request.path == "/robots.txt" else wall()

    return _portal(name, f"岚川省{office}", answer, [], blocked=kind)


def _portal(name: str, office: str, answer: Answer, rows: list[Row], *, blocked: str | None = None) -> Portal:
    host = f"{name}.gov.test"
    expected = tuple(row.published(host) for row in rows)
    home = f"http://{host}/"
    return Portal(id=name, name=office, home=home, hosts={host: answer}, expected=expected, lists=4, blocked=blocked)
