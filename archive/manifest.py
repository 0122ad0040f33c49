"""The manifest of a day: every finished file of the day with its size and SHA-256, and one Merkle root over them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.codec import canonical, Json, loads
from archive.errors import Damaged
from archive.merkle import merkle_root

FOLDER = "seals"
"""Where manifests lie, under the archive: `seals/2026/11/22/RUN.json`."""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """A file of the day: its path under the archive, size in bytes, and hex SHA-256."""

    path: str
    size: int
    sha256: str

    def to_json(self) -> Json:
        """Return the manifest's form, which is also a leaf of the tree as canonical JSON."""
        return {"path": self.path, "size": self.size, "sha256": self.sha256}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The files of one UTC day (`2026-11-22`), by path."""

    day: str
    run: str
    files: tuple[Entry, ...]

    @property
    def root(self) -> str:
        """The Merkle root over the entries as canonical JSON, in order of path."""
        return merkle_root([canonical(entry.to_json()) for entry in self.files])

    def to_bytes(self) -> bytes:
        """Return the file's bytes."""
        files = [entry.to_json() for entry in self.files]
        return canonical({"day": self.day, "run": self.run, "merkle_root": self.root, "files": files}) + b"\n"


def manifest_of(day: str, run: str, entries: Iterable[Entry]) -> Manifest:
    """Return the manifest of a day, its entries in order."""
    return Manifest(day=day, run=run, files=tuple(sorted(entries)))


def read_manifest(raw: bytes) -> Manifest:
    """Return the manifest that `to_bytes` wrote. Raises Damaged where the bytes are not one, or its root is not theirs."""
    try:
        value: Any = loads(raw)
        entries = (Entry(each["path"], each["size"], each["sha256"]) for each in value["files"])
        manifest = manifest_of(value["day"], value["run"], entries)
    except (ValueError, KeyError, TypeError) as reason:
        raise Damaged(f"the manifest can't be read: {reason}") from reason
    if manifest.to_bytes() != raw:
        raise Damaged("the manifest's Merkle root or form is not that of its entries")
    return manifest


def manifest_path(day: str, run: str) -> str:
    """Return the path of a manifest under the archive."""
    return f"{FOLDER}/{day.replace('-', '/')}/{run}.json"


def entry_of(root: Path, path: str) -> Entry:
    """Return the entry of a file, read through once. Raises OSError."""
    with (root / path).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Entry(path, (root / path).stat().st_size, digest.hexdigest())
