"""The WACZ container (Web Archive Collection Zipped 1.1.1), written as a stream: one entry after the other, hashed as it goes.

https://specs.webrecorder.net/wacz/1.1.1/: WARC files and the compressed index are stored in the ZIP as they are, so that players
can read single records by byte ranges; everything else may be deflated.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any, IO, Protocol

from archive.hashing import sha256_hex

VERSION = "1.1.1"
LINES_PER_BLOCK = 3000
"""Lines of the index in one gzip member: what a player fetches for one look-up."""


class Sink(Protocol):
    """Where an entry's bytes go."""

    def write(self, data: bytes, /) -> object:
        """Write some bytes."""


class _Entry:
    """An entry that is being written: counts and hashes."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out = out
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        self.size += len(data)
        self.digest.update(data)
        return self._out.write(data)


class WaczWriter:
    """Writes a WACZ to a binary file; `finish` comes last, `close` always."""

    def __init__(self, out: IO[bytes], at: datetime) -> None:
        """Begin; `at` (UTC) is the time that the package and its entries carry."""
        self._zip = zipfile.ZipFile(out, "w", allowZip64=True)
        self._at = at
        # ZIP knows the years 1980 to 2107: a clock outside of them (a battery that died) costs no pack.
        self._zip_time = (min(max(at.year, 1980), 2107), *at.timetuple()[1:6])
        self._resources: list[dict[str, Any]] = []

    @contextmanager
    def entry(self, path: str, *, stored: bool = False) -> Iterator[Sink]:
        """Give a sink for one entry; `stored` entries are not compressed."""
        info = zipfile.ZipInfo(path, self._zip_time)
        info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
        info.extra = _extended_time(self._at)
        with self._zip.open(info, "w", force_zip64=True) as out:
            entry = _Entry(out)
            yield entry
        name = path.rsplit("/", 1)[-1].lower()
        digest = f"sha256:{entry.digest.hexdigest()}"
        self._resources.append({"name": name, "path": path, "hash": digest, "bytes": entry.size})

    def index(self, lines: Iterable[bytes]) -> None:
        """Write the sorted CDXJ lines as a compressed index of blocks, with the index of the blocks beside it."""
        iterator = iter(lines)
        blocks: list[bytes] = []
        offset = 0
        with self.entry("indexes/index.cdx.gz", stored=True) as out:
            while block := list(islice(iterator, LINES_PER_BLOCK)):
                raw = gzip.compress(b"".join(block), mtime=0)
                out.write(raw)
                blocks.append(_block_line(block[0], offset, raw))
                offset += len(raw)
        meta = b'!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n'
        with self.entry("indexes/index.idx") as out:
            out.write(meta + b"".join(blocks))

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the data package with `facts` (title, software …)."""
        created = self._at.strftime("%Y-%m-%dT%H:%M:%SZ")
        package = {
            "profile": "data-package",
            "wacz_version": VERSION,
            "created": created,
            **facts,
            "resources": self._resources,
        }
        raw = json.dumps(package, ensure_ascii=False, indent=2).encode()
        digest = {"path": "datapackage.json", "hash": f"sha256:{sha256_hex(raw)}"}
        for path, content in (("datapackage.json", raw), ("datapackage-digest.json", json.dumps(digest, indent=2).encode())):
            with self.entry(path) as out:
                out.write(content)

    def close(self) -> None:
        """Close the ZIP: only then is it one."""
        self._zip.close()


def _extended_time(at: datetime) -> bytes:
    # Players (wabac.js, so ReplayWeb.page) look at an entry's own header, which is longer for ZIP64, only where its line in the
    # directory has an extra field too; without this one (0x5455, Info-ZIP's time in UTC) they read each entry 20 bytes too early.
    return struct.pack("<HHBI", 0x5455, 5, 1, min(max(int(at.timestamp()), 0), 0xFFFFFFFF))


def _block_line(first: bytes, offset: int, raw: bytes) -> bytes:
    key, stamp, _ = first.split(b" ", 2)
    place = {"offset": offset, "length": len(raw), "digest": f"sha256:{sha256_hex(raw)}", "filename": "index.cdx.gz"}
    return b"%b %b %b\n" % (key, stamp, json.dumps(place).encode())
