"""What of a day is finished and can be sealed, by the catalog: files of runs that have ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from archive.capture_files import index_path
from archive.catalog import Catalog


@dataclass(frozen=True, slots=True)
class LooseFile:
    """A finished WARC file that is not sealed yet: its path under `captures/`, its bytes, and the journals of its run."""

    file: str
    size: int
    journals: tuple[Path, ...]


def loose_files(root: Path, catalog: Catalog, day: str) -> Iterator[LooseFile]:
    """Yield a day's finished files that no seal knows, by name; one that is missing has no bytes."""
    for row in catalog.rows(_LOOSE, [f"{day.replace('-', '/')}/"]):
        path = root / "captures" / row["file"]
        size = path.stat().st_size if path.is_file() else 0
        yield LooseFile(row["file"], size, tuple(sorted((root / "journal").glob(f"*/*/*/{row['run']}.jsonl"))))


def due_days(catalog: Catalog, before: str) -> list[str]:
    """Return the days before a date (`2026-11-22`) on which more is finished than their last seal knew."""
    known = {row["day"]: row["known"] for row in catalog.rows(_LAST_SEALS)}
    counts = Counter(_day_of(name) for name in _names(catalog, "", captures=_FINISHED) if not _is_of_seal(name))
    return sorted(day for day, count in counts.items() if day < before and count != known.get(day, 0))


def names_of_day(catalog: Catalog, day: str) -> list[str]:
    """Return the paths under the archive of all that is finished of a day; of WARC files only those that are sealed.

    A file of a run that ended since the sealing began is none of them: the next seal joins it.
    """
    return sorted(_names(catalog, f"{day.replace('-', '/')}/", captures=_SEALED))


def known_count(names: Iterable[str]) -> int:
    """Return how many of a day's files make a seal due: the journal of a seal alone does not."""
    return sum(not _is_of_seal(name) for name in names)


def _names(catalog: Catalog, prefix: str, *, captures: str) -> Iterator[str]:
    for row in catalog.rows(captures, [prefix]):
        yield f"captures/{row['file']}"
        yield f"captures/{index_path(Path(row['file'])).as_posix()}"
    for row in catalog.rows("SELECT path FROM documents WHERE substr(path, 1, length(?1)) = ?1", [prefix]):
        yield f"documents/{row['path']}"
    for row in catalog.rows(_JOURNALS, [prefix]):
        yield f"journal/{row['path']}"


def _day_of(name: str) -> str:
    return "-".join(name.split("/")[1:4])


def _is_of_seal(name: str) -> bool:
    return name.startswith("journal/") and "-seal-" in name


_ENDED = "(SELECT id FROM runs WHERE outcome IS NOT NULL)"
_LOOSE = f"""
SELECT file, run FROM capture_files
WHERE substr(file, 1, length(?1)) = ?1 AND run IN {_ENDED} AND file NOT IN (SELECT file FROM sealed_parts) ORDER BY file
"""  # noqa: S608 - text of our own
_FINISHED = f"""
SELECT DISTINCT coalesce(p.[into], f.file) AS file FROM capture_files f LEFT JOIN sealed_parts p ON p.file = f.file
WHERE substr(f.file, 1, length(?1)) = ?1 AND f.run IN {_ENDED} ORDER BY 1
"""  # noqa: S608
_JOURNALS = f"""
SELECT path FROM journal_offsets
WHERE substr(path, 1, length(?1)) = ?1 AND substr(path, 12, length(path) - 17) IN {_ENDED} ORDER BY path
"""  # noqa: S608
_LAST_SEALS = "SELECT day, known, max(at || run) FROM seals GROUP BY day"
_SEALED = "SELECT file FROM sealed WHERE substr(file, 1, length(?1)) = ?1 ORDER BY file"
