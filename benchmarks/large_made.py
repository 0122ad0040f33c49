"""A made-up archive of any size, written as a crawl leaves it: documents and journals; only the WARC files are left out.

Portals are counties, whose 36 organs report every year. A season brings a year's new reports, and two passes over all older ones, which
came again unchanged (`revisit`). Words mean nothing; sizes do: a document has 2 to 30 KB, one in four a whole table of applications.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta, UTC
from pathlib import Path
from random import Random

import msgspec

from archive.clock import day_folder, stamp
from archive.codec import dumps, Json, statistics_to_json
from archive.divisions.table import parent_of, table
from archive.journal import genesis
from archive.record_ids import uuid_of
from samples.alikes import draft

ORGANS = (
    "人民政府",
    "人民政府办公室",
    "教育局",
    "财政局",
    "民政局",
    "水利局",
    "林业局",
    "审计局",
    "司法局",
    "统计局",
    "公安局",
    "交通运输局",
    "自然资源局",
    "卫生健康局",
    "农业农村局",
    "商务局",
    "应急管理局",
    "市场监督管理局",
    "医疗保障局",
    "文化和旅游局",
    "退役军人事务局",
    "住房和城乡建设局",
    "生态环境局",
    "城市管理局",
    "信访局",
    "档案局",
    "科学技术局",
    "发展和改革局",
    "工业和信息化局",
    "人力资源和社会保障局",
    "民族宗教事务局",
    "体育局",
    "粮食和物资储备局",
    "行政审批局",
    "机关事务管理局",
    "乡村振兴局",
)
YEARS = 10
FIRST_YEAR = 2015


@dataclass(frozen=True, slots=True)
class Page:
    """One report's page: `number` counts through portal, organ and year."""

    number: int
    portal: int
    agency: str
    code: str
    year: int

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://www.p{self.portal}.gov.test/zfxxgk/{self.year}/art_{self.number}.html"


def counties() -> list[tuple[str, str]]:
    """Return the counties' names, with their province or city before, and codes: the portals."""
    rows = [row for rows in table().by_code.values() for row in rows if row.level == "county" and row.valid_in(2023)]
    return [(f"{parent.name if parent else ''}{row.name}", row.code) for row in rows for parent in [parent_of(row, 2023)]]


def pages(portal: int, season: int) -> list[Page]:
    """Return the reports that a portal publishes in a season (from 0)."""
    name, code = _COUNTIES[portal % len(_COUNTIES)]
    first = (portal * YEARS + season) * len(ORGANS)
    return [Page(first + at, portal, name + organ, code, FIRST_YEAR + season) for at, organ in enumerate(ORGANS)]


_COUNTIES = counties()
_SENTENCES = tuple(str(each) for seed in range(400) for each in draft(seed).sentences)


@dataclass(frozen=True, slots=True)
class Made:
    """A document that was written: its name and path, its page's payload and first capture, and the title of the link to it."""

    sha256: str
    path: str
    payload: str
    original: str
    title: str


class Maker:
    """Writes documents and journals under a root, season after season; one portal's run is one journal."""

    def __init__(self, root: Path, *, years_later: int = 0) -> None:
        """Write under this folder; what is `years_later` comes after all that others made."""
        self._root = root
        self._later = years_later
        self._made: dict[int, Made] = {}
        self._tables = [_table(seed) for seed in range(64)]

    def crawl(self, portal: int, season: int) -> Path:
        """Write a run that finds a season's new reports, and return its journal."""
        return self._run(portal, season, 0, [(page, True) for page in pages(portal, season)])

    def revisit(self, portal: int, season: int, nth: int) -> Path:
        """Write a run in which all reports of a portal came again as they were, and return its journal."""
        found = [page for earlier in range(season + 1) for page in pages(portal, earlier)]
        return self._run(portal, season, nth, [(page, False) for page in found])

    def _run(self, portal: int, season: int, nth: int, looks: list[tuple[Page, bool]]) -> Path:
        at = datetime(FIRST_YEAR + 1 + season + self._later, 1 + nth * 3, 10, tzinfo=UTC) + timedelta(seconds=600 * portal)
        run = f"{at:%Y%m%dT%H%M%SZ}-crawl-{portal:08x}"
        chain = _Chain(run, at)
        chain.add("run_started", {"kind": "crawl", "portal": f"p{portal}", "settings": {}})
        for number, (page, is_new) in enumerate(looks):
            if is_new:
                self._made[page.number] = self._document(page, at)
            self._look(chain, page, at + timedelta(seconds=number), is_new=is_new)
        chain.add("run_ended", {"counts": {}, "outcome": "finished"})
        path = self._root / "journal" / day_folder(at) / f"{run}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(chain.lines))
        return path

    def _look(self, chain: _Chain, page: Page, at: datetime, *, is_new: bool) -> None:
        made = self._made[page.number]
        capture = made.original if is_new else _capture_id(at, page.number)
        same = {"capture": capture, "url": page.url, "fetched_at": stamp(at)}
        record = {"id": capture, "length": 4000, "offset": 4000 * len(chain.lines), "sha256": made.payload}
        record["type"] = "response" if is_new else "revisit"
        place = {"file": f"{day_folder(at)}/{chain.run}-00000.warc.gz", "file_run": chain.run, "records": [record]}
        digests = {"payload_sha256": made.payload, "wire_sha256": made.payload, "revisit_of": None if is_new else made.original}
        chain.add("exchange", {**_EXCHANGE, **same, **place, **digests, "status": 200 if is_new else 304})
        reading = {"document": made.sha256, "path": made.path, "is_new": is_new, "reader_version": "1"}
        chain.add(
            "derivation", {**same, **reading, "attachments": [], "furniture": _FURNITURE, "context": {"title": made.title}}
        )
        chain.add("visited", {"capture": capture, "url": page.url, "links": [], "page_kind": "annual_report"})

    def _document(self, page: Page, at: datetime) -> Made:
        lot = Random(page.number)
        payload = self._content(page, lot).encode()
        sha256 = hashlib.sha256(payload).hexdigest()
        path = f"{day_folder(at)}/{sha256[:2]}/{sha256}.json"
        target = self._root / "documents" / path
        try:
            target.write_bytes(payload)
        except FileNotFoundError:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(payload)
        digest = hashlib.sha256(f"payload {page.number}".encode()).hexdigest()
        return Made(sha256, path, digest, _capture_id(at, page.number), f"{page.agency}{page.year}年度报告")

    def _content(self, page: Page, lot: Random) -> str:
        text = "\\n".join([f"{page.agency}{page.year}年", *lot.choices(_SENTENCES, k=lot.randrange(12, 60))])
        tables = self._tables[lot.randrange(64)] if page.number % 4 == 0 else _NO_TABLES
        name, digest = page.agency, hashlib.sha256(text.encode()).hexdigest()
        return (
            f'{{"agency":{{"division":"{page.code}","from":"title","level":"county","name":"{name}","parent":null}},'
            f'"attachments":[],"body":"{text}","checks":[],"content_sha256":"{digest}","figures_sha256":"{digest}",'
            f'"kind":"annual_report","prose_figures":[],"published_on":"{page.year + 1}-01-20","reader_version":"1","reasons":[],'
            f'"report_year":{page.year},"report_year_from":"title","schema":1,"sections":[],"source_class":"official",'
            f'"statistics":{tables},"text_sha256":"{digest}","title":"{name}{page.year}年政府信息公开工作年度报告"}}'
        )


def _table(seed: int) -> str:
    return dumps(statistics_to_json(draft(seed).report().statistics))


_NO_TABLES = '{"applications":null,"local_2008":null,"others":[],"proactive_disclosure":null,"review_litigation":null,"summary_2014":null}'


class _Chain:
    """The lines of one run's journal, chained as `archive.journal` does it (whose exact writer takes ten times as long)."""

    def __init__(self, run: str, at: datetime) -> None:
        self.run = run
        self.lines: list[bytes] = []
        self._at = stamp(at)
        self._prev = genesis(run)

    def add(self, name: str, facts: Json) -> None:
        """Add an event."""
        event = {**facts, "event": name, "id": f"{self.run}#{len(self.lines) + 1}", "run": self.run, "at": self._at}
        event["prev"] = self._prev
        event["sum"] = hashlib.sha256(_encode(event)).hexdigest()
        line = _encode(event)
        self._prev = hashlib.sha256(line).hexdigest()
        self.lines.append(line + b"\n")


_encode = msgspec.json.Encoder(order="sorted").encode
_FURNITURE = [{"rule": "scan-to-open", "text": "扫一扫在手机打开当前页"}, {"rule": "share", "text": "分享到微信"}]
_EXCHANGE = {
    **dict.fromkeys(("failure", "location", "truncated")),
    "method": "GET",
    "ip": "192.0.2.1",
    "robots": "allowed",
    "media_type": "text/html",
    "recovered": False,
}


def _capture_id(at: datetime, number: int) -> str:
    tail = hashlib.blake2b(f"{number} {at}".encode(), digest_size=9).hexdigest()
    return f"urn:uuid:{uuid_of(int(at.timestamp() * 1000), int(tail, 16))}"
