"""A batch of journal events brought into the catalog's tables of facts; what they touched is told, to be computed anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from archive.addresses import page_key
from archive.attributions import touched_by
from archive.codec import Json
from archive.document_rows import damaged_row, document_rows
from archive.documents import read_document
from archive.errors import Damaged, NotInArchive
from archive.fact_rows import (
    attribution_row,
    begun_rows,
    capture_row,
    decision_row,
    derivation_row,
    finding_row,
    lift_row,
    named_row,
    notification_rows,
    refusal_row,
    run_facts,
    takedown_row,
    visit_row,
)
from archive.journal import events_named
from archive.schema import Row
from archive.tables import Tables
from archive.takedowns import empty, hidden_by, hide, is_empty, takedown_of, TAKEN_DOWN


@dataclass(frozen=True, slots=True)
class Touched:
    """What a batch of events touched. `looks` are the captures and derivations of this batch, by page, as they came.

    `hidden` are the pages of which something was taken down or shown again, or which may have become another agency's.
    """

    captures: set[str] = field(default_factory=set)
    pages: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)
    looks: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(slots=True)
class _Known:
    """What the catalog held of a batch's captures and documents before, kept up with what the batch brings."""

    events: dict[str, str]
    documents: dict[str, Row]
    down: set[str]
    hidden: set[str]
    attributed: set[str]


class Facts:
    """Applies one batch of events; used once."""

    def __init__(self, tables: Tables, root: Path) -> None:
        """Take the catalog's tables, within a transaction, and the archive's folder."""
        self._tables = tables
        self._root = root
        self._folder = root / "documents"
        self._parts: dict[str, Row | None] = {}
        self.bands: dict[str, list[int]] = {}
        self.touched = Touched()

    def apply(self, events: list[Json]) -> None:
        """Apply the events in their order."""
        self._known = self._look_up(events)
        for event in events:
            self._apply(event)
        self._tables.flush()

    def _look_up(self, events: list[Json]) -> _Known:
        captures = {event["capture"] for event in events if event["event"] == "exchange"}
        documents = {event["document"] for event in events if "document" in event}
        down = self._tables.rows("SELECT capture AS name FROM takedowns UNION SELECT payload_sha256 FROM takedowns")
        hidden = self._tables.rows("SELECT DISTINCT document FROM hidden_derivations")
        return _Known(
            events={row["id"]: row["event"] for row in self._tables.among(_TWINS, captures)},
            documents={row["sha256"]: row for row in self._tables.among(_DOCUMENTS, documents)},
            down={row["name"] for row in down if row["name"]},
            hidden={row["document"] for row in hidden},
            attributed={row["capture"] for row in self._tables.rows("SELECT DISTINCT capture FROM attributions")},
        )

    def _apply(self, event: Json) -> None:
        if "records" in event:
            self._capture_file(event)
        match event["event"]:
            case "exchange":
                self._exchange(event)
            case "visited":
                self._tables.put("visits", visit_row(event))
                self._touch(page_key(event["url"]))
            case "derivation":
                self._derivation(event)
            case "refusal":
                self._refusal(event)
            case "document_found":
                self._document(event["document"], event["path"])
            case "run_started" | "run_ended" | "run_abandoned":
                self._run(event)
            case "finding":
                self._tables.put("findings", finding_row(event))
            case "decision":
                self._tables.put("decisions", decision_row(event))
            case "notification_begun":
                for row in begun_rows(event):
                    self._tables.put("notifications_begun", row)
            case "attribution":
                self._attribution(event)
            case "notification_sent":
                for row in notification_rows(event):
                    self._tables.put("notifications", row)
            case "takedown":
                self._takedown(event)
            case "takedown_lifted":
                self._lift(event)
            case "sealed":
                self._sealed(event)
            case "day_sealed":
                self._tables.put("seals", named_row("seals", event))
            case "timestamped":
                self._tables.put("timestamps", named_row("timestamps", event))

    def _touch(self, key: str, look: Row | None = None) -> None:
        self.touched.pages.add(key)
        if look is not None:
            self.touched.looks.setdefault(key, []).append(look)

    # ------------------------------------------------------------------ runs, files, captures

    def _run(self, event: Json) -> None:
        run, facts = event.get("abandoned") or event["run"], run_facts(event)
        self._tables.change("INSERT OR IGNORE INTO runs (id) VALUES (?)", (run,))
        changes = ", ".join(f"[{name}] = ?" for name in facts)
        # A run that ended by itself was not killed, whatever a later start took it for.
        still = " AND outcome IS NULL" if "abandoned" in event else ""
        self._tables.run(f"UPDATE runs SET {changes} WHERE id = ?{still}", (*facts.values(), run))  # noqa: S608 - names of our own

    def _capture_file(self, event: Json) -> None:
        end = max(each["offset"] + each["length"] for each in event["records"])
        self._tables.change(_FILE, (event["file"], event["file_run"], end))

    def _exchange(self, event: Json) -> None:
        row = capture_row(event)
        twin = self._known.events.get(row["id"])
        if twin is None or row["event"] < twin:
            self._known.events[row["id"]] = row["event"]
            self._tables.put("captures", self._placed(row))
        self._touch(row["key"], row | {"is_new": twin is None})
        if row["id"] in self._known.down or row["payload_sha256"] in self._known.down:
            # With it those that refer to it, which may have come before.
            for capture in hidden_by(self._tables, {"capture": row["id"], "payload_sha256": row["payload_sha256"]}):
                self._hide_if_down(capture)

    def _placed(self, row: Row) -> Row:
        # The journal tells a record's first place; the catalog tells where a seal has put it since.
        if row["file"] not in self._parts:
            self._parts[row["file"]] = self._tables.one("SELECT [into], base FROM sealed_parts WHERE file = ?", [row["file"]])
        part = self._parts[row["file"]]
        return row | {"file": part["into"], "offset": row["offset"] + part["base"]} if part else row

    def _sealed(self, event: Json) -> None:
        self._parts.clear()
        self._tables.put("sealed", named_row("sealed", event))
        for part in event["parts"]:
            self._tables.put("sealed_parts", {"file": part["file"], "into": event["file"], "base": part["base"]})
            if part["file"] != event["file"]:
                sql = "UPDATE captures SET file = ?, [offset] = [offset] + ? WHERE file = ?"
                self._tables.run(sql, [event["file"], part["base"], part["file"]])

    # ------------------------------------------------------------------ derivations and their documents

    def _derivation(self, event: Json) -> None:
        row = derivation_row(event)
        self._tables.put("derivations", row)
        self._tables.change("INSERT OR IGNORE INTO document_pages VALUES (?, ?)", (row["document"], row["key"]))
        self._document(event["document"], event["path"])
        self._judge_attributed(row["capture"])
        self.touched.captures.add(row["capture"])
        self._touch(row["key"], row)
        self._touch(page_key(row["url"]))
        if self._known.down:
            self._hide_if_down(row["capture"])

    def _attribution(self, event: Json) -> None:
        row = attribution_row(event)
        self._tables.put("attributions", row)
        self._known.attributed.add(row["capture"])
        if row["agency"]:
            self._tables.change("INSERT OR IGNORE INTO agencies VALUES (?)", (row["agency"],))
        self._judge_attributed(row["capture"])

    def _judge_attributed(self, capture: str) -> None:
        """Have everything judged anew for which an attribution of this capture counts: all that shows what it shows."""
        for row in list(touched_by(self._tables, capture)) if capture in self._known.attributed else ():
            self.touched.captures.add(row["capture"])
            self.touched.hidden.add(row["key"])
            self._touch(row["key"])

    def _refusal(self, event: Json) -> None:
        row = refusal_row(event)
        self._tables.put("refusals", row)
        self.touched.captures.add(row["capture"])
        self._touch(row["key"], row)
        self._touch(page_key(row["url"]))
        if self._known.down:
            self._hide_if_down(row["capture"])

    def _document(self, sha256: str, path: str) -> None:
        known = self._known.documents.get(sha256)
        first = min(path, known["path"]) if known else path
        if sha256 in self._known.hidden and is_empty(self._tables, sha256):
            empty(self._tables, sha256, first)
            self._known.documents[sha256] = {"path": first, "damage": TAKEN_DOWN}
        elif known is None or known["damage"] == TAKEN_DOWN:
            self._known.documents[sha256] = self._read(sha256, first)
        elif path < known["path"]:
            self._tables.run("UPDATE documents SET path = ? WHERE sha256 = ?", [path, sha256])
            self._known.documents[sha256] = known | {"path": path}

    def _read(self, sha256: str, path: str) -> Row:
        try:
            content = read_document(self._folder, path)
        except (Damaged, NotInArchive) as damage:
            row = damaged_row(sha256, path, str(damage))
            self._tables.put("documents", row)
            return row
        for table, row in document_rows(sha256, path, content):
            self._tables.put(table, row)
        if content["kind"] == "annual_report":
            self.bands[sha256] = _bands(content)
        return {"path": path, "damage": None}

    # ------------------------------------------------------------------ takedowns

    def _takedown(self, event: Json) -> None:
        row = takedown_row(event)
        if self._tables.one("SELECT 1 FROM lifts WHERE takedown = ?", [row["event"]]):
            self._tables.put("lifted_takedowns", row)
            return
        self._tables.put("takedowns", row)
        self._known.down |= {row["capture"], row["payload_sha256"]}
        for capture in hidden_by(self._tables, row):
            self._hide(capture)

    def _lift(self, event: Json) -> None:
        self._tables.put("lifts", lift_row(event))
        row = self._tables.one("SELECT * FROM takedowns WHERE event = ?", [event["takedown"]])
        if row is None:
            return
        captures = hidden_by(self._tables, row)
        self._tables.run("DELETE FROM takedowns WHERE event = ?", [row["event"]])
        self._tables.put("lifted_takedowns", row)
        for capture in captures:
            if takedown_of(self._tables, capture) is None:
                self._show(capture)

    def _show(self, capture: str) -> None:
        """Bring back what was hidden of a capture: its derivations stand in the journal, and nowhere else."""
        hidden = {row["event"] for row in self._tables.rows(_HIDDEN, [capture])}
        self._tables.run("DELETE FROM hidden_derivations WHERE capture = ?", [capture])
        for event in self._told_again(hidden):
            if event["event"] == "refusal":
                self._refusal(event)
                continue
            self._known.documents |= {each["sha256"]: each for each in self._tables.among(_DOCUMENTS, [event["document"]])}
            self._derivation(event)
            self.touched.hidden.update((page_key(event["url"]), derivation_row(event)["key"]))

    def _told_again(self, names: set[str]) -> Iterator[Json]:
        # A line that was damaged since it was applied keeps no archive shut: `verify` names it, and a rebuild knows nothing of it either.
        with suppress(Damaged):
            yield from events_named(self._root / "journal", names)

    def _hide_if_down(self, capture: str) -> None:
        if takedown_of(self._tables, capture):
            self._hide(capture)

    def _hide(self, capture: str) -> None:
        self._judge_attributed(capture)
        for row in list(self._tables.rows("SELECT key FROM refusals WHERE capture = ?", [capture])):
            self.touched.hidden.add(row["key"])
            self._touch(row["key"])
        for row in hide(self._tables, capture):
            self._known.hidden.add(row["document"])
            self._known.documents |= {each["sha256"]: each for each in self._tables.among(_DOCUMENTS, [row["document"]])}
            self.touched.captures.add(capture)
            self.touched.hidden.add(row["key"])
            self._touch(row["key"])
            self._document(row["document"], row["path"])


def _bands(content: Json) -> list[int]:
    from archive.copies import wording_of  # noqa: PLC0415 - brings numpy, for which a mere look at the archive need not wait

    return wording_of(content).bands()


_HIDDEN = "SELECT event FROM hidden_derivations WHERE capture = ? ORDER BY event"
_TWINS = "SELECT id, event FROM captures WHERE id IN (SELECT value FROM json_each(?1))"
_DOCUMENTS = "SELECT sha256, path, damage FROM documents WHERE sha256 IN (SELECT value FROM json_each(?1))"
_FILE = """
INSERT INTO capture_files (file, run, [end]) VALUES (?, ?, ?) ON CONFLICT (file) DO UPDATE SET [end] = max([end], excluded.[end])
"""
