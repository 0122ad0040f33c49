"""The stories of `samples.seasons` as one portal that a crawl can visit: season by season another state of the same reports."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from samples.pages import Chrome, page
from samples.seasons import Answer, file_of, Story
from samples.site import file, html, plain, Portal, Published, redirect, Request, Response, ROBOTS

HOME = "http://seasons.gov.test/"
COLUMN = "/zwgk/nb/"


def seasonal_portal(stories: Iterable[Story], visit: int) -> Portal:
    """Return the portal as it stands on a visit (from 0): a home page, a column that lists every report, their pages and files."""
    told = list(stories)
    answers = {answer.url: answer for story in told for answer in story.visits[visit]}
    pages = {HOME: _home(), HOME.rstrip("/") + COLUMN: _column(told, visit)}
    hosts = {
        str(urlsplit(url).hostname)
        for story in told
        for answers_of in story.visits
        for url in (each.url for each in answers_of)
    }

    def respond(request: Request) -> Response | None:
        if request.path == "/robots.txt":
            return plain(ROBOTS)
        url = f"{request.scheme}://{request.host}{request.target}"
        return pages.get(url) or _response(answers, url)

    found = tuple(
        Published(agency=story.agency, year=story.year, url=answer.url)
        for story in told
        for answer in story.visits[visit][-1:]
        if answer.page_kind == "article"
    )
    return Portal(
        id="seasons", name="四季", home=HOME, hosts=dict.fromkeys({"seasons.gov.test", *hosts}, respond), expected=found
    )


def _home() -> Response:
    return html(page(_CHROME, "首页", f'<a href="{COLUMN}">政府信息公开年报</a>'))


def _column(told: list[Story], visit: int) -> Response:
    rows = "".join(
        f'<li><a href="{escape(answer.url)}">{story.agency}{story.year}年政府信息公开工作年度报告</a><span>{story.year + 1}-01-20</span></li>'
        for story in told
        for answer in story.visits[visit]
    )
    return html(page(_CHROME, "政府信息公开年报", f"<ul>{rows}</ul>"))


_CHROME = Chrome(site="四季县人民政府", code="9901260001", links=4)


def _response(answers: dict[str, Answer], url: str) -> Response | None:
    answer = answers.get(url)
    if answer is None:
        owner = next((each for each in answers.values() if file_of(each.url) == url and each.attachment), None)
        return file(owner.attachment, "application/pdf") if owner and owner.attachment else None
    if answer.status is None:
        return Response(drop=True)
    if answer.location is not None:
        return redirect(answer.location, status=answer.status or 302)
    return html(answer.body, status=answer.status)
