"""The ledger of which agency has published its annual report for a year, and which has not (公开情况台账).

`not_found` is said only where the portal on which the organ publishes was crawled whole after the deadline, and nothing that was seen
there may be the report; whatever is less than that is `unknown`, with the reason. No row says that a report does not exist.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from archive.clock import moment
from archive.codec import Json
from archive.coverage_absent import Absent, Witness
from archive.coverage_due import due_on, FIRST_YEAR, today_there
from archive.coverage_organs import in_level, listed_organs, ministries, Organ, regions_within
from archive.coverage_seen import (
    Gone,
    keys_named,
    printed_dates,
    Region,
    reports_of_keys,
    reports_of_names,
    reports_of_region,
    Seen,
    withdrawals,
)
from archive.schema import Row
from archive.tables import Tables

State = Literal["published", "elsewhere", "withdrawn", "unreadable", "not_found", "unknown", "not_due"]
STATES: tuple[State, ...] = ("published", "elsewhere", "withdrawn", "unreadable", "not_found", "unknown", "not_due")
"""What may be known of a report: it is there (`elsewhere`: on a mirror only); it was withdrawn; a page named so can't be read; the
portal was crawled whole and it was not there; nothing is known; it is not due yet and was not seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose reports for which years. `region` is the beginning of codes (51, 5108, 510822), “” for all, with the ministries and whoever's division is not known.

    `agency` is a part of the name; an empty `states` means all; `today` is the date in Asia/Shanghai.
    """

    years: Sequence[int]
    today: date
    region: str = ""
    level: str | None = None
    agency: str | None = None
    states: Sequence[str] = ()


def coverage(tables: Tables, asked: Asked) -> Iterator[Json]:
    """Yield a row for each organ and year: its state, what it was expected by, dates and evidence; by place, then year."""
    for region, prefix in _regions(tables, asked):
        names = _names(region, prefix, asked)
        chosen = sorted((organ for organ in names if in_level(organ, asked.level)), key=lambda organ: organ.order)
        yield from _rows(tables, region, asked, {organ: names[organ] for organ in chosen})


def summary(rows: Iterable[Json]) -> Json:
    """Return how many organs there are in each state, how many of the published came late, and the years."""
    rows = list(rows)
    states = Counter(row["state"] for row in rows)
    return {
        "organs": len({row["organ"] for row in rows}),
        "years": sorted({row["report_year"] for row in rows}),
        "states": {state: states[state] for state in STATES if states[state]},
        "late": sum((row["days_late"] or 0) > 0 for row in rows),
    }


def summary_lines(found: Json) -> Iterator[str]:
    """Yield a summary for people."""
    years = found["years"]
    when = "no year" if not years else str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}"
    yield f"{found['organs']} organs expected or seen, {when}"
    for state, count in found["states"].items():
        late = f", {found['late']} of them after the deadline" if state == "published" and found["late"] else ""
        yield f"{state}: {count}{late}"


def _regions(tables: Tables, asked: Asked) -> Iterator[tuple[Region, str | None]]:
    """The reports of each part of what was asked for, with the beginning of its codes: None where no list tells what there must be."""
    if asked.agency is not None:
        keys = keys_named(tables, asked.agency)
        region = reports_of_keys(tables, (key for key in keys if key.startswith(asked.region)))
        yield region, None
        return
    if not asked.region and asked.level == "ministry":
        yield reports_of_keys(tables, ministries()), None
    if not asked.region and asked.level is None:
        yield reports_of_names(tables), None
    if asked.level != "ministry":
        for prefix in (_narrowed(each, asked.level) for each in regions_within(asked.region)):
            yield reports_of_region(tables, prefix), prefix


def _narrowed(prefix: str, level: str | None) -> str:
    """The beginning of the codes of one level: those of prefectures end with 00, those of provinces with 0000."""
    return (
        f"{prefix}00"
        if len(prefix) == 4 and (level == "prefecture" or (level == "province" and prefix.endswith("00")))
        else prefix
    )


def _names(region: Region, prefix: str | None, asked: Asked) -> dict[Organ, tuple[str, dict[int, str]]]:
    """Every organ with its name and, by year, what the lists expect it by."""
    found: dict[Organ, tuple[str, dict[int, str]]] = {}
    for year in asked.years if prefix is not None else ():
        for listed in listed_organs(prefix or "", year):
            if in_level(listed.organ, asked.level):
                found.setdefault(listed.organ, (listed.name, {}))[1][year] = listed.basis
    for organ, years in region.reports.items():
        name = years[max(years)].row["agency"]
        found[organ] = (name, found[organ][1] if organ in found else {})
    return found


def _rows(tables: Tables, region: Region, asked: Asked, names: dict[Organ, tuple[str, dict[int, str]]]) -> Iterator[Json]:
    there = [seen for organ in names for year, seen in region.reports.get(organ, {}).items() if year in asked.years]
    dates = printed_dates(tables, (seen.row["document"] for seen in there))
    gone = withdrawals(tables, (seen.row["identity"] for seen in there))
    witness = Witness(tables, region)
    for organ, (name, basis) in names.items():
        for year in asked.years:
            row = _row(organ, name, year, _expected(region, organ, year, basis.get(year)))
            seen = region.reports.get(organ, {}).get(year)
            if seen is not None:
                row |= _present(seen, dates.get(seen.row["document"]), gone.get(seen.row["identity"]), row["due"])
            elif row["expected"]:
                row |= _absent(witness.of(organ, name, year, date.fromisoformat(row["due"]), asked.today))
            else:
                continue
            if not asked.states or row["state"] in asked.states:
                yield row


def _row(organ: Organ, name: str, year: int, expected: str) -> Json:
    return {
        "organ": organ.key,
        "agency": name,
        "level": organ.level,
        "place": organ.place,
        "report_year": year,
        "state": "unknown",
        "due": due_on(organ, year).isoformat(),
        "published_on": None,
        "days_late": None,
        "first_seen": None,
        "expected": expected,
        "says": "",
        "url": None,
        "identity": None,
        "document": None,
        "portal": None,
        "run": None,
    }


def _expected(region: Region, organ: Organ, year: int, basis: str | None) -> str:
    """What lets a report of this organ for this year be expected, “” where nothing does."""
    reports = region.reports.get(organ, {})
    years = sorted(each for each, seen in reports.items() if each != year and seen.row["source_class"] != "content_farm")
    told = [f"reported for {spans(years)}"] if years else []
    return "; ".join([*told, *([basis] if basis else [])])


def spans(years: Sequence[int]) -> str:
    """Return years as people write them.

    >>> spans([2008, 2019, 2020, 2021])
    '2008, 2019–2021'
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _present(seen: Seen, document: Row | None, gone: Gone | None, due: str) -> Json:
    row = seen.row
    facts = {name: row[name] for name in ("first_seen", "url", "identity", "document")}
    printed = document["published_on"] if document else None
    late = (date.fromisoformat(printed) - date.fromisoformat(due)).days if printed else None
    state: State = "published" if row["source_class"] == "official" else "elsewhere"
    says = _dated(seen, printed, late, due)
    if gone is not None:
        return {**facts, "state": "withdrawn", "published_on": printed, "days_late": late, "says": f"{gone.says}; {says}"}
    if state == "elsewhere":
        says = f"only on a page that is not official ({row['source_class']}); {says}"
    return {**facts, "state": state, "published_on": printed, "days_late": late, "says": says}


def _dated(seen: Seen, printed: str | None, late: int | None, due: str) -> str:
    if printed is None or late is None:
        first = today_there(moment(seen.row["first_seen"])).isoformat()
        return f"no date on the page; first seen {first}, " + (
            "before the deadline" if first <= due else "so it may have come late or not"
        )
    odd = ", before the year was over" if printed <= f"{seen.year}-12-31" else ""
    return f"dated {printed}{odd}" + (f", {late} days after the deadline" if late > 0 else "")


def _absent(absent: Absent) -> Json:
    return {"state": absent.state, "says": absent.says, "portal": absent.portal, "run": absent.run, "url": absent.url}


def years_of(text: str) -> tuple[int, ...]:
    """Return the report years of `2024` or `2019-2024`. Raises ValueError.

    >>> years_of("2019-2021")
    (2019, 2020, 2021)
    """
    first, _, last = text.partition("-")
    years = tuple(range(int(first), int(last or first) + 1))
    if not years or years[0] < FIRST_YEAR or years[-1] > 2100:
        raise ValueError(text)
    return years
