"""A large catalog measured: insertion at the end against the start, queries, opening, rebuild with its memory.

    python -m benchmarks.large [--documents 100000] [--sightings 2] [--root FOLDER]

Everything goes through the archive as a crawl would write it (WARC, documents, journal, catalog); only the pages are made up,
and fsync is left out: it would measure the disk. Insertion is in seconds of CPU, so that a busy machine does not count as a slow
catalog. What is printed is of this machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta, UTC
from itertools import islice, product
from pathlib import Path
from random import Random
from statistics import quantiles

from archive.divisions.table import parent_of, table
from archive.model import Agency, Exchange, Report
from archive.news import changes_rows, Wanted
from archive.records import current_rows, Filters, find_record, runs_rows, versions_rows
from archive.run import Run
from archive.store import Archive
from samples.alikes import draft

ORGANS = (
    "人民政府",
    "教育局",
    "财政局",
    "民政局",
    "水利局",
    "林业局",
    "审计局",
    "司法局",
    "统计局",
    "公安局",
    "交通运输局",
    "自然资源局",
)
START = datetime(2022, 1, 10, tzinfo=UTC)
RUN = 1000
"""Documents that one run brings."""


def names() -> list[tuple[str, str, int]]:
    """Return agencies with division codes and years: counties by organs by years, in an order that jumps about."""
    rows = (row for rows in table().by_code.values() for row in rows if row.level == "county" and row.valid_in(2023))
    counties = [(f"{parent.name if parent else ''}{row.name}", row.code) for row in rows for parent in [parent_of(row, 2023)]]
    every = [(f"{name}{organ}", code, year) for (name, code), organ, year in product(counties, ORGANS, range(2016, 2026))]
    Random(1).shuffle(every)
    return every


def exchange(number: int, body: bytes, at: datetime) -> Exchange:
    """Return the exchange of one page."""
    host = f"www.p{number % 997}.gov.test"
    request = f"GET /zfxxgk/{number}.html HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    response = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + body
    url = f"http://{host}/zfxxgk/{number}.html"
    return Exchange(url=url, method="GET", request=request, response=response, fetched_at=at, ip="192.0.2.1")


def fill(root: Path, documents: int, sightings: int) -> list[float]:
    """Write the archive run by run; return the CPU seconds that each run of `RUN` documents took, catalog included."""
    every = names()
    took = []
    for first in range(0, documents, RUN):
        pages = [(number, _report(number, *every[number % len(every)])) for number in range(first, min(first + RUN, documents))]
        begun = time.process_time()
        archive = Archive.open(root)
        with archive.start_run("crawl", portal="large") as run:
            for number, report in pages:
                _visit(run, number, report, sightings)
        archive.close()
        took.append(time.process_time() - begun)
        print(f"{first + RUN}: {took[-1]:.1f} s", file=sys.stderr)
    return took


def _report(number: int, agency: str, code: str, year: int) -> Report:
    made = replace(draft(number), agency=agency, year=year).report()
    return replace(made, agency=Agency(name=agency, division=code, level="county"))


def _visit(run: Run, number: int, report: Report, sightings: int) -> None:
    body = f"<html><p>{report.body}</p>".encode()
    for nth in range(sightings):
        capture = run.record(exchange(number, body, START + timedelta(seconds=number, days=nth * 30)))
        run.visited(capture, links=[], page_kind="annual_report")
        if nth == 0:
            run.store(capture, report, reader_version="1")


def queries(archive: Archive, documents: int) -> dict[str, Callable[[Random], object]]:
    """Return the look-ups to be timed, by name; each takes a lot to draw what it asks for."""
    every = names()

    def name(lot: Random) -> str:
        agency, _, year = every[lot.randrange(min(documents, len(every)))]
        return f"{agency}|{year}"

    return {
        "list --agency --year": lambda lot: _all(current_rows(archive.catalog, _filters(name(lot)))),
        "list --year, first 50": lambda lot: list(
            islice(current_rows(archive.catalog, Filters(year=lot.randrange(2016, 2026))), 50)
        ),
        "find a report by name": lambda lot: find_record(archive, name(lot)),
        "versions of a report": lambda lot: _all(versions_rows(archive, name(lot))),
        "captures of a URL": lambda lot: _all(archive.captures_of(exchange(lot.randrange(documents), b"", START).url)),
        "changes --since, first 50": lambda lot: _all(changes_rows(archive.catalog, Wanted(since=_day(lot), limit=50))),
        "runs": lambda _: list(islice(runs_rows(archive.catalog, portal=None), 50)),
    }


def _filters(name: str) -> Filters:
    agency, _, year = name.partition("|")
    return Filters(agency=agency, year=int(year))


def _day(lot: Random) -> str:
    return (START + timedelta(seconds=lot.randrange(100_000))).isoformat()[:19]


def _all(rows: Iterable[object]) -> int:
    return sum(1 for _ in rows)


def p95(look_up: Callable[[Random], object], times: int) -> float:
    """Return the 95th percentile of a look-up's milliseconds."""
    lot = Random(7)
    look_up(lot)
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        look_up(lot)
        took.append((time.perf_counter() - begun) * 1000)
    return quantiles(took, n=20)[-1]


def rebuild(root: Path) -> tuple[float, float]:
    """Return the seconds and the peak memory (MB) of a rebuild in a process of its own."""
    code = (
        "import resource, sys; from pathlib import Path; from archive.rebuild import rebuild; rebuild(Path(sys.argv[1]));"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
    return time.perf_counter() - begun, float(done.stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=100_000)
    parser.add_argument("--sightings", type=int, default=2)
    parser.add_argument("--times", type=int, default=40, help="how often each query is asked")
    parser.add_argument("--root", type=Path, help="keep the archive here; one that is there already is measured as it is")
    parser.add_argument("--no-rebuild", action="store_true")
    asked = parser.parse_args()
    os.fsync = lambda _: None  # type: ignore[assignment]
    with tempfile.TemporaryDirectory() as scratch:
        measure(asked, asked.root or Path(scratch) / "archive")


def measure(asked: argparse.Namespace, root: Path) -> None:
    """Fill, ask, rebuild, and print what it took."""
    if not root.exists():
        took = fill(root, asked.documents, asked.sightings)
        tenth = max(1, len(took) // 10)
        start, end = (tenth * RUN / sum(part) for part in (took[:tenth], took[-tenth:]))
        print(
            f"insertion: {start:.0f} documents a CPU second at the start, {end:.0f} at the end, ratio {end / start:.2f} (wanted ≥ 0.8)"
        )
    begun = time.perf_counter()
    archive = Archive.open(root)
    print(f"opening: {time.perf_counter() - begun:.2f} s")
    for name, look_up in queries(archive, asked.documents).items():
        print(f"{name}: p95 {p95(look_up, asked.times):.1f} ms (wanted ≤ 50)")
    archive.close()
    folders = max(len(files) for _, _, files in os.walk(root))
    print(f"files in one folder: {folders} at most; catalog {(root / 'catalog.db').stat().st_size >> 20} MB")
    if not asked.no_rebuild:
        seconds, memory = rebuild(root)
        print(f"rebuild: {seconds:.0f} s, {memory:.0f} MB at most (wanted ≤ 500)")


if __name__ == "__main__":
    main()
