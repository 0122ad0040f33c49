"""The whole reader beside six peers, in one run: speed, and what each keeps of a page.

    python -m benchmarks.peers [--rounds 7] [--corpus ../shared/corpus] [--venv .bench/venv]

The peers live in an environment of their own, made from `requirements-bench.txt`: gne is GPL-3 and must never be a dependency of the
product. Every round asks each tool once for each page, so that the machine's moods fall on all alike; times are medians of processor
time, ratios are to a bare `trafilatura.extract()`. What is kept is counted against what is known of each page (`benchmarks.marked`):
paragraphs of prose, numbers of the statutory tables that stand in the right column, and strings of the page's furniture that are still
there; over the sample portals' pages and over the real reports whose cells were marked by hand.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any, Self

from lxml import html

from archive.errors import Unreadable
from benchmarks.marked import bench_pages, corpus_pages, Marked, Numbers, portal_pages, squeezed
from pipelines.reader import Context, read
from pipelines.statistics.dom import tables_of
from samples.pages import bench_report

REQUIREMENTS = Path("requirements-bench.txt")
WORKER = Path(__file__).with_name("peer_worker.py")
OURS, BARE = "gongkai", "trafilatura"
PEERS = (BARE, "readability-lxml", "newspaper4k", "gne", "resiliparse", "pandas.read_html")
Table = Sequence[Sequence[str]]


@dataclass(slots=True)
class Kept:
    """What a tool kept of a page: its text without white space, rows of tables, and the cells it names by id."""

    text: str = ""
    tables: list[Table] = field(default_factory=list)
    cells: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


class Peers:
    """The process in which the peers run."""

    def __init__(self, venv: Path) -> None:
        self._process = subprocess.Popen(
            [venv / "bin" / "python", "-X", "utf8", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def ask(self, tool: str, path: Path) -> dict[str, Any]:
        """Return the worker's answer. Raises RuntimeError where the worker ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"tool": tool, "path": str(path)}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the process of the peers ended while {tool} read {path.name}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)


def main() -> None:
    """Make the peers' environment if need be, measure, and print the tables."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--corpus", type=Path, default=Path("../shared/corpus"), help="real pages; left out where absent")
    options.add_argument("--venv", type=Path, default=Path(".bench/venv"))
    chosen = options.parse_args()
    if problem := prepare(chosen.venv):
        sys.exit(f"the peers are not measured: {problem}")
    lean, word = bench_pages(bench_report())
    sets = {
        "lean page, made up": ([lean], chosen.rounds),
        "word page, made up": ([word], chosen.rounds),
        "reports of the sample portals": (list(portal_pages()), 1),
        "real reports of the corpus": (list(corpus_pages(chosen.corpus)), 1),
    }
    with tempfile.TemporaryDirectory() as folder, Peers(chosen.venv) as peers:
        for title, (pages, rounds) in sets.items():
            print_scores(title, pages, scored(peers, pages, Path(folder), rounds)) if pages else print(f"\n{title}: none here")


def prepare(venv: Path) -> str | None:
    """Make the peers' environment where it is not there or older than its list; return why it can't be made, None if it is there."""
    mark = venv / ".set-up"
    if mark.exists() and mark.stat().st_mtime >= REQUIREMENTS.stat().st_mtime:
        return None
    print(f"installing the peers into {venv} …", file=sys.stderr)
    pip: list[str | Path] = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands: list[list[str | Path]] = [
        [sys.executable, "-m", "venv", venv],
        [*pip, "--no-deps", "--require-hashes", "-r", REQUIREMENTS],
    ]
    for command in commands:
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:] or [f"status {done.returncode}"]
            return f"{venv} could not be made: {last[0]}"
    mark.touch()
    return None


def measured(peers: Peers, path: Path, rounds: int) -> tuple[dict[str, float], dict[str, Kept]]:
    """Return the median milliseconds and what was kept, by tool; a first round warms caches and imports and is left out."""
    times: dict[str, list[float]] = {tool: [] for tool in (OURS, *PEERS)}
    kept: dict[str, Kept] = {}
    for _ in range(rounds + 1):
        for tool, found in times.items():
            milliseconds, kept[tool] = asked(peers, tool, path)
            found.append(milliseconds)
    return {tool: median(found[1:]) for tool, found in times.items()}, kept


def asked(peers: Peers, tool: str, path: Path) -> tuple[float, Kept]:
    """Return one call's milliseconds of processor time and what the tool kept."""
    if tool == OURS:
        return ours(path.read_bytes())
    said = peers.ask(tool, path)
    markup = said.get("html")
    root = html.fromstring(markup) if markup else None
    text = root.text_content() if root is not None else said.get("text") or ""
    tables = said.get("tables") or (markup_tables(root) if root is not None else list(piped_tables(text)))
    return said["ms"], Kept(text=squeezed(text), tables=tables, error=said.get("error"))


def ours(payload: bytes) -> tuple[float, Kept]:
    """Return the whole reader's milliseconds, from bytes to checks, and what it kept."""
    start = time.process_time()
    try:
        report = read(payload, Context(url="http://bench.gov.test/1.html"))
    except Unreadable as problem:
        return (time.process_time() - start) * 1000, Kept(error=str(problem))
    spent = (time.process_time() - start) * 1000
    cells = {
        f"{name}/{key}": cell.raw for name, table in report.statistics.tables().items() for key, cell in table.cells.items()
    }
    return spent, Kept(text=squeezed(report.body), cells=cells)


def markup_tables(root: html.HtmlElement) -> list[Table]:
    """Return the tables of kept markup, each cell in the column where its span begins: a user of such a tool still has this to do."""
    lines = [[list(cells) for _, cells in groupby(table.pieces, key=lambda cell: cell.row)] for table in tables_of(root)]
    return [[_in_columns({cell.column: cell.text for cell in line}) for line in table] for table in lines]


def _in_columns(texts: Mapping[int, str]) -> list[str]:
    return [texts.get(column, "") for column in range(max(texts, default=-1) + 1)]


def piped_tables(text: str) -> Iterator[Table]:
    """Yield the rows of a text whose cells stand between bars, as one table."""
    yield [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.split("\n") if "|" in line]


def cells_right(kept: Kept, page: Marked) -> int:
    """Return how many numbers stand in the right column of the row with their label."""
    lines = [[squeezed(cell) for cell in row] for table in kept.tables for row in table]
    return sum(_named_right(kept, row) if kept.cells else _placed_right(lines, row) for row in page.rows)


def _named_right(kept: Kept, row: Numbers) -> int:
    return sum(squeezed(kept.cells.get(name, "")) == number for name, number in zip(row.cells, row.printed, strict=True))


def _placed_right(lines: Sequence[Sequence[str]], row: Numbers) -> int:
    count = len(row.printed)
    own = [line for line in lines if (row.label in line[: len(line) - count] if row.label else len(line) == count)]
    stand = [line[-count:] if row.first is None else line[row.first : row.first + count] for line in own]
    return max((sum(a == b for a, b in zip(line, row.printed, strict=False)) for line in stand), default=0)


@dataclass(slots=True)
class Score:
    """What a tool kept of some pages, summed up, of how much there was."""

    milliseconds: float = 0.0
    prose: int = 0
    cells: int = 0
    furniture: int = 0
    failed: int = 0


def scored(peers: Peers, pages: Sequence[Marked], folder: Path, rounds: int) -> dict[str, Score]:
    """Return each tool's score over some pages; every page is asked for once to warm up, then in so many rounds."""
    scores = {tool: Score() for tool in (OURS, *PEERS)}
    for page in pages:
        path = folder / "page.html"
        path.write_text(page.markup, "utf-8")
        times, kept = measured(peers, path, rounds)
        for tool, score in scores.items():
            one = kept[tool]
            score.milliseconds += times[tool]
            score.prose += sum(paragraph in one.text for paragraph in page.prose)
            score.cells += cells_right(one, page)
            score.furniture += sum(word in one.text for word in page.furniture)
            score.failed += one.error is not None
    return scores


def print_scores(title: str, pages: Sequence[Marked], scores: Mapping[str, Score]) -> None:
    """Print one table: tools by time, each with its ratio to bare trafilatura and what it kept."""
    prose, cells = sum(len(page.prose) for page in pages), sum(len(row.printed) for page in pages for row in page.rows)
    furniture, size = sum(len(page.furniture) for page in pages), sum(len(page.markup.encode()) for page in pages)
    print(f"\n{title}: {len(pages)} pages, {size / 1000:.0f} KB")
    print(f"  {'tool':18}{'ms':>9}{'ratio':>7}  {'prose':>11}  {'cells in column':>15}  {'furniture left':>14}")
    for tool, score in sorted(scores.items(), key=lambda pair: pair[1].milliseconds):
        ratio = score.milliseconds / scores[BARE].milliseconds
        shares = f"{score.prose:>5}/{prose:<5}  {score.cells:>7}/{cells:<7}  {score.furniture:>6}/{furniture:<6}"
        print(f"  {tool:18}{score.milliseconds:9.1f}{ratio:7.2f}  {shares}{f'  failed {score.failed}' * bool(score.failed)}")


if __name__ == "__main__":
    main()
