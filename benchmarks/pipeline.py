"""The whole reader per page against a bare `trafilatura.extract()` of the same page, interleaved in one process.

    python -m benchmarks.pipeline [--rounds 15]

Prints medians in milliseconds of processor time and their ratio, for the lean (about 40 KB) and the Word-pasted (about 250 KB) page of `samples/`,
each of as many organs as there are below, in turns: nothing that a reader remembers of one page's text helps it with the next.
Reader times include everything from bytes to checks; trafilatura's are of text already decoded.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from statistics import median

import trafilatura

from pipelines.reader import Context, read
from samples.county import COUNTY, organs
from samples.pages import lean_page, word_page
from samples.reports import make_report

TARGET = 0.25
ORGANS = 8


def main() -> None:
    """Measure both pages and print one line each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    reports = [make_report(organ.name, 2023) for organ in organs(COUNTY)[:ORGANS]]
    for name, make in (("lean", lean_page), ("word", word_page)):
        print_ratio(name, [make(report) for report in reports], rounds)


def print_ratio(name: str, pages: Sequence[str], rounds: int) -> None:
    """Print the medians of interleaved runs of both over the pages in turn, and the ratio of the medians."""
    payloads, context = [page.encode() for page in pages], Context(url="http://bench.gov.test/1.html")
    ours, bare = interleaved(
        lambda turn: read(payloads[turn % len(payloads)], context),
        lambda turn: trafilatura.extract(pages[turn % len(pages)]),
        rounds,
    )
    ratio = ours / bare
    verdict = "within" if ratio <= TARGET else "above"
    print(
        f"{name} page of {len(payloads[0]) / 1000:.0f} KB: reader {ours:.1f} ms, trafilatura.extract {bare:.1f} ms, ratio {ratio:.2f} ({verdict} {TARGET})"
    )


def interleaved(first: Callable[[int], object], second: Callable[[int], object], rounds: int) -> tuple[float, float]:
    """Return the median milliseconds of two actions run in turns, each told which; the first two rounds warm caches and are left out."""
    pairs = [(_milliseconds(first, turn), _milliseconds(second, turn)) for turn in range(rounds + 2)][2:]
    return median(one for one, _ in pairs), median(two for _, two in pairs)


def _milliseconds(action: Callable[[int], object], turn: int) -> float:
    start = time.process_time()
    action(turn)
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    main()
