"""What became of a report over all its pages: seen first, moved, republished, withdrawn, restored. Pure.

Every function here depends on nothing but its arguments, and not on their order: any permutation and repetition of journals
gives the same verdicts (`DESIGN.md` §5).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from archive.addresses import one_owner, site_of
from archive.clock import moment
from archive.looks import Look
from archive.streams import Change, change, FrameDifference, Load, pair_changes, Segment

WITHDRAWN_AFTER = timedelta(days=14)
"""A report is withdrawn when it was gone on two visits so far apart: one bad night proves nothing."""


def report_changes(segments: Iterable[Segment], load: Load, frames: FrameDifference) -> Iterator[Change]:
    """Yield what became of one report, given all segments of its identity."""
    ordered = sorted(segments, key=lambda segment: segment.looks[0].order)
    if not ordered:
        return
    first = ordered[0].looks[0]
    if not ordered[0].is_late:
        yield change("first_seen", (None, first, None, first.newest), "seen for the first time", {})
    groups: list[list[Segment]] = []
    for segment in ordered:
        site = site_of(segment.key)
        if site is None:
            continue
        group = next((each for each in groups if site in map(_site, each) or any(_follows(segment, one) for one in each)), None)
        if group is None:
            group = []
            groups.append(group)
            if segment is not ordered[0] and not segment.is_late:
                yield from _republished(ordered[0], segment, load, frames)
        group.append(segment)
    for found in groups:
        yield from _Site(found, load, frames).changes()


def _site(segment: Segment) -> str | None:
    return site_of(segment.key)


def _follows(new: Segment, old: Segment) -> bool:
    """Whether a page on another site stands in for one that was left: that one leads to it, or is gone and both sites are one owner's."""
    first = new.looks[0]
    if old.looks[-1].order > first.order:
        return False
    since = [look for look in old.story if look.order > old.looks[-1].order]
    if any(look.state == "redirected" and look.target == new.key for look in since):
        return True
    is_gone = any(look.state == "gone" and (look.order < first.order or look.run == first.run) for look in since)
    return is_gone and one_owner(str(site_of(old.key)), str(site_of(new.key)))


def _republished(origin: Segment, copy: Segment, load: Load, frames: FrameDifference) -> Iterator[Change]:
    source, seen = origin.looks[0], copy.looks[0]
    latest = max((look for look in origin.looks if look.order < seen.order), key=lambda look: look.order, default=source)
    inner = [each for each in pair_changes(latest, seen, load, frames) if each.verdict in ("figures", "wording")]
    evidence = {
        "differs": [{"verdict": each.verdict, "says": each.says, **each.evidence} for each in inner[:1]],
        "origin": source.url,
    }
    says = f"also on another site; first seen at {source.url}" + ("" if not inner else f"; it differs: {inner[0].says}")
    yield change("republished", (latest, seen, latest.newest, seen.newest), says, evidence)


@dataclass
class _Page:
    """One page of a report while its story is told."""

    last: Look
    gone: Look | None = None
    confirmed: Look | None = None


@dataclass
class _Site:
    """The report's pages on one site, and on sites that followed it, told in order of time."""

    segments: list[Segment]
    load: Load
    frames: FrameDifference
    pages: dict[tuple[str, int], _Page] = field(default_factory=dict)
    withdrawn: Change | None = None

    def changes(self) -> Iterator[Change]:
        """Yield moved, withdrawn and restored."""
        mine = {look.capture for segment in self.segments for look in segment.looks}
        told = [(look.order, segment.key, segment.number, segment, look) for segment in self.segments for look in segment.story]
        for *_, segment, look in sorted(told, key=lambda each: each[:3]):
            if look in segment.looks:
                yield from self._there(segment, look)
            elif look.capture not in mine and look.state != "redirected":
                yield from self._gone(segment, look)

    def _there(self, segment: Segment, look: Look) -> Iterator[Change]:
        name = (segment.key, segment.number)
        is_new = name not in self.pages
        before = self._before(segment, look) if is_new else None
        if self.withdrawn is not None:
            last = max((page.last for page in self.pages.values()), key=lambda each: each.order)
            yield change("restored", (last, look, last.newest, look.newest), _restored(self.withdrawn, look), {})
            self.withdrawn = None
            if is_new:
                yield from pair_changes(last, look, self.load, self.frames)
        elif before is not None:
            old = self.pages[before].last
            if old.key != look.key and not segment.is_late:
                yield change("moved", (old, look, old.newest, look.newest), f"{old.url} → {look.url}", {"from": old.url})
            yield from pair_changes(old, look, self.load, self.frames)
        if before is not None:
            del self.pages[before]
        self.pages[name] = _Page(last=look)

    def _before(self, segment: Segment, look: Look) -> tuple[str, int] | None:
        """The page that this one stands in for: left when this one was first seen."""
        named = {(each.key, each.number): each for each in self.segments}
        left = [name for name in self.pages if _is_left(named[name], segment, look)]
        return max(left, key=lambda name: (self.pages[name].last.order, name), default=None)

    def _gone(self, segment: Segment, look: Look) -> Iterator[Change]:
        page = self.pages.get((segment.key, segment.number))
        if page is None:
            return
        page.gone = page.gone or look
        if page.confirmed is None and moment(look.at) - moment(page.gone.at) >= WITHDRAWN_AFTER:
            page.confirmed = look
            yield from self._maybe_withdrawn()

    def _maybe_withdrawn(self) -> Iterator[Change]:
        confirmed = [page.confirmed for page in self.pages.values() if page.confirmed]
        if self.withdrawn is not None or len(confirmed) < len(self.pages):
            return
        seen = max(confirmed, key=lambda each: each.order)
        last = max((page.last for page in self.pages.values()), key=lambda each: each.order)
        gone = [_proof(page) for _, page in sorted(self.pages.items())]
        says = f"gone since {gone[0]['first_gone']}: {gone[0]['why']}"
        self.withdrawn = change("withdrawn", (last, seen, last.newest, None), says, {"pages": gone})
        yield self.withdrawn


def _is_left(old: Segment, new: Segment, look: Look) -> bool:
    """Whether a page was left for another: not seen in that run nor ever again; or gone then, and back when the other is gone."""
    if any(each.run == look.run for each in old.looks):
        return False
    again = next((each for each in old.looks if each.order > look.order), None)
    return again is None or (_is_gone(old, look.run) and _is_gone(new, again.run))


def _is_gone(segment: Segment, run: str) -> bool:
    return any(each.run == run and each.state != "there" for each in segment.story)


def _proof(page: _Page) -> dict[str, str]:
    assert page.gone
    assert page.confirmed
    return {
        "url": page.last.url,
        "last_there": page.last.at,
        "first_gone": page.gone.at,
        "first_gone_capture": page.gone.capture,
        "confirmed": page.confirmed.at,
        "confirmed_capture": page.confirmed.capture,
        "why": "another report stands at its address" if page.confirmed.state == "there" else page.confirmed.why,
    }


def _restored(withdrawn: Change, look: Look) -> str:
    return f"there again at {look.url}; it was withdrawn on {withdrawn.seen_at[:10]}"
