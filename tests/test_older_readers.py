"""What an older reader got wrong is put right by a re-derivation, and none of it becomes a change of theirs."""

import re
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import cache
from types import SimpleNamespace

import pytest
from archive_makers import Clock, exchange
from click.testing import CliRunner
from season_driver import record

from archive.clock import moment
from archive.codec import loads
from archive.errors import Unreadable
from archive.model import Attachment
from archive.rebuild import differences
from archive.store import Archive
from pipelines import READER_VERSION
from pipelines.__main__ import main
from pipelines.attached import AttachedFile
from pipelines.reader import Context, read
from pipelines.rederive import context_of_source
from pipelines.scrapy_pipelines import ReadReport
from pipelines.stored import groups
from pipelines.visits import Candidate, Visit
from samples.seasons import stories

ALL = list(stories(34))
PLAYED = tuple(
    number
    for number, one in enumerate(ALL)
    if one.kind
    in {"figure", "wording", "moved", "withdrawn_404", "restored", "attachment", "republished", "renamed", "copied_sister"}
)


def misread_cell(report):
    """A cell is read as ten times what it is."""
    table = report.statistics.applications
    if table is None:
        return report
    cell = table.cells["new_received.total"]
    cells = {**table.cells, "new_received.total": cell._replace(value=(cell.value or 0) * 10 + 1)}
    return replace(report, statistics=replace(report.statistics, applications=replace(table, cells=cells)))


def lost_table(report):
    """A table is not found."""
    return replace(report, statistics=replace(report.statistics, applications=None))


def refused(report):
    """The page is taken for another paper."""
    return replace(report, kind="notice")


def unread(report):
    """The page can't be read."""
    raise Unreadable("this reader reads no such page")


def other_agency(report):
    """The portal's owner is taken for the agency."""
    return replace(report, agency=replace(report.agency, name="栎宁市人民政府", division=None))


def other_year(report):
    """The year of publication is taken for the report's."""
    return replace(report, report_year=report.report_year + 1)


def nobodys(report):
    """Nobody is named."""
    return replace(report, agency=None)


def other_title(report):
    """The portal's name stands in the title."""
    return replace(report, title=f"栎宁市政府网 - {report.title}")


MISTAKES = (misread_cell, lost_table, refused, unread, other_agency, other_year, nobodys, other_title)


def older(mistake):
    """Return a reader that makes this mistake on each annual report."""

    def reading(payload, context):
        report = read(payload, context)
        return mistake(report) if report.kind == "annual_report" else report

    return reading


def told(archive):
    """Return the changes, without what is random: ids of captures and documents."""
    rows = archive.catalog.rows("SELECT verdict, url, agency, report_year, seen_at, since FROM changes")
    return sorted(tuple(row.values()) for row in rows)


def news(rows):
    """Return what is told of the third visit and later, whosever report it was taken for."""
    return {(verdict, url, seen_at) for verdict, url, *_, seen_at, _ in rows if seen_at >= "2026-03-15"}


@pytest.fixture(scope="module")
def truth(tmp_path_factory):
    """Return what is told of stories that today's reader has read from the first day on."""

    @cache
    def telling(*played):
        with closing(Archive.open(tmp_path_factory.mktemp("truth"), clock=Clock())) as archive:
            record(archive, [ALL[number] for number in played], version=READER_VERSION)
            return told(archive)

    return telling


def judge_mistakes(root, played, truth, reader):
    """Play two visits by an older reader, one by today's before the re-derivation, one after it; return the re-derivation's sum."""
    played = [ALL[number] for number in played]
    asked = ["rederive", "--archive", str(root), "--processes", "1"]
    with closing(Archive.open(root, clock=Clock())) as archive:
        record(archive, played, version="0", visits=(0, 1), reader=reader)
        record(archive, played, version=READER_VERSION, visits=(2,))
        assert news(told(archive)) <= news(truth), "what today's reader sees first is no news"
        looked = CliRunner().invoke(main, asked)
        assert CliRunner().invoke(main, [*asked, "--apply"]).stdout == looked.stdout
        archive.catalog.catch_up()
        record(archive, played, version=READER_VERSION, visits=(3,))
        assert told(archive) == truth
        rest = CliRunner().invoke(main, asked)
        assert "0 captures read" in rest.stderr, rest.stdout
        assert list(differences(root)) == []
    return looked.stderr


@pytest.mark.parametrize("shift", [0, 3, 6])
def test_after_a_rederivation_all_is_as_if_today_s_reader_had_read_it_from_the_first(shift, truth, tmp_path):
    """Every site is misread in a way of its own, and what is told in the end is what would be told without any mistake."""

    def reader(payload, context):
        mistake = MISTAKES[(int(re.search(r"/(\d+)[-.]", context.url)[1]) + shift) % len(MISTAKES)]
        return older(mistake)(payload, context)

    says = judge_mistakes(tmp_path, PLAYED, truth(*PLAYED), reader)
    became, ceased, renamed = map(int, re.search(r"(\d+) became reports, (\d+) ceased to be reports, (\d+) are", says).groups())
    assert became > 0 == ceased < renamed


@pytest.mark.soak
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_each_mistake_over_all_stories(mistake, truth, tmp_path):
    """The same, each mistake made everywhere."""
    everything = range(len(ALL))
    says = judge_mistakes(tmp_path, everything, truth(*everything), older(mistake))
    assert ("0 became reports" not in says) is (mistake in (refused, unread))
    assert (", 0 are of another agency or year" not in says) is (mistake in (other_agency, other_year, nobodys))


def test_a_crawl_keeps_what_it_knew_of_a_page_that_it_refused(tmp_path):
    """The words of the link to it, its files: a later reader must be given what this one was given."""
    url = "http://www.a.gov.test/1.html"
    file = AttachedFile(attachment=Attachment(url=f"{url}.pdf", name="附件", sha256="ab" * 32), payload=b"%PDF-")
    with closing(Archive.open(tmp_path, clock=Clock())) as archive:
        with archive.start_run("crawl") as run:
            session = SimpleNamespace(run=run, note=run.note)
            crawler = SimpleNamespace(spider=SimpleNamespace(session=session))
            for seconds, body in enumerate((b"<p>" + "关于放假的通知".encode() * 9, b"")):
                capture = run.record(exchange(body, url=url, seconds=seconds))
                context = Context(url=url, title="某县2024年政府信息公开工作年度报告", listed_on=date(2025, 1, 20))
                candidate = Candidate(payload=body, capture=capture, context=context, files=(file,))
                visit = Visit(url=url, capture=capture, page_kind="article", links=(), ended=print, candidate=candidate)
                assert ReadReport(crawler).process_item(visit).page_kind != "annual_report"
        (kept, other) = [source for group in groups(archive, "next") for source in group]
    assert kept.derivation["reader_version"] == other.derivation["reader_version"] == READER_VERSION
    assert context_of_source(kept, None) == replace(context, fetched_at=moment(kept.row["fetched_at"]))
    assert loads(kept.derivation["attachments"])[0]["sha256"] == "ab" * 32
