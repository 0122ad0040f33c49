"""The bytes of an input, and the sentence for one that our reader fails on."""

from __future__ import annotations

import sys
from pathlib import Path

from archive.errors import Unreadable


def read_payload(path: str) -> bytes:
    """Return the bytes of a file, or of standard input for `-`. Raises Unreadable for a missing one, a folder, no permission."""
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except IsADirectoryError as problem:
        raise Unreadable(f"{path} is a folder, not a file") from problem
    except FileNotFoundError as problem:
        raise Unreadable(f"there is no file {path}") from problem
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise Unreadable(f"{path} can't be read: {reason}") from problem


def bug_sentence(bug: Exception) -> str:
    """Return the sentence for an input that our reader failed on; the traceback goes to stderr beside it."""
    return f"the reader failed, which is a mistake of ours: {type(bug).__name__}: {bug}"
