"""SIGKILL at random points of every program that writes, as processes: the next start is whole, and at most the exchange in flight is missing."""

import json
import random
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import season_driver
from archive_makers import Clock, fill
from crawling import environment, ROOT, SETTINGS
from test_faults import committed, whole

from archive.store import Archive
from samples.seasons import stories
from samples.server import running

PORTAL = "trs"


class Driver:
    """The process that starts and kills the others."""

    def __init__(self):
        command = [sys.executable, str(ROOT / "tests" / "kill_driver.py")]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(None)
        )

    def __call__(self, door, *arguments, delay=None, proxy=None):
        """Run a door, killed after `delay` seconds; return what became of it."""
        facts = {name: value for name, value in environment(proxy).items() if "proxy" in name.lower()}
        order = {"door": door, "arguments": [str(each) for each in arguments], "delay": delay, "environment": facts}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


def crawl(folder, site, lot):
    """A crawl that is taken up again until it is done, then one into an archive of its own."""
    del lot
    root = folder / "crawled"
    sets = {**SETTINGS, "PORTAL_REGISTRIES": str(ROOT / "samples" / "registry.toml"), "DOWNLOAD_DELAY": "0.02"}
    sets = [part for name, value in {**sets, "ARCHIVE_ROOT": root}.items() for part in ("-s", f"{name}={value}")]
    return root, ("scrapy", "crawl", "annual_reports", "-a", f"portal={PORTAL}", *sets), {"proxy": site.url}


def ingest(folder, site, lot):
    """Some files that are there already, and some that are not."""
    del site
    for number in range(12):
        (folder / f"{number}.html").write_text(f"<h1>青川县教育局2023年年报</h1><p>{lot.random()}</p>" * 20, encoding="utf-8")
    return folder / "data", ("pipelines", "ingest", *sorted(folder.glob("*.html")), "--archive", folder / "data"), {}


def of_archive(*command):
    """A command of `python -m archive` over the archive."""
    return lambda folder, site, lot: (folder / "data", ("archive", *command, "--archive", folder / "data"), {})


def rederive(folder, site, lot):
    """Every capture read again."""
    del site, lot
    return folder / "data", ("pipelines", "rederive", "--apply", "--processes", "1", "--archive", folder / "data"), {}


def seal(folder, site, lot):
    """Files of two more crawls to be joined."""
    for portal in ("a", "b"):
        fill(Archive.open(folder / "data", clock=Clock(step=0.001)), portal=portal).close()
    return of_archive("seal", "--before", "2026-11-23")(folder, site, lot)


def takedown(folder, site, lot):
    """A capture that is hidden, or shown again."""
    with closing(Archive.open(folder / "data")) as archive:
        hidden = [row["capture"] for row in archive.catalog.rows("SELECT capture FROM takedowns")]
        all_of = [row["id"] for row in archive.catalog.rows("SELECT id FROM captures ORDER BY id")]
    asked = (hidden[0], "--lift") if hidden else (lot.choice(all_of),)
    return of_archive("takedown", *asked, "--reason", "asked")(folder, site, lot)


PROGRAMS = {
    "crawl": (crawl, 60),
    "ingest": (ingest, 45),
    "rebuild": (of_archive("rebuild"), 45),
    "pack": (lambda folder, site, lot: of_archive("pack", "-o", folder / "out.wacz")(folder, site, lot), 45),
    "rederive": (rederive, 45),
    "seal": (seal, 30),
    "takedown": (takedown, 30),
}
"""What is killed, and how often at least."""


@contextmanager
def stage():
    """Give a folder with an archive in memory, a site, and the driver."""
    with TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as name, running() as site:
        folder = Path(name)
        fill(Archive.open(folder / "data", clock=Clock(step=0.001))).close()
        with closing(Archive.open(folder / "data", clock=Clock(step=0.001))) as opened:
            season_driver.record(opened, stories(8), version="0")
        with closing(Driver()) as driver:
            yield folder, site, driver


def kill(program, wanted, lot, staged):
    """Kill a program until so many kills hit it at work; return where they fell, and what was lost beyond what was in flight."""
    folder, site, driver = staged
    root, work, options = work_of(program, folder, site, lot)
    first, places, most = driver(*work, **options), Counter(), 0
    # A re-derivation says 1 where a made-up report can't be read from its made-up page.
    assert first["status"] in ((0, 1) if program == "rederive" else (0,)), f"{program} fails though nobody kills it: {first}"
    if program == "crawl":
        shutil.rmtree(root)
    while sum(places.values()) < wanted:
        root, work, options = work_of(program, folder, site, lot)
        asked = len(site.log)
        before = committed(root)
        done = driver(*work, **options, delay=lot.uniform(0, first["seconds"]))
        places[done["where"]] += done["killed"]
        answered = len(site.log) - asked
        written = committed(root)
        whole(root, written)
        assert before <= written
        if program == "crawl":
            most = max(most, answered - len(committed(root) - before))
            if not done["killed"]:
                shutil.rmtree(root)
        if (folder / "out.wacz").exists():
            assert zipfile.ZipFile(folder / "out.wacz").testzip() is None
    return places, most


def work_of(program, folder, site, lot):
    """Prepare a program's work: the archive, the door with its arguments, and options of the driver."""
    return PROGRAMS[program][0](folder, site, lot)


@pytest.mark.soak
def test_every_program_is_killed_at_random_points():
    """At least 200 kills of crawl, ingest, rebuild, pack and rederive, and some of seal and takedown; says where they fell."""
    lot, counts, most = random.Random(20261123), Counter(), 0
    with stage() as staged:
        for program, (_, wanted) in PROGRAMS.items():
            places, missing = kill(program, wanted, lot, staged)
            counts[program], most = sum(places.values()), max(most, missing)
            print(f"{program}: {counts[program]} kills, in {len(places)} places: {places.most_common(12)}", flush=True)
    print(f"{counts.total()} kills; at most {most} exchange in flight missing", flush=True)
    assert sum(counts[name] for name in ("crawl", "ingest", "rebuild", "pack", "rederive")) >= 200
    assert most <= 1
