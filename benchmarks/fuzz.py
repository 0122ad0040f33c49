"""Broken input for the readers: `python -m benchmarks.fuzz [--minutes 10] [--seed N] [--keep FOLDER]`.

A child process reads mutations of made-up reports in every file type; only `Unreadable` may come out of a reader. The parent
watches it: a file that takes over 5 seconds, a crash, or over 1 GB of memory is a failure, and the file is kept for a test.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

from archive.errors import Unreadable
from pipelines.reader import Context, read
from samples.msdoc import doc_of
from samples.office import docx_of, ofd_of
from samples.pages import lean_page, word_page
from samples.pdf import pdf_of
from samples.reports import make_report, SampleReport

MOST_SECONDS = 5.0
MOST_BYTES = 1_000_000_000
TOKENS = (b"<table>", b"</td>", b"<td rowspan=9999 colspan=9999>", b"|", b"\t", b"\r", "\u3000".encode(), "总计".encode())
TOKENS += (b"0", b"-", "其他".encode(), b"\x00", b"\xff\xfe", b"]]>", b"&nbsp;", "（一）".encode("gb18030"), b"<!--", b"9" * 40)


def main() -> None:
    """Fuzz until the time is over; exit 1 if anything failed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--seed", type=int, default=0, help="the first of the seeds")
    options.add_argument("--keep", type=Path, default=Path(".bench") / "fuzz", help="where failing files are put")
    chosen = options.parse_args()
    end, seed, failures, count = time.monotonic() + chosen.minutes * 60, chosen.seed, 0, Counter[str]()
    while time.monotonic() < end:
        seed, failed = watch(seed, end, chosen.keep, count)
        failures += failed
    print(f"{sum(count.values())} files ({dict(count)}), {failures} failures; go on with --seed {seed}")
    sys.exit(bool(failures))


def watch(seed: int, end: float, keep: Path, count: Counter[str]) -> tuple[int, bool]:
    """Run one child until it fails or the time is over; return the next seed and whether it failed."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.Process(target=feed, args=(there, seed), daemon=True)
    child.start()
    there.close()
    problem = None
    while problem is None and time.monotonic() < end:
        problem, seed = listen(here, seed, count)
    child.kill()
    child.join()
    if problem is None:
        return seed, False
    keep.mkdir(parents=True, exist_ok=True)
    name, payload = mutated(seed)
    (keep / f"{seed}.{name}").write_bytes(payload)
    print(f"seed {seed} ({name}): {problem}", file=sys.stderr)
    return seed + 1, True


def listen(child: Connection, seed: int, count: Counter[str]) -> tuple[str | None, int]:
    """Wait for one file's end; return what went wrong with `seed`, None if nothing, and the seed that is read now."""
    if not child.poll(MOST_SECONDS * (4 if not count else 1)):
        return f"took over {MOST_SECONDS} seconds", seed
    try:
        done, name, problem = child.recv()
    except EOFError:
        return "killed its process", seed
    count[name] += 1
    return problem, done if problem else done + 1


def feed(parent: Connection, seed: int) -> None:
    """Read one mutation after another, from a seed on, and tell the parent of each."""
    sys.modules["rapidocr"] = None  # type: ignore[assignment]  # its networks take seconds for any picture; our readers are meant
    while True:
        name, payload = mutated(seed)
        parent.send((seed, name, outcome(payload)))
        seed += 1


def outcome(payload: bytes) -> str | None:
    """Return what is wrong with how an input was read, None if nothing."""
    try:
        read(payload, Context())
    except Unreadable:
        pass
    except Exception:  # noqa: BLE001 - the finding itself
        return traceback.format_exc()
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return f"used {used / 1e6:.0f} MB" if used > MOST_BYTES else None


def mutated(seed: int) -> tuple[str, bytes]:
    """Return the type and the bytes of the mutation with this number; the same number gives the same bytes."""
    dice = Random(seed)
    name, payload = dice.choice(seeds())
    if name in {"docx", "ofd"} and dice.random() < 0.7:
        return name, mutate_member(payload, dice)
    return name, mutate(payload, dice)


_SEEDS: list[tuple[str, bytes]] = []


def seeds() -> list[tuple[str, bytes]]:
    """Return the sound files that mutations start from, made once a process."""
    if not _SEEDS:
        _SEEDS.extend(_make_seeds())
    return _SEEDS


def _make_seeds() -> Iterator[tuple[str, bytes]]:
    makers: dict[str, Callable[[SampleReport], bytes]] = {"pdf": pdf_of, "docx": docx_of, "ofd": ofd_of, "doc": doc_of}
    for year in (2012, 2016, 2019, 2023):
        report = make_report("云棠县教育局", year)
        yield from ((name, make(report)) for name, make in makers.items())
        yield from ((f"{layout}.txt", report.as_text(layout).encode()) for layout in ("pipes", "tabs", "lines"))
        yield "gbk.html", report.html.encode("gb18030")
    yield "html", lean_page().encode()
    yield "word.html", word_page().encode()


def mutate(payload: bytes, dice: Random) -> bytes:
    """Return bytes with a few random edits: flips, cuts, repeats, insertions, a lost tail."""
    edited = bytearray(payload)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        at, length = dice.randrange(len(edited) + 1), dice.choice((1, 2, 8, 64, 1024))
        match dice.randrange(6):
            case 0 if at < len(edited):
                edited[at] ^= 1 << dice.randrange(8)
            case 1:
                del edited[at : at + length]
            case 2:
                edited[at:at] = edited[at : at + length] * dice.choice((1, 2, 50))
            case 3:
                edited[at:at] = dice.choice(TOKENS) * dice.choice((1, 1, 200))
            case 4:
                edited[at : at + length] = dice.randbytes(length)
            case 5 if dice.random() < 0.3:
                del edited[at:]
    return bytes(edited)


def mutate_member(payload: bytes, dice: Random) -> bytes:
    """Return a ZIP file with one member mutated, so that what lies behind the decompression is reached."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(payload)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        chosen = dice.choice(source.namelist())
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, mutate(content, dice) if name == chosen else content)
    return out.getvalue()


if __name__ == "__main__":
    main()
