"""Runs the doors as processes that are killed at a given moment, and says where in the code they were.

Lines of JSON on stdin, `door`, `arguments`, `delay` (seconds, None: to its end) and `environment`; an answer a line on stdout: `killed`,
`where`, `seconds`, `status`. Everything is imported once, and each process is forked off: a kill falls into work, not into imports.
"""

import faulthandler
import importlib
import json
import os
import pkgutil
import re
import secrets
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "pipelines", "crawler")


def scrapy(arguments):
    """Be `python -m scrapy`."""
    from scrapy.cmdline import execute  # noqa: PLC0415 - reads its settings from the environment of the forked process

    execute(["scrapy", *arguments])


def pipelines(arguments):
    """Be `python -m pipelines`, of a reader version that no archive has met."""
    import pipelines.__main__ as door  # noqa: PLC0415
    from pipelines import rederive  # noqa: PLC0415

    door.READER_VERSION = rederive.READER_VERSION = secrets.token_hex(4)
    door.main(arguments)


def archive(arguments):
    """Be `python -m archive`."""
    from archive.cli import main  # noqa: PLC0415

    main(arguments)


DOORS = {"scrapy": scrapy, "pipelines": pipelines, "archive": archive}


def run(order, trace):
    """Fork the process, kill it in time, and return what became of it."""
    begun = time.monotonic()
    trace.truncate(0)
    child = os.fork()
    if child == 0:
        _be(order, trace)
    if order["delay"] is not None:
        time.sleep(order["delay"])
        _kill(child, trace)
    status = os.waitpid(child, 0)[1]
    killed = os.WIFSIGNALED(status)
    seconds = time.monotonic() - begun
    return {"killed": killed, "where": _where(trace), "seconds": seconds, "status": None if killed else os.WEXITSTATUS(status)}


def _kill(child, trace):
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGUSR1)  # has the process write where it is, and go on for a moment
        until = time.monotonic() + 0.02
        while time.monotonic() < until and not os.fstat(trace.fileno()).st_size:
            pass
        os.kill(child, signal.SIGKILL)


def _be(order, trace):
    status = 1
    try:
        os.environ.update(order["environment"])
        nothing = os.open(os.devnull, os.O_RDWR)
        for fd in range(3):
            os.dup2(nothing, fd)
        faulthandler.register(signal.SIGUSR1, file=trace, all_threads=False)
        DOORS[order["door"]](order["arguments"])
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        os._exit(status)


def _where(trace):
    frames = re.findall(r'File "([^"]+)", line \d+ in (\S+)', Path(trace.name).read_text(encoding="utf-8"))
    ours = (f"{Path(file).relative_to(ROOT).with_suffix('')}:{name}" for file, name in frames if _is_ours(file))
    return next(ours, "between our calls" if frames else "in a system call")


def _is_ours(file):
    return any(Path(file).is_relative_to(ROOT / package) for package in PACKAGES)


def main():
    """Import everything, then obey."""
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    with tempfile.NamedTemporaryFile("w") as trace:
        for line in sys.stdin:
            print(json.dumps(run(json.loads(line), trace)), flush=True)


if __name__ == "__main__":
    main()
