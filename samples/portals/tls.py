"""P10, transport: four portals that are fine but for their https, as many real ones are."""

from __future__ import annotations

from functools import partial

from samples.portals.simple import rows_of, simple_site
from samples.site import Portal, Request, Response, TlsFault

DROPPED = Response(drop=True)


def _portal(name: str, office: str, scheme: str, fault: TlsFault | None, season: int = 1) -> Portal:
    """Return a portal of three reports whose home is at `scheme`; `fault` is what its certificate gets wrong."""
    del season
    host = f"{name}.gov.test"
    rows = rows_of(office, range(2021, 2024))
    pages = simple_site(rows)

    def answer(request: Request) -> Response | None:
        return DROPPED if fault is None and request.scheme == "http" else pages(request)

    expected = tuple(row.published(host) for row in rows)
    home = f"{scheme}://{host}/"
    return Portal(
        id=name, name=rows[0].agency, home=home, hosts={host: answer}, expected=expected, lists=4, tls={host: fault or "good"}
    )


PORTALS = (
    partial(_portal, "expired", "信访局", "https", "expired"),
    partial(_portal, "incomplete", "粮食局", "https", "incomplete"),
    partial(_portal, "httponly", "盐务局", "https", "none"),
    partial(_portal, "httpsonly", "测绘院", "http", None),
)
"""A certificate that ran out, a chain without its intermediate, no https at all, no http at all."""
