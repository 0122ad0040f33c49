"""The whole reader beside six peers, in one run: speed, and what each keeps of a page.

    python -m benchmarks.peers [--rounds 7] [--corpus ../shared/corpus] [--venv .bench/venv]

The peers live in an environment of their own, made from `requirements-bench.txt`: gne is GPL-3 and must never be a dependency of the
product. Every round asks each tool once for each page, so that the machine's moods fall on all alike; times are medians of processor
time, ratios are to a bare `trafilatura.extract()`. What is kept is counted against the generator's truth: paragraphs of prose, numbers
of the three statutory tables that stand in the right column, and strings of the page's furniture that are still there.
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
from pipelines.reader import Context, read
from pipelines.statistics.dom import tables_of
from samples.pages import bench_report, lean_page, word_page
from samples.reports import SampleReport
from samples.tables import Rows

REQUIREMENTS = Path("requirements-bench.txt")
WORKER = Path(__file__).with_name("peer_worker.py")
OURS, BARE = "gongkai", "trafilatura"
PEERS = (BARE, "readability-lxml", "newspaper4k", "gne", "resiliparse", "pandas.read_html")
FURNITURE = (
    "无障碍浏览", "长者助手", "您当前的位置", "浏览次数", "字号", "打印本页", "分享到", "新浪微博", "扫一扫在手机打开当前页", "关闭窗口", "相关信息",
    "版权所有", "技术支持", "网站标识码", "支持IPv6", "1024×768",
)  # fmt: skip
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
        return json.loads(line)

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
    with tempfile.TemporaryDirectory() as folder, Peers(chosen.venv) as peers:
        for name, page in (("lean", lean_page()), ("word", word_page())):
            path = Path(folder) / f"{name}.html"
            path.write_text(page, "utf-8")
            times, kept = measured(peers, path, chosen.rounds)
            print_page(name, len(page.encode()), times, kept)
        print_corpus(peers, pages_of(chosen.corpus), Path(folder))


def prepare(venv: Path) -> str | None:
    """Make the peers' environment where it is not there or older than its list; return why it can't be made, None if it is there."""
    mark = venv / ".set-up"
    if mark.exists() and mark.stat().st_mtime >= REQUIREMENTS.stat().st_mtime:
        return None
    print(f"installing the peers into {venv} …", file=sys.stderr)
    pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for command in ([sys.executable, "-m", "venv", venv], [*pip, "--no-deps", "--require-hashes", "-r", REQUIREMENTS]):
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


def squeezed(text: str) -> str:
    """Return a text without white space."""
    return "".join(text.split())


def expected(report: SampleReport) -> Iterator[tuple[str, int, tuple[str, ...], tuple[str, ...]]]:
    """Yield each row of numbers: its own label (empty in table four), its first column, its numbers and their ids."""
    names = iter(report.truth)
    for rows in (block for block in report.blocks() if not isinstance(block, str)):
        table = next(names)
        for printed, columns in placed(rows):
            numbers = [(one, column) for one, column in zip(printed, columns, strict=True) if one.cell is not None]
            labels = [one.text for one in printed if one.cell is None]
            if numbers:
                ids = tuple(f"{table}/{one.cell}" for one, _ in numbers)
                yield squeezed(labels[-1]) if labels else "", numbers[0][1], tuple(one.text for one, _ in numbers), ids


def placed(rows: Rows) -> Iterator[tuple[tuple[Any, ...], list[int]]]:
    """Yield each printed row with the column of the whole grid at which each of its cells begins."""
    hanging: dict[int, int] = {}
    for row in rows:
        column, columns, begun = 0, [], dict[int, int]()
        for one in row:
            while hanging.get(column, 0):
                column += 1
            columns.append(column)
            begun |= dict.fromkeys(range(column, column + one.across), one.down - 1)
            column += one.across
        hanging = {place: left - 1 for place, left in hanging.items() if left > 1} | {k: v for k, v in begun.items() if v}
        yield row, columns


def cells_right(kept: Kept, report: SampleReport) -> tuple[int, int]:
    """Return how many numbers stand in the right column of the row with their label, and how many there are."""
    right = total = 0
    lines = [[squeezed(cell) for cell in row] for table in kept.tables for row in table]
    for label, first, numbers, ids in expected(report):
        total += len(numbers)
        if kept.cells:
            right += sum(kept.cells.get(name) == number for name, number in zip(ids, numbers, strict=True))
        else:
            own = [
                row[first : first + len(numbers)]
                for row in lines
                if label in row[:first] or (not label and len(row) == len(numbers))
            ]
            right += max((sum(a == b for a, b in zip(row, numbers, strict=False)) for row in own), default=0)
    return right, total


def prose_kept(kept: Kept, report: SampleReport) -> tuple[int, int]:
    """Return how many paragraphs of the prose are kept whole, and how many there are."""
    prose = [squeezed(block) for block in report.blocks() if isinstance(block, str) and len(block) > 20]
    return sum(paragraph in kept.text for paragraph in prose), len(prose)


def print_page(name: str, size: int, times: Mapping[str, float], kept: Mapping[str, Kept]) -> None:
    """Print one made-up page's table."""
    report = bench_report()
    print(f"\n{name} page, {size / 1000:.0f} KB, made up")
    print(f"  {'tool':18}{'ms':>8}{'ratio':>8}  {'prose':>7}  {'cells in column':>15}  furniture left")
    for tool, spent in sorted(times.items(), key=lambda pair: pair[1]):
        one = kept[tool]
        prose, cells = prose_kept(one, report), cells_right(one, report)
        left = sum(word in one.text for word in FURNITURE)
        said = f"  {one.error}" if one.error else ""
        ratio = spent / times[BARE]
        print(
            f"  {tool:18}{spent:8.1f}{ratio:8.2f}  {prose[0]:>3}/{prose[1]:<3}  {cells[0]:>7}/{cells[1]:<7}  {left}/{len(FURNITURE)}{said}"
        )


def pages_of(corpus: Path) -> list[Path]:
    """Return the corpus's HTML pages, none where the corpus is absent."""
    return sorted(path for ending in ("html", "htm") for path in corpus.rglob(f"*.{ending}"))


def print_corpus(peers: Peers, pages: Sequence[Path], folder: Path) -> None:
    """Print sums over the real pages: time, pages with no text, furniture strings left. What a real page's prose is, nobody has marked.

    Ours leaves lists, challenges and error pages empty on purpose; they are among the pages.
    """
    if not pages:
        print("\nno corpus here: real pages are not measured")
        return
    print(
        f"\n{len(pages)} real pages of the corpus (one warm round, one measured), furniture counted by the same {len(FURNITURE)} strings"
    )
    spent, nothing, left = (dict.fromkeys((OURS, *PEERS), 0.0) for _ in range(3))
    for number, page in enumerate(pages):
        path = folder / f"{number}.html"
        path.write_bytes(page.read_bytes().decode("utf-8", "replace").encode())
        for tool in spent:
            asked(peers, tool, path)
            milliseconds, kept = asked(peers, tool, path)
            spent[tool] += milliseconds
            nothing[tool] += not (kept.text or kept.tables)
            left[tool] += sum(word in kept.text for word in FURNITURE)
    for tool, milliseconds in sorted(spent.items(), key=lambda pair: pair[1]):
        ratio = milliseconds / spent[BARE]
        print(
            f"  {tool:18}{milliseconds:8.0f} ms{ratio:8.2f}  {nothing[tool]:.0f} pages with nothing, {left[tool]:.0f} furniture strings left"
        )


if __name__ == "__main__":
    main()
