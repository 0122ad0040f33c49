"""Records the stories of `samples.seasons` in an archive as a crawl would, visit by visit, without a network."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from archive.errors import Unreadable
from archive.hashing import sha256_hex
from archive.model import Attachment, Exchange
from pipelines.attached import with_attachments
from pipelines.reader import Context, read
from samples.seasons import DAYS, file_of, when

REASON = {
    200: "OK",
    301: "Moved Permanently",
    302: "Found",
    404: "Not Found",
    410: "Gone",
    412: "Precondition Failed",
    502: "Bad Gateway",
}


def record(archive, stories, *, version="1", visits=(0, 1, 2, 3), reader=read):
    """Make each visit one run per story's site (as crawls are one per portal)."""
    stories = list(stories)
    for visit in visits:
        read_by = partial(_read, version=version, reader=reader)
        with archive.start_run("crawl") as run:
            for number, story in enumerate(stories):
                for nth, answer in enumerate(story.visits[visit]):
                    _record(run, answer, when(visit) + timedelta(seconds=10 * number + nth), read_by)


def _record(run, answer, at, read_by):
    capture = run.record(_exchange(answer, at))
    kind = answer.page_kind if answer.status else None
    if kind == "article":
        kind = read_by(run, capture, answer, at)
    if kind:
        run.visited(capture, links=[], page_kind=kind)


def _read(run, capture, answer, at, *, version, reader):
    facts = {"reader_version": version, "context": {"url": answer.url}}
    digests = {file_of(answer.url): answer.attachment}
    try:
        report = reader(answer.body.encode(), Context(url=answer.url, fetched_at=at))
    except Unreadable:
        files = [Attachment(url=url, name="附件", sha256=sha256_hex(file)) for url, file in digests.items() if file]
        run.refuse(capture, "unreadable", attachments=files, **facts)
        return "unreadable"
    fetched = [replace(one, sha256=sha256_hex(file)) for one in report.attachments if (file := digests.get(one.url))]
    if report.kind == "annual_report":
        run.store(capture, with_attachments(report, fetched), **facts)
    else:
        run.refuse(capture, report.kind, attachments=fetched, **facts)
    return report.kind


def _exchange(answer, at):
    facts = {"url": answer.url, "method": "GET", "request": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "fetched_at": at}
    if answer.status is None:
        return Exchange(**facts, response=None, failure="timeout", detail="nobody answered")
    location = f"Location: {answer.location}\r\n" if answer.location else ""
    head = f"HTTP/1.1 {answer.status} {REASON[answer.status]}\r\nContent-Type: text/html; charset=utf-8\r\n{location}\r\n"
    return Exchange(**facts, response=head.encode() + answer.body.encode(), ip="192.0.2.1", robots="allowed")


def found(archive, stories):
    """Return the verdicts of the catalog as (story, verdict, visit), in the terms of the script."""
    days = {when(visit).date().isoformat(): visit for visit in range(len(DAYS))}
    rows = archive.catalog.rows("SELECT url, verdict, seen_at FROM changes")
    return [(stories[number_of(row["url"])], row["verdict"], days[row["seen_at"][:10]]) for row in rows]


def number_of(url):
    """Return the number of the story that a page is of."""
    return int(url.rsplit("/", 1)[1].split(".")[0].split("-")[0])
