"""The live view: what its line says, drawn on a terminal only."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest
from crawling import command, environment, ROOT

from samples.server import running


def test_a_terminal_sees_the_crawl_move_and_the_answer_stays_clean(tmp_path: Path) -> None:
    """stderr is a terminal, stdout is not: the view goes to the one, the summary to the other."""
    try:
        ours, theirs = pty.openpty()
    except OSError:
        pytest.skip("this machine gives no pseudo-terminals")
    with running() as site:
        process = subprocess.Popen(
            command("gate", tmp_path),
            cwd=ROOT,
            env={**environment(site.url), "TERM": "xterm", "COLUMNS": "200"},
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)
        seen = _drained(ours)
        printed, _ = process.communicate(timeout=300)
    assert process.returncode == 0
    assert "waiting" in seen
    assert "reports (" in seen
    assert "\x1b" not in printed.decode()


def _drained(fd: int) -> str:
    parts = []
    try:
        while part := os.read(fd, 4096):
            parts.append(part)
    except OSError:
        pass  # Linux says EIO when the last writer is gone
    os.close(fd)
    return b"".join(parts).decode("utf-8", "replace")
