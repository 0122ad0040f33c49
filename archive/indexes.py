"""CDXJ files written again from what the catalog knows: after a crash, and where one is lost. They hold nothing of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archive.capture_files import index_path, write_index
from archive.catalog import Catalog
from archive.cdxj import cdxj_line
from archive.errors import Damaged
from archive.locks import is_held
from archive.warc import decode


def rewrite_index(root: Path, catalog: Catalog, file: str, scratch: Path) -> None:
    """Write the CDXJ of a WARC file (its path under `captures/`); a record that is damaged has no line. Raises OSError."""
    path = root / "captures" / file
    write_index(index_path(path), _lines(path, catalog, file), scratch)


def _lines(path: Path, catalog: Catalog, file: str) -> Iterator[bytes]:
    with path.open("rb") as warc:
        for row in catalog.rows("SELECT [offset], length FROM captures WHERE file = ? ORDER BY [offset]", [file]):
            warc.seek(row["offset"])
            try:
                record = decode(warc.read(row["length"]))
            except Damaged:
                continue  # `verify` names it
            if line := cdxj_line(record, name=path.name, offset=row["offset"], length=row["length"]):
                yield line


def restore_indexes(root: Path, catalog: Catalog, scratch: Path) -> Iterator[str]:
    """Write the CDXJ of every finished WARC file that has none; yield a sentence for each."""
    for row in list(catalog.rows("SELECT DISTINCT c.file, f.run FROM captures c LEFT JOIN capture_files f ON f.file = c.file")):
        path = root / "captures" / row["file"]
        is_living = row["run"] and is_held(root / "locks" / f"run-{row['run']}.lock")
        if path.is_file() and not index_path(path).exists() and not is_living:
            rewrite_index(root, catalog, row["file"], scratch)
            yield f"{index_path(path).name}: written anew from its WARC file"
