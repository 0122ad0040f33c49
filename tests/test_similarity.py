"""How two reports are alike: each relation is told from every other, and nothing is invented."""

import re
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Agency, Cell, ProseFigure, Report, Statistics, Table
from archive.shingles import jaccard, letters, mask_digits, shingles
from archive.signals import figures_of, numbers_of, signals_of
from archive.similarity import explain, same_agency
from samples.alikes import corrected, draft, edited, mirrored, next_year, sister, spun

SEEDS = range(8)
SITES = {"url_a": "https://www.one.gov.test/a.html", "url_b": "http://two.test/b"}


def words(text):
    return shingles(letters(text))


def verdicts(other, **sites):
    return {explain(draft(seed).report(), other(draft(seed), Random(seed)), **sites).verdict for seed in SEEDS}


@pytest.mark.parametrize(
    ("verdict", "other"),
    [
        ("same", lambda d, _: d.report()),
        ("corrected", lambda d, lot: corrected(d, lot, numbers=1).report()),
        ("corrected", lambda d, lot: edited(d, 0.3, lot).report()),
        ("renumbered", lambda d, lot: replace(next_year(d, lot), year=d.year).report()),
        ("next_year_copy", lambda d, lot: next_year(d, lot, share=0).report()),
        ("next_year_copy", lambda d, lot: next_year(d, lot, share=0.3).report()),
        ("sister_template", lambda d, lot: sister(d, lot, share=0.3).report()),
        ("essay_mill", lambda d, lot: spun(d, lot, share=0.2)),
        ("essay_mill", lambda d, lot: spun(d, lot, share=0.7)),
        ("same_figures", lambda d, lot: replace(spun(d, lot), source_class="official")),
        ("undecided", lambda d, lot: replace(next_year(d, lot).report(), report_year=None)),
        ("undecided", lambda d, lot: replace(sister(d, lot).report(), agency=None)),
        ("unrelated", lambda d, lot: draft(lot.randrange(10**6, 10**7)).report()),
    ],
)
def test_each_relation_has_its_verdict(verdict, other):
    """The made-up pairs whose relation is known."""
    assert verdicts(other) == {verdict}


def test_a_mirror_is_told_by_the_site_or_by_its_class():
    """Without either, the same text twice is just the same report."""
    assert verdicts(mirrored, **SITES) == {"mirror"}
    assert verdicts(lambda d, lot: replace(mirrored(d, lot), source_class="mirror")) == {"mirror"}
    assert verdicts(lambda d, _: d.report(), url_a=SITES["url_a"], url_b="https://www.one.gov.test/b.html") == {"same"}


def test_a_number_that_nobody_counts_is_a_number():
    """The text says 2,315 where it said 2,314, in no cell and no figure that we know: the words are the same, the report is not."""
    one = replace(draft(1).report(), body=draft(1).report().body + "全年编发简报2314期次。")
    found = explain(one, replace(one, body=one.body.replace("2314", "2315")), **SITES)
    assert (found.verdict, found.numbers_equal) == ("corrected", found.numbers_compared)
    assert "so only digits differ" in found.says


def test_many_small_numbers_that_are_all_equal_are_figures():
    """A town's numbers have one digit or two; a dozen of them in the same cells, half of the words others, is no accident."""
    one = draft(1).report()
    small = {name: Cell(value=2 + nth % 7, raw=str(2 + nth % 7), kind="number") for nth, name in enumerate("abcdefghijkl")}
    table = Table(form="2021", status="complete", cells=small)
    here = replace(one, body=re.sub(r"\d{3,}", "12", one.body), statistics=Statistics(applications=table), prose_figures=())
    there = replace(here, agency=None, source_class="unknown", body=edited(draft(1), 0.3, Random(3)).report().body)
    there = replace(there, body=re.sub(r"\d{3,}", "34", there.body))
    found = explain(here, there, **SITES)
    assert (found.verdict, found.numbers_equal, found.figures) == ("essay_mill", 12, ())


def test_last_years_figures_in_new_words_are_a_copy():
    """The one kind of copying that no likeness of wording can see."""
    one = draft(1)
    two = replace(edited(one, 1.0, Random(99)), year=one.year + 1)
    found = explain(one.report(), two.report())
    assert (found.verdict, found.masked < 0.1, found.numbers_equal == found.numbers_compared > 0) == (
        "next_year_copy",
        True,
        True,
    )


@settings(max_examples=20)
@given(a=st.integers(0, 30), b=st.integers(0, 30), kind=st.sampled_from([corrected, edited, next_year, sister]))
def test_the_order_does_not_matter(a, b, kind):
    """Who stands first is an accident of the look-up."""
    other = kind(draft(b), 0.2, Random(b)) if kind is edited else kind(draft(b), Random(b))
    one, two = draft(a).report(), other.report()
    assert explain(one, two) == explain(two, one)


def test_reports_without_text_are_never_alike_by_text():
    """Two scans that gave no text have everything and nothing in common."""
    assert explain(Report(), Report()).verdict == "unrelated"
    found = explain(Report(agency=Agency(name="甲局"), report_year=2020), Report(agency=Agency(name="甲局"), report_year=2021))
    assert (found.verdict, found.text, found.masked) == ("unrelated", 0.0, 0.0)


def test_two_offices_with_nothing_to_report_do_not_share_figures():
    """Zeros in the same cells are no evidence."""
    nil = [replace(draft(seed), cells=(0,) * len(draft(seed).cells)).report() for seed in (1, 2)]
    found = explain(*nil)
    assert (found.verdict, found.numbers_compared) == ("unrelated", 0)


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (Agency(name="甲县 财政局"), Agency(name="甲县财政局"), True),
        (Agency(name="财政局"), Agency(name="甲县财政局"), None),
        (Agency(name="财政局", division="110101"), Agency(name="财政局", division="330101"), False),
        (Agency(name="甲县财政局"), Agency(name="甲县教育局"), False),
        (None, Agency(name="甲县教育局"), None),
    ],
)
def test_agencies_are_one_only_where_it_is_known(a, b, same):
    """A short name fits many offices: that is not known, and never guessed."""
    assert same_agency(a, b) is same
    assert same_agency(b, a) is same


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("收到申请564件，答复498件", {"564", "498"}),
        ("点击408,862次，占１６．８％", {"408862", "16.8"}),
        ("2019年，第711号，共12条、1000次、0.5%", {"711"}),
        ("分别为564,498和1,234,567.5件.第3.1.564节", {"564498", "1234567.5"}),
        ("165,79229,88.3", {"165", "79229", "88.3"}),
        ("", set()),
    ],
)
def test_telling_figures(text, figures):
    """Years, round and small numbers are in every report."""
    assert figures_of(text) == figures


def test_a_blank_is_no_number():
    """Comparing it as a zero would make two unread tables equal."""
    stated = ProseFigure(id="applications.new_received", value=5, unit="件", quote="5件", at=(0, 2))
    report = replace(draft(3).report(), prose_figures=(stated, replace(stated, value=6)))
    table = report.statistics.applications
    name, cell = next(iter(table.cells.items()))
    blank = replace(table, cells={**table.cells, name: cell._replace(value=None, raw="", kind="blank")})
    numbers = numbers_of(replace(report, statistics=replace(report.statistics, applications=blank)))
    assert f"applications.{name}" not in numbers
    assert numbers["prose.applications.new_received"] == 5
    assert len(numbers) == len(table.cells)


def test_layout_does_not_count():
    """Blanks, punctuation and width change with every redesign."""
    assert jaccard(words("收到申请 12 件，均已答复。"), words("收到申请１２件\n均已答复")) == 1.0
    masked = [shingles(mask_digits(letters(text))) for text in ("收到申请9件均已答复", "收到申请1024件均已答复")]
    assert jaccard(*masked) == 1.0
    assert jaccard(words("收到申请9件均已答复"), words("收到申请1024件均已答复")) < 1.0


def test_labels_of_the_statutory_tables_do_not_count():
    """Else two offices would be alike because both filled in the form."""
    assert not shingles(mask_digits(letters("商业企业 科研机构 社会公益组织 法律服务机构"))).size


@given(text=st.text(max_size=60))
def test_any_text_has_shingles_or_none(text):
    """Lone surrogates, rare characters and short texts included."""
    found = words(text)
    assert (found[1:] > found[:-1]).all()
    assert jaccard(found, found) == 1.0


def real_texts(corpus):
    for source in sorted((corpus / "reports").glob("*/source.txt")):
        yield source.parent.name, source.read_text(encoding="utf-8", errors="replace")


@pytest.mark.corpus
def test_no_two_real_reports_are_called_alike(corpus):
    """The same office year after year, offices of one province: none of them copied, as read by a person."""
    found = [signals_of(Report(body=text, source_class="official")) for _, text in real_texts(corpus)]
    shares = [jaccard(a.masked, b.masked) for at, a in enumerate(found) for b in found[:at]]
    assert len(shares) > 900
    assert max(shares) < 0.35
    assert max(len(a.figures & b.figures) for at, a in enumerate(found) for b in found[:at]) < 2


@pytest.mark.corpus
def test_the_essay_mills_way_with_a_real_text(corpus):
    """Seed 3 is what a mill made of a report: here it is spun once more, words replaced and figures kept."""
    text = dict(real_texts(corpus))["seed3"]
    again = re.sub(r"[\u4e00-\u9fff]{2}(?=[\u4e00-\u9fff]{3})", lambda pair: pair[0][::-1], text)
    mill, other = Report(body=text, source_class="content_farm"), Report(body=again)
    found = explain(mill, other)
    assert (found.verdict, found.text < 0.3) == ("essay_mill", True)
    assert {"564", "498", "165817", "88.3"} <= set(found.figures)
