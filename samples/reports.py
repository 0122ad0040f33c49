"""Made-up annual reports (年度报告) whose every number is known: the truth that readers are held against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from html import escape
from random import Random

from archive.forms import identities_of, table_form
from archive.model import Cell, CellKind, Number
from samples.numbers import broken, Numbers, numbers_of
from samples.prose import Writer
from samples.tables import full_width, html_table, printed_table, Rows, text_table

Block = str | Rows
Truth = Mapping[str, Mapping[str, Cell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSection:
    """A chapter as printed: its heading with its number, then paragraphs and tables in order."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReport:
    """One made-up report and the truth about it.

    `truth` holds the cells by table name and cell id (empty for the prose years 2008–2013), `figures` the numbers of
    the prose by cell id of the 2008 or 2021 form, `broken` the ids of the identities that the numbers break.
    """

    agency: str
    year: int
    form: str
    title: str
    published_on: date
    sections: tuple[SampleSection, ...]
    truth: Truth = field(default_factory=dict)
    figures: Mapping[str, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()

    @property
    def html(self) -> str:
        """The body as an HTML fragment: `<h1>`, headings, paragraphs, tables with their true spans."""
        return self.render(html_block)

    @property
    def text(self) -> str:
        """The body as plain text, a paragraph a line, table cells between pipes."""
        return self.as_text("pipes")

    def as_text(self, layout: str) -> str:
        """Return the body as text whose tables lost their markup: `pipes`, `tabs` or `lines` (a cell a line)."""
        return "\n".join([self.title, *(_text(block, layout) for block in self.blocks())])

    def render(self, block: Callable[[Block], str], heading: str = "<p><strong>{}</strong></p>") -> str:
        """Return the body as HTML with the caller's own way of printing a paragraph or table."""
        return "\n".join([f"<h1>{escape(self.title)}</h1>", *(self._section(one, block, heading) for one in self.sections)])

    def blocks(self) -> tuple[Block, ...]:
        """Return headings, paragraphs and tables in one row."""
        return tuple(block for section in self.sections for block in (section.heading, *section.blocks))

    def _section(self, section: SampleSection, block: Callable[[Block], str], heading: str) -> str:
        opener = [heading.format(escape(section.heading))] if section.heading else []
        return "\n".join([*opener, *(block(one) for one in section.blocks)])


def form_for(year: int) -> str:
    """Return the form in force for a report year: `2008` (prose), `2014`, `2019` or `2021`."""
    return next(start for start in ("2021", "2019", "2014", "2008") if year >= int(start))


def make_report(
    agency: str,
    year: int,
    form: str | None = None,
    seed: int = 0,
    *,
    slip: str | None = None,
    zeros: str = "0",
    wording: int = 0,
    title: str | None = None,
) -> SampleReport:
    """Make one organ's report; the same arguments always give the same report.

    `form` defaults to the one in force. `slip` names an identity whose left side is printed one too large; `zeros` is how
    the organ prints a zero (`0`, an empty cell, `-`); another `wording` is the same numbers in other words; `title`
    replaces the standard one. Raises KeyError for an unknown form or identity.
    """
    form = form or form_for(year)
    numbers = _slipped(numbers_of(agency, year, form, seed), form, slip) if form != "2008" else {}
    truth = {table: _cells(form, table, values, zeros) for table, values in numbers.items()}
    writer = Writer(agency, year, wording)
    figures = prose_numbers(agency, year) if form == "2008" else _table_figures(numbers)
    chapters = {"2008": _chapters_2008, "2014": _chapters_2014}.get(form, _chapters)
    return SampleReport(
        agency=agency,
        year=year,
        form=form,
        title=title or standard_title(agency, year),
        published_on=published_on(agency, year),
        sections=chapters(writer, _Facts(agency, year, form, figures, truth)),
        truth=truth,
        figures=figures,
        broken=broken(form, numbers),
    )


def standard_title(agency: str, year: int) -> str:
    """Return the title that most reports carry."""
    return f"{agency}{year}年政府信息公开工作年度报告"


def published_on(agency: str, year: int) -> date:
    """Return the day on which the organ published its report: in January of the next year, as the statute asks."""
    return date(year + 1, 1, 8) + timedelta(days=Random(f"day|{agency}|{year}").randint(0, 22))


def html_block(block: Block) -> str:
    """Return a paragraph or a table as plain HTML."""
    return f"<p>{escape(block)}</p>" if isinstance(block, str) else html_table(block)


def prose_numbers(agency: str, year: int) -> dict[str, int]:
    """Return the figures of a prose report (2008–2013) by cell id of the 2008 system; channels and outcomes add up."""
    dice = Random(f"figures|{agency}|{year}")
    channels = {name: dice.randint(0, 40) for name in RECEIVED}
    total = sum(channels.values())
    refused = dice.randint(0, total // 4)
    partial = dice.randint(0, total // 4)
    replies = {"reply_disclosed": total - refused - partial, "reply_partial": partial, "reply_denied": refused}
    items = {"proactive_items": dice.randint(200, 3000), "online_consultations": dice.randint(10, 900)}
    return {**items, "requests_received": total, **channels, "replies": total, **replies}


RECEIVED = {
    "received_in_person": "当面申请",
    "received_online": "网上申请",
    "received_letter": "信函申请",
    "received_fax": "传真申请",
}


@dataclass(frozen=True, slots=True)
class _Facts:
    agency: str
    year: int
    form: str
    figures: Mapping[str, int]
    truth: Truth

    def table(self, name: str) -> Rows:
        rows = printed_table(self.form, name, self.truth[name])
        return full_width(rows) if Random(self.agency).random() < 0.5 else rows


def _slipped(numbers: dict[str, Numbers], form: str, slip: str | None) -> dict[str, Numbers]:
    if slip is None:
        return numbers
    identities = {one.id: one for table in numbers for one in identities_of(form, table)}
    one = identities[slip]
    return {**numbers, one.table: {**numbers[one.table], one.left[0]: numbers[one.table][one.left[0]] + 1}}


def _cells(form: str, table: str, values: Numbers, zeros: str) -> dict[str, Cell]:
    return {spec.id: _cell(values[spec.id], spec.unit, zeros) for spec in table_form(form, table).cells}


def _cell(value: Number, unit: str | None, zeros: str) -> Cell:
    if value:
        return Cell(value=value, raw=str(value), kind="number", unit=unit)
    kinds: dict[str, CellKind] = {"": "blank", "0": "zero"}
    return Cell(value=0 if zeros == "0" else None, raw=zeros, kind=kinds.get(zeros, "dash"), unit=unit)


def _text(block: Block, layout: str) -> str:
    return block if isinstance(block, str) else text_table(block, layout)


def _table_figures(numbers: Mapping[str, Numbers]) -> dict[str, int]:
    flows = ("new_received", "carried_in", "total_processed", "carried_out")
    if "applications" not in numbers:
        return {}
    return {f"applications.{flow}": int(numbers["applications"][f"{flow}.total"]) for flow in flows}


def _intro(facts: _Facts) -> str:
    return (
        f"根据《中华人民共和国政府信息公开条例》的规定，现公布{facts.agency}{facts.year}年度政府信息公开工作年度报告。"
        f"本报告所列数据的统计期限自{facts.year}年1月1日起至{facts.year}年12月31日止。"
    )


def _flow_sentence(facts: _Facts) -> str:
    new, carried_in, processed, carried_out = facts.figures.values()
    return (
        f"{facts.year}年，本机关共收到政府信息公开申请{new}件，上年结转{carried_in}件；"
        f"已办结{processed}件，结转下年度继续办理{carried_out}件。"
    )


def _chapters(writer: Writer, facts: _Facts) -> tuple[SampleSection, ...]:
    themes = {"proactive": 4, "requests": 3, "management": 3, "platform": 3, "supervision": 3}
    overview = [writer.paragraph("overview", 3), *(writer.paragraph(theme, size) for theme, size in themes.items())]
    overview[2] = _flow_sentence(facts) + overview[2]
    problems = (writer.paragraph("problems", 2), writer.paragraph("improvements", 3))
    fees = "本年度按照《政府信息公开信息处理费管理办法》收取信息处理费0元。"
    return (
        SampleSection(heading="", blocks=(_intro(facts),)),
        SampleSection(heading="一、总体情况", blocks=tuple(overview)),
        SampleSection(heading="二、主动公开政府信息情况", blocks=(facts.table("proactive_disclosure"),)),
        SampleSection(heading="三、收到和处理政府信息公开申请情况", blocks=(facts.table("applications"),)),
        SampleSection(heading="四、政府信息公开行政复议、行政诉讼情况", blocks=(facts.table("review_litigation"),)),
        SampleSection(heading="五、存在的主要问题及改进情况", blocks=problems),
        SampleSection(heading="六、其他需要报告的事项", blocks=(fees,)),
    )


def _chapters_2014(writer: Writer, facts: _Facts) -> tuple[SampleSection, ...]:
    return (
        SampleSection(heading="", blocks=(_intro(facts),)),
        SampleSection(heading="一、概述", blocks=(writer.paragraph("overview", 4),)),
        SampleSection(heading="二、主动公开政府信息的情况", blocks=(writer.paragraph("proactive", 5),)),
        SampleSection(heading="三、回应解读情况", blocks=(writer.paragraph("platform", 4),)),
        SampleSection(heading="四、依申请公开政府信息的情况", blocks=(writer.paragraph("requests", 4),)),
        SampleSection(heading="五、机构建设和保障经费情况", blocks=(writer.paragraph("supervision", 3),)),
        SampleSection(heading="六、存在的主要问题和改进措施", blocks=_troubles(writer)),
        SampleSection(heading=f"附表：政府信息公开情况统计表（{facts.year}年度）", blocks=(facts.table("summary_2014"),)),
    )


def _chapters_2008(writer: Writer, facts: _Facts) -> tuple[SampleSection, ...]:
    requests = (_received_sentence(facts), _replied_sentence(facts), writer.paragraph("requests", 3))
    consultations = f"全年网上咨询{facts.figures['online_consultations']}人次。" + writer.paragraph("consultation", 2)
    return (
        SampleSection(heading="", blocks=(_intro(facts),)),
        SampleSection(heading="一、概述", blocks=(writer.paragraph("overview", 4),)),
        SampleSection(
            heading="二、主动公开政府信息的情况", blocks=(_items_sentence(facts) + writer.paragraph("proactive", 5),)
        ),
        SampleSection(heading="三、依申请公开政府信息的情况", blocks=requests),
        SampleSection(heading="四、咨询处理情况", blocks=(consultations,)),
        SampleSection(heading="五、复议、诉讼和申诉的情况", blocks=("本年度未发生因政府信息公开引起的行政复议、诉讼和申诉。",)),
        SampleSection(heading="六、政府支出和收费情况", blocks=("本年度依申请公开未收取任何费用。",)),
        SampleSection(heading="七、存在的主要问题和改进措施", blocks=_troubles(writer)),
    )


def _troubles(writer: Writer) -> tuple[str, ...]:
    return (writer.paragraph("problems", 2), writer.paragraph("improvements", 3))


def _items_sentence(facts: _Facts) -> str:
    return f"{facts.year}年，本机关主动公开政府信息{facts.figures['proactive_items']}条。"


def _received_sentence(facts: _Facts) -> str:
    channels = "，".join(f"{label}{facts.figures[name]}件" for name, label in RECEIVED.items())
    return f"{facts.year}年，共受理政府信息公开申请{facts.figures['requests_received']}件，其中：{channels}。"


def _replied_sentence(facts: _Facts) -> str:
    disclosed, partial, denied = (facts.figures[name] for name in ("reply_disclosed", "reply_partial", "reply_denied"))
    answered = f"在已作出答复的{facts.figures['replies']}件申请中"
    return f"{answered}，同意公开答复{disclosed}件，同意部分公开答复{partial}件，不予公开答复{denied}件。"
