"""Exchanges, reports and small archives that the archive's tests start from."""

import os
import signal
from contextlib import closing
from datetime import datetime, timedelta, UTC
from decimal import Decimal
from pathlib import Path
from random import Random

from archive.catalog import Catalog
from archive.model import Agency, Attachment, Cell, Check, Exchange, Finding, Furniture, Report, Statistics, Table
from archive.payloads import record_at
from archive.rebuild import dump
from archive.schema import all_tables

START = datetime(2026, 11, 22, 23, 59, 50, tzinfo=UTC)
REQUEST = b"GET /a.html HTTP/1.1\r\nHost: www.a.gov.test\r\n\r\n"


def exchange(body=b"<p>hello</p>", *, url="http://www.a.gov.test/a.html", head=b"", seconds=0, **changes):
    """Return an exchange whose response has this body."""
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head + b"\r\n" + body
    facts = {"method": "GET", "request": REQUEST, "response": response, "ip": "192.0.2.1", "robots": "allowed"}
    return Exchange(url=url, fetched_at=START + timedelta(seconds=seconds), **{**facts, **changes})


def failure(kind="dns"):
    """Return an exchange to which nobody answered."""
    return exchange(
        url="http://gone.gov.test/", response=None, request=b"", ip=None, failure=kind, detail="no such host: gone.gov.test"
    )


def report(value=3, *, agency="青川县教育局", year=2024, body="一、总体情况", **changes):
    """Return a report with one number, one blank and one decimal."""
    cells = {
        "new_received.natural_person": Cell(value=value, raw=str(value), kind="number", unit="件"),
        "new_received.business_enterprise": Cell(value=None, raw="", kind="blank", unit="件"),
    }
    money = {"administrative_fees.amount_wan_yuan": Cell(value=Decimal("12.50"), raw="12.50", kind="number", unit="万元")}
    facts = {
        "title": f"{agency}{year}年政府信息公开工作年度报告",
        "report_year": year,
        "agency": Agency(name=agency) if agency else None,
        "kind": "annual_report",
        "source_class": "official",
        "body": body,
        "statistics": Statistics(
            applications=Table(form="2021", status="partial", cells=cells),
            proactive_disclosure=Table(form="2021", status="partial", cells=money),
        ),
        "checks": (Check(id="applications.sum", verdict="fails", says="a = b", left=Decimal("1.0"), right=2),),
        "attachments": (Attachment(url="http://www.a.gov.test/a.pdf", name="附件", sha256="ab" * 32),),
        "furniture": (Furniture(rule="scan-to-open", text="扫一扫"),),
    }
    return Report(**{**facts, **changes})


def fill(archive, *, portal="qingchuan"):
    """Do a small crawl: a page, its revisit, a failure, an error page, a file, two reports, a finding."""
    with archive.start_run("crawl", portal=portal, settings={"CONTACT": "a@b.test"}) as run:
        first = run.record(exchange(b"<html>" + b"x" * 300))
        run.visited(first, links=["http://www.a.gov.test/b.html"], page_kind="list_page")
        run.store(first, report(), reader_version="1")
        again = run.record(exchange(b"<html>" + b"x" * 300, seconds=5))
        run.store(again, report(), reader_version="1", context={"title": "年报"})
        run.record(failure())
        other = run.record(exchange(b"other", url="http://www.b.gov.test/", seconds=6, truncated="reset"))
        run.store(other, report(agency=None, body="other"), reader_version="1")
        run.note(Finding(kind="unreadable", says="a page could not be read", url=other.url, capture=other.id))
        run.record_file(Path("/somewhere/local.html"), b"<p>local</p>", None, START)
        run.finish("finished", {"reports": 2})
    return archive


class Clock:
    """A clock that goes on by a second at each look, or jumps."""

    def __init__(self, at=START, step=1.0):
        self.at, self.step = at, step

    def __call__(self):
        self.at += timedelta(seconds=self.step)
        return self.at


def killed_at(number, work, *, half_written=False):
    """Do `work` in a child that is killed by SIGKILL at its n-th write, fsync, rename or truncation; False if it got through.

    `half_written`: a write at which it dies has put half of its bytes to the disk.
    """
    child = os.fork()
    if child == 0:
        _arm(number, half_written=half_written)
        try:
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _arm(number, *, half_written):
    left = [number]

    def deadly(real, is_write):
        def call(*args, **options):
            left[0] -= 1
            if left[0] == 0:
                if is_write and half_written:
                    real(args[0], bytes(args[1])[: len(args[1]) // 2])
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)

        return call

    for name in ("write", "fsync", "replace", "ftruncate", "unlink"):
        setattr(os, name, deadly(getattr(os, name), name == "write"))


def stored_record(archive, capture):
    """Return the WARC record of a capture."""
    return record_at(archive.root / "captures", archive.catalog.one("SELECT * FROM captures WHERE id = ?", [capture]))


def catalog_of_shuffled(root, folder, orders):
    """Return the tables of a catalog made of the journals in so many orders, all of them twice; each must be the first one's."""
    paths = sorted(path.relative_to(root / "journal").as_posix() for path in root.glob("journal/*/*/*/*.jsonl"))
    first = None
    for number in range(orders):
        Random(number).shuffle(paths)
        with closing(Catalog(folder / f"{number}.db", root)) as catalog:
            for _ in range(2):
                for path in paths:
                    todo = [path]
                    while todo:
                        _, todo = catalog._apply_batch(todo, None)
                catalog.db.conn.execute("DELETE FROM journal_offsets")
            found = {table: list(dump(catalog.db.conn, table)) for table in all_tables()}
        first = first or found
        assert found == first, f"the order {paths} gives another catalog"
    return first
