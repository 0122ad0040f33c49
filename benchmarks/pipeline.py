"""The whole reader per page against a bare `trafilatura.extract()` of the same page, interleaved in one process.

    python -m benchmarks.pipeline [--rounds 15]

Prints medians in milliseconds of processor time and their ratio, for the lean (about 40 KB) and the Word-pasted (about 250 KB) page of `samples/`.
Reader times include everything from bytes to checks; trafilatura's are of text already decoded.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from statistics import median

import trafilatura

from pipelines.reader import Context, read
from samples.pages import lean_page, word_page

TARGET = 0.25


def main() -> None:
    """Measure both pages and print one line each."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    for name, page in (("lean", lean_page()), ("word", word_page())):
        print_ratio(name, page, rounds)


def print_ratio(name: str, page: str, rounds: int) -> None:
    """Print the medians of interleaved runs of both, and the ratio of the medians."""
    payload, context = page.encode(), Context(url="http://bench.gov.test/1.html")
    ours, bare = interleaved(lambda: read(payload, context), lambda: trafilatura.extract(page), rounds)
    ratio = ours / bare
    verdict = "within" if ratio <= TARGET else "above"
    print(
        f"{name} page of {len(payload) / 1000:.0f} KB: reader {ours:.1f} ms, trafilatura.extract {bare:.1f} ms, ratio {ratio:.2f} ({verdict} {TARGET})"
    )


def interleaved(first: Callable[[], object], second: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the median milliseconds of two actions run in turns; the first two rounds warm caches and are left out."""
    pairs = [(_milliseconds(first), _milliseconds(second)) for _ in range(rounds + 2)][2:]
    return median(one for one, _ in pairs), median(two for _, two in pairs)


def _milliseconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return (time.process_time() - start) * 1000


if __name__ == "__main__":
    main()
