"""Likeness measured: signatures against datasketch in the same run, judgement and recall over made-up pairs, a large index.

    python -m benchmarks.likeness [--documents 100000]

What it prints is of made-up reports (`samples/alikes.py`); nothing of it is a claim about real ones.
"""

from __future__ import annotations

import argparse
import gc
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median, quantiles

from datasketch import MinHash

from archive.likeness_index import LikenessIndex, Traces, traces_of
from archive.minhash import signature
from archive.model import Report
from archive.shingles import letters, mask_digits, own_shingles
from archive.similarity import explain
from samples.alikes import corrected, Draft, draft, edited, mirrored, next_year, sister, spun

PAIRS = 100
Other = Callable[[Draft, Random], Report]
RELATIONS: dict[str, Other] = {
    "1-5 numbers corrected": lambda d, lot: corrected(d, lot, numbers=lot.randrange(1, 6)).report(),
    "10 % of sentences edited": lambda d, lot: edited(d, 0.1, lot).report(),
    "30 % of sentences edited": lambda d, lot: edited(d, 0.3, lot).report(),
    "next year, 10 % edited": lambda d, lot: next_year(d, lot, share=0.1).report(),
    "next year, 30 % edited": lambda d, lot: next_year(d, lot, share=0.3).report(),
    "sister office, 10 % edited": lambda d, lot: sister(d, lot, share=0.1).report(),
    "sister office, 30 % edited": lambda d, lot: sister(d, lot, share=0.3).report(),
    "mirror": mirrored,
    "essay mill, 20 % of words": lambda d, lot: spun(d, lot, share=0.2),
    "essay mill, 40 % of words": lambda d, lot: spun(d, lot, share=0.4),
    "essay mill, 70 % of words": lambda d, lot: spun(d, lot, share=0.7),
    "unrelated": lambda _, lot: draft(lot.randrange(10**9, 10**10)).report(),
}
SITES = {"mirror": {"url_a": "https://one.gov.test/", "url_b": "https://another.test/"}}


def main() -> None:
    """Run all measurements and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=100_000, help="size of the large index")
    documents = parser.parse_args().documents
    print_signatures()
    print_judgements()
    with tempfile.TemporaryDirectory() as folder:
        print_index(Path(folder) / "likeness.db", documents)


def print_signatures() -> None:
    """Compare signatures per second with datasketch's, from the text on, over the same texts in turn."""
    bodies = [draft(seed).report().body for seed in range(40)]
    ours, theirs, whole = [], [], []
    reports = [draft(seed).report() for seed in range(40)]
    for body, report in zip(bodies, reports, strict=True):
        ours.append(_seconds(lambda body=body: signature(own_shingles(mask_digits(letters(body))))))
        theirs.append(_seconds(lambda body=body: _datasketch(body)))
        whole.append(_seconds(lambda report=report: traces_of(report)))
    print(
        f"signatures of texts of {median(map(len, bodies)):.0f} characters, 5-shingles, 256 values (datasketch: 128), one core, medians:"
    )
    print(
        f"  datasketch {1 / median(theirs):8,.0f}/s   ours {1 / median(ours):8,.0f}/s   ratio {median(theirs) / median(ours):.0f}"
    )
    print(f"  all that the index keeps of a report (masked text, figures, keys) {1 / median(whole):,.0f}/s")


def print_judgements() -> None:
    """Print the signals and verdicts of made-up pairs by their true relation."""
    print(f"\njudgement of {PAIRS} pairs each (least/median/most share in common):")
    lot = Random(1)
    for name, other in RELATIONS.items():
        found = [explain(one.report(), other(one, lot), **SITES.get(name, {})) for one in map(draft, range(PAIRS))]
        text, masked, figures = (
            _spread([getattr(each, what) for each in found]) for what in ("text", "masked", "figures_share")
        )
        print(f"  {name:27} text {text} masked {masked} figures {figures} {dict(Counter(each.verdict for each in found))}")


def print_index(path: Path, documents: int) -> None:
    """Fill a large index; print its rates, sizes, look-up times and the recall of changed reports."""
    made, started = 0, time.perf_counter()
    adding = 0.0
    rates: list[float] = []
    with LikenessIndex(path) as index:
        for batch in _batches(documents):
            begun = time.process_time()
            made += index.add_traces(batch)
            rates.append(len(batch) / (time.process_time() - begun))
            adding += time.process_time() - begun
    print(
        f"\n{made:,} documents added in {adding:.0f} s of CPU ({time.perf_counter() - started:.0f} s with making them up);",
        end=" ",
    )
    print(
        f"last tenth at {median(rates[-len(rates) // 10 :]) / median(rates[: max(1, len(rates) // 10)]):.2f} of the first's rate;",
        end=" ",
    )
    print(f"file {path.stat().st_size / 1e6:.0f} MB")
    gc.collect()
    before = _resident()
    with LikenessIndex(path) as index:
        begun = time.perf_counter()
        index.candidates(traces_of(draft(0).report()))
        print(f"first look-up after opening {1000 * (time.perf_counter() - begun):.0f} ms (reads the signatures)")
        for name, other in RELATIONS.items():
            _print_recall(index, name, other, documents)
        print(f"memory: {_resident() - before:+.0f} MB for the open index (process at its peak {_peak():.0f} MB)")


def _print_recall(index: LikenessIndex, name: str, other: Other, documents: int) -> None:
    lot, hits, times, found = Random(2), 0, [], []
    seeds = lot.sample(range(documents), min(3 * PAIRS, documents))
    for seed in seeds:
        traces = traces_of(other(draft(seed), lot))
        begun = time.process_time()
        candidates = index.candidates(traces)
        times.append(1000 * (time.process_time() - begun))
        found.append(len(candidates))
        hits += str(seed) in {each.document for each in candidates}
    p95 = quantiles(times, n=20)[-1]
    print(
        f"  {name:27} found {hits / len(seeds):.3f}  candidates {sum(found) / len(found):.2f}  look-up {median(times):.2f} ms of CPU, p95 {p95:.2f} ms"
    )


def _batches(documents: int) -> Iterator[list[tuple[str, Traces]]]:
    for start in range(0, documents, 1000):
        yield [(str(seed), traces_of(draft(seed).report())) for seed in range(start, min(start + 1000, documents))]


def _datasketch(body: str) -> MinHash:
    made = MinHash(num_perm=128)
    made.update_batch({body[at : at + 5].encode() for at in range(len(body) - 4)})
    return made


def _seconds(action: Callable[[], object]) -> float:
    """The best of three, in seconds of CPU: other programs' turns are not ours."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        action()
        took.append(time.process_time() - begun)
    return min(took)


def _spread(values: list[float]) -> str:
    return f"{min(values):.2f}/{median(values):.2f}/{max(values):.2f}"


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
