"""One page over time: which looks show one report, and what changed from one look to the next. Pure.

Two looks are compared only by a reader version that read both; where there is none, they wait for a re-derivation. A payload
that came again unchanged needs no reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

from archive.codec import canonical, Json
from archive.compared_text import is_bare
from archive.comparison import cells_json, compare, Difference, file_changes
from archive.facts import plain
from archive.hashing import sha256_hex
from archive.looks import BREAKS_OFF, Look, Reading

Load = Callable[[str], Json]
"""Gives the content of a document by its SHA-256."""

Sides = tuple[Look | None, Look, Reading | None, Reading | None]
"""The older and the newer look, and what was read from each; None for a side that there is not."""

FrameDifference = Callable[[Look, Look], Sequence[str]]
"""Gives what differs between the frames of two looks; empty where nothing does, or where they can't be read."""

SameReport = Callable[[Json, Json], bool]
"""Says whether two documents seen at one address, whose agency or year differ, are one report under another name."""

MAX_TEXTS = 40
"""So many replaced passages stand in the evidence; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One verdict: what happened to a report at a page, by which two captures.

    `seen_at` is when it was seen, `since` when the state before was last seen (journal text); None for a report that is new.
    """

    verdict: str
    key: str
    url: str
    identity: str
    agency: str | None
    report_year: int | None
    seen_at: str
    since: str | None
    old_capture: str | None
    new_capture: str
    old_document: str | None
    new_document: str | None
    says: str
    evidence: Json = field(default_factory=dict)

    @property
    def id(self) -> str:
        """A name that stays the same when everything is judged again: what a feed or a notification remembers."""
        verdict = "page_only" if self.verdict == "redesigned" else self.verdict
        return sha256_hex(canonical([verdict, self.key, self.old_capture, self.new_capture]))[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """The looks of one page that show one report, in order.

    `story` also holds those that say it was gone or lead elsewhere, and what follows.
    """

    key: str
    number: int
    looks: tuple[Look, ...]
    story: tuple[Look, ...]
    is_late: bool = False
    """Whether the page was seen before by an older reader that found no report: only a re-derivation tells since when it is there."""

    @property
    def reading(self) -> Reading:
        """The reading of the last look: whose report this is."""
        return self.looks[-1].newest


def segments_of(looks: Iterable[Look], load: Load, same_report: SameReport) -> tuple[Segment, ...]:
    """Return the segments of one page's looks. The order of the input does not matter."""
    ordered = sorted({look.capture: look for look in looks}.values(), key=lambda look: look.order)
    chains: list[list[Look]] = []
    whole = _whole(ordered, load)
    for look in whole:
        if chains and _goes_on(chains[-1][-1], look, load, same_report):
            chains[-1].append(look)
        else:
            chains.append([look])
    # What came cut shows no other report in this one's place.
    kept = {look.capture for look in whole}
    told = [look for look in ordered if look.state != "there" or look.capture in kept]
    return tuple(_segment(number, chain, told) for number, chain in enumerate(chains))


def _whole(ordered: list[Look], load: Load) -> list[Look]:
    """The looks that show the report.

    A cut body says nothing beside whole ones; nor does, after a whole one, a page that breaks off or whose template came without the report.
    """
    there = [look for look in ordered if look.state == "there"]
    whole = [look for look in there if not look.truncated] or there
    if len({look.newest.document for look in whole}) < 2:
        return whole
    first = next((number for number, look in enumerate(whole) if not _is_broken(look, load)), len(whole))
    return [*whole[: first + 1], *(look for look in whole[first + 1 :] if not _is_broken(look, load))]


def _is_broken(look: Look, load: Load) -> bool:
    document = load(look.newest.document)
    return BREAKS_OFF in document["reasons"] or is_bare(document)


def _segment(number: int, chain: list[Look], ordered: list[Look]) -> Segment:
    story = tuple(look for look in ordered if look.order >= chain[0].order and _tells(look, chain, ordered))
    is_late = any(look.order < chain[0].order and _waits(look, chain[0]) for look in ordered)
    return Segment(key=chain[0].key, number=number, looks=tuple(chain), story=story, is_late=is_late)


def _waits(look: Look, first: Look) -> bool:
    """Whether an earlier look was read by others than those that read the first one that shows a report, and found to be none."""
    return bool(look.refused_by) and look.refused_by.isdisjoint(first.readings) and look.state != "there"


def _tells(look: Look, chain: list[Look], ordered: list[Look]) -> bool:
    """Whether a look tells anything of a report.

    Bytes that showed it show it still, whatever a later reader takes them for, and what a reader finds to be another paper counts
    where the same reader found the report before. And where http is silent and https, which never
    showed it, says 404, another server answers.
    """
    if look.state != "gone":
        return look.state in ("there", "redirected")
    if look.payload is not None and look.payload in {each.payload for each in chain}:
        return False
    if look.judged_by and look.judged_by not in [each for each in chain if each.order < look.order][-1].readings:
        return False
    is_sent = any(each.run == look.run and each.state == "redirected" and each.target == look.key for each in ordered)
    return is_sent or _origin(look) in {_origin(each) for each in ordered if each.state == "there"}


def _origin(look: Look) -> tuple[str, str]:
    parts = urlsplit(look.url)
    return parts.scheme, parts.netloc


def _goes_on(old: Look, new: Look, load: Load, same_report: SameReport) -> bool:
    pair = common_readings(old, new)
    if same_payload(old, new) or pair is None or pair[0].document == pair[1].document:
        return True
    before, after = pair
    return before.identity == after.identity or same_report(load(before.document), load(after.document))


def same_payload(old: Look, new: Look) -> bool:
    """Say whether two looks got the same bytes."""
    return old.payload is not None and old.payload == new.payload


def common_readings(old: Look, new: Look) -> tuple[Reading, Reading] | None:
    """Return both looks' readings by the newest reader version that read both, None where there is none."""
    both = old.readings.keys() & new.readings.keys()
    if not both:
        return None
    version = max(both, key=lambda name: (max(old.readings[name].at, new.readings[name].at), name))
    return old.readings[version], new.readings[version]


def page_changes(segment: Segment, load: Load, frames: FrameDifference) -> Iterator[Change]:
    """Yield what changed from look to look of one segment."""
    for old, new in pairwise(segment.looks):
        yield from pair_changes(old, new, load, frames)


def pair_changes(old: Look, new: Look, load: Load, frames: FrameDifference) -> Iterator[Change]:
    """Yield the changes between two looks that show one report; nothing where they can't be compared yet."""
    pair = common_readings(old, new)
    if same_payload(old, new):
        yield from _same_payload(old, new)
    elif pair is not None:
        yield from _read_changes(old, new, pair, load, frames)


def _same_payload(old: Look, new: Look) -> Iterator[Change]:
    before, after = old.newest, new.newest
    files = file_changes(before.files, after.files)
    if files:
        difference = Difference(files=files)
        yield change(
            "attachment_replaced", (old, new, before, after), says_of("attachment_replaced", difference), _evidence(difference)
        )


def _read_changes(old: Look, new: Look, pair: tuple[Reading, Reading], load: Load, frames: FrameDifference) -> Iterator[Change]:
    before, after = pair
    difference = difference_of(before, after, load)
    for verdict in difference.verdicts:
        yield change(verdict, (old, new, before, after), says_of(verdict, difference), _evidence(difference))
    if not difference.verdicts and old.key == new.key:
        frame = list(frames(old, new))
        yield change("page_only", (old, new, before, after), "the page differs, the report does not", {"frame": frame})


def difference_of(before: Reading, after: Reading, load: Load) -> Difference:
    """Return what differs between two readings; equal documents may still have other attachments."""
    if before.document == after.document:
        return Difference(files=file_changes(before.files, after.files))
    return compare(load(before.document), load(after.document), old_files=before.files, new_files=after.files)


def change(verdict: str, sides: Sides, says: str, evidence: Json) -> Change:
    """Return a change between two looks, the names taken from the newer reading that there is."""
    old, new, before, after = sides
    named = after or before
    assert named is not None
    return Change(
        verdict=verdict,
        key=new.key,
        url=new.url,
        identity=named.identity,
        agency=named.agency,
        report_year=named.report_year,
        seen_at=new.at,
        since=old.at if old else None,
        old_capture=old.capture if old else None,
        new_capture=new.capture,
        old_document=before.document if before else None,
        new_document=after.document if after else None,
        says=says,
        evidence=evidence,
    )


def says_of(verdict: str, difference: Difference) -> str:
    """Return the sentence that tells a person what changed."""
    match verdict:
        case "figures" if difference.cells:
            return "; ".join(
                f"{each.table}.{each.cell}: {each.old_raw or '(blank)'} → {each.new_raw or '(blank)'}"
                for each in difference.cells[:5]
            )
        case "figures" | "wording":
            return _first_text(difference)
        case "attachment_replaced":
            return "; ".join(f"{name}: {(old or 'none')[:12]} → {(new or 'none')[:12]}" for name, old, new in difference.files)
        case "redated":
            return _arrow(difference.published_on)
    return "; ".join(_arrow(each) for each in (difference.title, difference.agency, difference.year) if each)


def _arrow(pair: tuple[Any, Any] | None) -> str:
    return f"{pair[0]} → {pair[1]}" if pair else ""


def _first_text(difference: Difference) -> str:
    texts = difference.texts
    if not texts:
        return "the numbers of the text differ"
    return f"{texts[0].old[:60] or '(nothing)'} → {texts[0].new[:60] or '(nothing)'}" + (
        f" and {len(texts) - 1} more" if texts[1:] else ""
    )


def _evidence(difference: Difference) -> Json:
    pairs = {name: plain(getattr(difference, name)) for name in ("title", "agency", "year", "published_on")}
    return {
        **{name: pair for name, pair in pairs.items() if pair},
        "cells": cells_json(difference.cells),
        "texts": [{"old": each.old, "new": each.new} for each in difference.texts[:MAX_TEXTS]],
        "texts_left_out": max(0, len(difference.texts) - MAX_TEXTS),
        "attachments": [{"name": name, "old": old, "new": new} for name, old, new in difference.files],
    }
