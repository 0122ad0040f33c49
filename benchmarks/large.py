"""A large catalog measured: insertion at the end against the start, queries, opening, rebuild with its memory.

    python -m benchmarks.large [--documents 20000] [--times 28] [--root FOLDER]

Documents and journals are made up (`large_made`), as a crawl writes them; the catalog takes them the way it takes any journal, and its
documents are read from disk. A tenth of the documents is new in each of ten seasons, and all older ones come again twice a season, so there
are ten looks to a document. A `--root` that holds such an archive already is taken as it is, and its catalog made anew, unless
`--no-rebuild`. `--times` multiplies the catalog by SQL (`large_multiplied`) before queries are asked. Then more portals come in the ordinary
way, in turn with an empty archive beside it: that is insertion at the end and at the start. Rates are in seconds of CPU, so that a busy
machine does not count as a slow catalog; queries in wall time. What is printed is of this machine.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from random import Random
from statistics import quantiles

from archive.catalog import Catalog, remove_catalog
from archive.news import changes_rows, Wanted
from archive.records import current_rows, Filters, find_capture, find_record, runs_rows
from archive.searching import search
from archive.store import Archive
from archive.succession import versions_rows
from benchmarks.large_made import FIRST_YEAR, Maker, ORGANS, pages, YEARS
from benchmarks.large_multiplied import multiply

REVISITS = 2
AT_THE_END = 4
"""Portals that are brought to an empty archive, and to the large one, to compare the rates."""


def fill(archive: Archive, maker: Maker, portals: range) -> Iterator[tuple[float, float]]:
    """Bring the seasons of some portals one by one; yield for each new documents and looks a second of CPU."""
    for season in range(YEARS):
        looks = len(portals) * len(ORGANS) * (season + 1)
        new = _bring(archive, [maker.crawl(portal, season) for portal in portals])
        again = sum(
            _bring(archive, [maker.revisit(portal, season, nth) for portal in portals]) for nth in range(1, REVISITS + 1)
        )
        rates = len(portals) * len(ORGANS) / new, REVISITS * looks / again
        print(f"season {season}: {rates[0]:.0f} new documents, {rates[1]:.0f} looks a CPU second", file=sys.stderr)
        yield rates


def _bring(archive: Archive, journals: list[Path]) -> float:
    """The CPU seconds in which the catalog takes journals, which were written before."""
    assert all(path.exists() for path in journals)
    begun = time.process_time()
    archive.catalog.catch_up()
    return time.process_time() - begun


def queries(archive: Archive, portals: int, seasons: int) -> dict[str, Callable[[Random], object]]:
    """Return the look-ups to be timed, by name; each takes a lot to draw what it asks for."""

    def page(lot: Random) -> tuple[str, int, str]:
        found = lot.choice(pages(lot.randrange(portals), lot.randrange(seasons)))
        return found.agency, found.year, found.url

    def name(lot: Random) -> str:
        agency, year, _ = page(lot)
        return f"{agency}|{year}"

    def filters(lot: Random) -> Filters:
        agency, year, _ = page(lot)
        return Filters(agency=agency, year=year)

    def year(lot: Random) -> Filters:
        return Filters(year=page(lot)[1])

    def since(lot: Random) -> Wanted:
        return Wanted(since=f"{lot.randrange(2017, 2026)}-0{lot.randrange(1, 10)}", limit=50)

    catalog = archive.catalog
    return {
        "list --agency --year": lambda lot: _all(current_rows(catalog, filters(lot))),
        "list --agency": lambda lot: _all(current_rows(catalog, Filters(agency=page(lot)[0]))),
        "list --year, first 50": lambda lot: list(islice(current_rows(catalog, year(lot)), 50)),
        "list, first 50": lambda _: list(islice(current_rows(catalog, Filters()), 50)),
        "find a report by name": lambda lot: find_record(archive, name(lot)),
        "versions of a report": lambda lot: _all(versions_rows(archive, name(lot))),
        "a capture by URL and time": lambda lot: find_capture(archive, page(lot)[2], "2027"),
        "changes --since, first 50": lambda lot: _all(changes_rows(catalog, since(lot))),
        "changes --agency": lambda lot: _all(changes_rows(catalog, Wanted(agency=page(lot)[0], limit=50))),
        "changes --verdict copied": lambda _: _all(changes_rows(catalog, Wanted(verdicts=("copied",), limit=50))),
        "runs, first 50": lambda _: list(islice(runs_rows(catalog, portal=None), 50)),
    }


def searches(archive: Archive, portals: int) -> dict[str, Callable[[Random], object]]:
    """Return the searches to be timed, by name: words that all reports have, that some have, that one office has."""
    words = [row["body"] for row in archive.catalog.rows("SELECT body FROM bodies LIMIT 200")]

    def piece(lot: Random, length: int) -> str:
        text: str = lot.choice(words).split("\n", 2)[1]
        start = lot.randrange(len(text) - length)
        return text[start : start + length].rstrip("。")

    def asked(*terms: str, **filters: object) -> int:
        return len(search(archive, terms, Filters(**filters), limit=50))  # type: ignore[arg-type]

    def agency(lot: Random) -> str:
        return pages(lot.randrange(portals), 0)[lot.randrange(len(ORGANS))].agency

    return {
        "a word of every title": lambda _: asked("政府信息公开"),
        "a word of two signs": lambda lot: asked(piece(lot, 2)),
        "a phrase of eight signs": lambda lot: asked(piece(lot, 9)),
        "two words": lambda lot: asked(piece(lot, 2), "年度报告"),
        "a word of one year": lambda lot: asked("人民政府", year=lot.randrange(2015, 2025)),
        "a word of one office": lambda lot: asked("工作年度报告", agency=agency(lot)),
    }


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


def rebuild(root: Path) -> tuple[float, float, float]:
    """Return wall and CPU seconds, and the peak memory (MB), of a rebuild in a process of its own."""
    code = (
        "import resource, sys; from pathlib import Path; from archive.rebuild import rebuild; rebuild(Path(sys.argv[1]));"
        "used = resource.getrusage(resource.RUSAGE_SELF); print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)"
    )
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
    cpu, memory = map(float, done.stdout.split())
    return time.perf_counter() - begun, cpu, memory


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000, help="documents that are really made")
    parser.add_argument("--times", type=int, default=1, help="multiply the catalog by SQL before queries are asked")
    parser.add_argument("--asked", type=int, default=40, help="how often each query is asked")
    parser.add_argument("--root", type=Path, help="keep the archive here, or take the one that is here")
    parser.add_argument("--no-rebuild", action="store_true")
    parser.add_argument("--no-search", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measure(asked, asked.root or Path(scratch) / "archive")


def measure(asked: argparse.Namespace, root: Path) -> None:
    """Fill, ask, rebuild, and print what it took."""
    if not (root / "journal").exists():
        _fill(root, max(AT_THE_END, asked.documents // (len(ORGANS) * YEARS)))
    if not asked.no_rebuild:
        print_rebuild(root)
    archive = Archive.open(root)
    portals, beyond = _portals(archive, FIRST_YEAR + YEARS + 1), _portals(archive, 9999)
    if asked.times > 1:
        _multiply(archive.catalog, asked.times)
    print_sizes(archive)
    start, end = _rates(archive, range(beyond, beyond + AT_THE_END))
    for what, nth in (("new documents", 0), ("looks", 1)):
        first, last = (sum(1 / each[nth] for each in rates) / len(rates) for rates in (start, end))
        print(
            f"{what}: {1 / first:.0f} a CPU second at the start, {1 / last:.0f} at the end, ratio {first / last:.2f} (wanted ≥ 0.8)"
        )
    for name, look_up in queries(archive, portals, _seasons(archive, portals)).items():
        print(f"{name}: p95 {p95(look_up, asked.asked):.1f} ms (wanted ≤ 50)", flush=True)
    archive.close()
    begun = time.perf_counter()
    archive = Archive.open(root)
    print(f"opening: {time.perf_counter() - begun:.2f} s")
    if not asked.no_search:
        print_searches(archive, portals, asked.asked)
    archive.close()


def _fill(root: Path, portals: int) -> None:
    with closing(Archive.open(root)) as archive:
        list(fill(archive, Maker(root), range(portals)))


def _rates(archive: Archive, portals: range) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The rates of an empty archive, and of a large one: season by season in turn, so that a machine's busy hour slows both."""
    with tempfile.TemporaryDirectory() as scratch, closing(Archive.open(Path(scratch) / "archive")) as empty:
        small = fill(empty, Maker(empty.root), range(AT_THE_END))
        return tuple(zip(*zip(small, fill(archive, Maker(archive.root, years_later=YEARS), portals), strict=True), strict=True))


def _portals(archive: Archive, until: int) -> int:
    """How many portals were really made with runs before a year: those of copies have other names."""
    sql = "SELECT max(CAST(substr(portal, 2) AS INTEGER)) AS last FROM runs WHERE portal LIKE 'p%' AND started_at < ?"
    return int((archive.catalog.one(sql, [str(until)]) or {})["last"]) + 1


def _seasons(archive: Archive, portals: int) -> int:
    """How many seasons all portals had: less than all where making the archive was broken off."""
    found = archive.catalog.one("SELECT count(*) AS runs FROM runs WHERE portal = ?", [f"p{portals - 1}"]) or {}
    return min(YEARS, int(found["runs"]) // (1 + REVISITS))


def _multiply(catalog: Catalog, times: int) -> None:
    begun = time.perf_counter()
    multiply(catalog, times)
    print(f"multiplied by {times} in {time.perf_counter() - begun:.0f} s", file=sys.stderr)


def print_sizes(archive: Archive) -> None:
    """Print how much there is."""
    counts = {
        name: archive.catalog.one(f"SELECT count(*) AS n FROM {name}") or {} for name in ("documents", "sightings", "changes")
    }
    size = (archive.root / "catalog.db").stat().st_size
    folders = max(len(files) for _, _, files in os.walk(archive.root / "documents"))
    told = ", ".join(f"{row['n']:,} {name}" for name, row in counts.items())
    print(f"{told}; catalog {size / 1e9:.1f} GB;", end=" ")
    print(f"{folders} files in one folder at most", flush=True)


def print_rebuild(root: Path) -> None:
    """Print what it takes to make the catalog anew where there is none."""
    remove_catalog(root / "catalog.db")
    wall, cpu, memory = rebuild(root)
    with closing(sqlite3.connect(root / "catalog.db")) as made:
        documents, looks = (made.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("documents", "sightings"))
    print(
        f"rebuild of {documents:,} documents and {looks:,} looks: {wall:.0f} s, {cpu:.0f} s of CPU, {memory:.0f} MB at most (wanted ≤ 500)",
        flush=True,
    )


def print_searches(archive: Archive, portals: int, times: int) -> None:
    """Print what indexing and searching takes."""
    begun, cpu = time.perf_counter(), time.process_time()
    search(archive, ["政府信息公开"], Filters(), limit=1)
    size = (archive.root / "search.db").stat().st_size
    print(
        f"search index made in {time.perf_counter() - begun:.0f} s, {time.process_time() - cpu:.0f} s of CPU: {size / 1e6:.0f} MB"
    )
    for name, look_up in searches(archive, portals).items():
        print(f"search {name}: p95 {p95(look_up, times):.1f} ms (wanted ≤ 50)", flush=True)


if __name__ == "__main__":
    main()
