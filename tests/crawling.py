"""Runs the whole crawl as a person does, against a running sample site or any server on loopback, through http_proxy."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
REGISTRIES = f"{ROOT / 'crawler' / 'portals.toml'},{ROOT / 'samples' / 'registry.toml'}"
PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY")
SETTINGS = {
    "DOWNLOAD_DELAY": "0",
    "ALLOW_LOOPBACK": "1",
    "PORTAL_REGISTRIES": REGISTRIES,
    "DOWNLOAD_TIMEOUT": "10",
    "BACKOFF_SECONDS": "0.1",
    "CONTACT": "mailto:tests@example.org",
}


def command(portal: str | None, archive: Path, **settings: str) -> list[str]:
    """Return the command line of a crawl; without a portal there is no -a."""
    options = {**SETTINGS, "ARCHIVE_ROOT": str(archive), **settings}
    asked = ["-a", f"portal={portal}"] if portal is not None else []
    sets = [part for name, value in options.items() for part in ("-s", f"{name}={value}")]
    return [sys.executable, "-m", "scrapy", "crawl", "annual_reports", *asked, *sets]


def environment(proxy: str | None) -> dict[str, str]:
    """Return the environment of a crawl: no proxy but the given one."""
    kept = {name: value for name, value in os.environ.items() if name not in PROXIES}
    return {**kept, **({"http_proxy": proxy, "https_proxy": proxy} if proxy else {})}


def crawl(portal: str | None, archive: Path, *, proxy: str | None = None, **settings: str) -> subprocess.CompletedProcess[str]:
    """Crawl to the end and return what was printed, and the exit status."""
    return subprocess.run(
        command(portal, archive, **settings),
        cwd=ROOT,
        env=environment(proxy),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def start(
    portal: str, archive: Path, *, proxy: str | None = None, python_path: str = "", more: Sequence[str] = (), **settings: str
) -> subprocess.Popen[str]:
    """Start a crawl that is to be interrupted, or that needs further modules on its path."""
    return subprocess.Popen(
        [*command(portal, archive, **settings), *more],
        cwd=ROOT,
        env={**environment(proxy), "PYTHONPATH": python_path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
