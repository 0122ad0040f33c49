"""Re-derivation of an archive against a bare `trafilatura.extract()` over the same captures, side by side.

    python -m benchmarks.rederive [--reports 150] [--visits 10] [--processes 2]

Makes an archive of so many reports, each seen so many times, as an older reader read them. Prints seconds: `rederive` as the
command does it, by the wall, its processes' start included; `rederive` in one process, by its processor time; and every capture's payload
given to trafilatura in one process, by both. Then the same over one visit each, where no payload comes again.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta, UTC
from pathlib import Path
from tempfile import TemporaryDirectory

import trafilatura

from archive.model import Exchange
from archive.store import Archive
from pipelines import READER_VERSION
from pipelines.reader import Context, read
from pipelines.rederive import derive_all
from pipelines.stored import groups
from samples.pages import article, Chrome
from samples.reports import make_report

TARGET = 5.0
START = datetime(2026, 2, 1, tzinfo=UTC)


def main() -> None:
    """Measure both archives and print two lines."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--reports", type=int, default=150)
    options.add_argument("--visits", type=int, default=10)
    options.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    asked = options.parse_args()
    for visits in (asked.visits, 1):
        with TemporaryDirectory() as folder, closing(made(Path(folder), asked.reports, visits)) as archive:
            print(compared(archive, asked.processes, f"{asked.reports} reports seen {visits} times"))


def made(root: Path, reports: int, visits: int) -> Archive:
    """Return an archive of made-up reports, each visited so many times and read by an older version."""
    archive = Archive.open(root)
    pages = [page(number) for number in range(reports)]
    stored = [read(body, Context(url=url)) for url, body in pages]
    for visit in range(visits):
        with archive.start_run("crawl") as run:
            for number, (url, body) in enumerate(pages):
                at = START + timedelta(days=visit, seconds=number)
                head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
                exchange = Exchange(
                    url=url, method="GET", request=b"GET / HTTP/1.1\r\n\r\n", response=head + body, fetched_at=at
                )
                run.store(run.record(exchange), stored[number], reader_version="0", context={"url": url})
    return archive


def page(number: int) -> tuple[str, bytes]:
    """Return address and payload of a report's page, about 40 KB."""
    report = make_report(f"云棠县第{number}试验镇人民政府", 2023)
    chrome = Chrome(site="云棠县人民政府网", code="9901210001", links=110, rules=240)
    body = f'<div class="TRS_Editor">{report.html}</div>'
    made_page = article(chrome, report.title, report.published_on, body, source=report.agency)
    return f"http://www.bench.gov.test/{number}.html", made_page.encode()


def compared(archive: Archive, processes: int, what: str) -> str:
    """Return a line with the times, and their ratios."""
    captures = [row["id"] for row in archive.catalog.rows("SELECT id FROM captures ORDER BY id")]
    wall, _ = spent(lambda: rederived(archive, processes))
    _, cpu = spent(lambda: rederived(archive, 1))
    bare_wall, bare_cpu = spent(lambda: [trafilatura.extract(archive.payload_of(one).body.decode()) for one in captures])
    verdict = "within" if bare_wall >= TARGET * wall else "below"
    return (
        f"{what}, {len(captures)} captures: rederive {wall:.1f} s by the wall with {processes} processes, {cpu:.1f} s of CPU in one;"
        f" trafilatura.extract {bare_wall:.1f} s, {bare_cpu:.1f} s of CPU:"
        f" {bare_wall / wall:.1f}× by the wall, {bare_cpu / cpu:.1f}× by CPU ({verdict} {TARGET:.0f}×)"
    )


def rederived(archive: Archive, processes: int) -> int:
    """Look at all captures as the command does; return how many were read. Raises AssertionError for one that was not."""
    found = list(derive_all(archive.root, groups(archive, READER_VERSION), processes))
    assert all(derived.error is None for derived in found)
    return len(found)


def spent(action: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of an action by the wall, and of this process's processor time."""
    wall, cpu = time.perf_counter(), time.process_time()
    action()
    return time.perf_counter() - wall, time.process_time() - cpu


if __name__ == "__main__":
    main()
