"""What a probe concludes from the pages that it saw: family by its marks, column by its rows, address as a person sees it."""

from __future__ import annotations

import tomllib

from crawler.frontier import Entry
from crawler.judge import Judgement
from crawler.probing import address, Probed, registry_row, reports_on, Seen, sentences

HOST = "http://a.gov.cn"


def seen(
    url: str, *, family: str = "generic", evidence: tuple[str, ...] = (), rows: tuple[Entry, ...] = (), **known: object
) -> Seen:
    entry = Entry(url=HOST + url, score=90, **known)  # type: ignore[arg-type]
    kind = "list_page" if rows else "article"
    return Seen(entry, HOST + url, Judgement(kind=kind, family=family, evidence=evidence, follow=rows))


def row(number: int, title: str) -> Entry:
    return Entry(url=f"{HOST}/{number}.html", score=80, in_column=True, title=title)


ORGANS = tuple(row(number, title) for number, title in enumerate(("县财政局", "县教育局", "2022年")))


def test_many_marks_on_few_pages_outweigh_one_mark_on_many() -> None:
    articles = [seen(f"/art/{n}", family="hanweb", evidence=("articles are /art/…/art_",)) for n in range(9)]
    lists = [seen("/nb/", family="jpaas", evidence=("containers ask the gateway",))]
    lists += [seen("/unit", family="jpaas", evidence=("the gateway's answer",))]
    probed = Probed("a", f"{HOST}/", pages=[*articles, *lists])
    assert probed.family == ("jpaas", ("containers ask the gateway", "the gateway's answer"))
    assert Probed("a", f"{HOST}/", pages=[seen("/x")]).family == ("generic", ())


def test_a_list_of_bare_organs_is_a_column() -> None:
    probed = Probed("a", f"{HOST}/", pages=[seen("/gk/", rows=(row(9, "2023"),)), seen("/nb/2023.html", rows=ORGANS)])
    assert [page.url for page in probed.columns] == [f"{HOST}/nb/2023.html"]
    assert reports_on(probed.columns[0]) == 2


def test_a_column_of_data_is_told_by_the_page_that_shows_it() -> None:
    data = seen("/api/list?page=1", rows=ORGANS, is_data=True, referer=f"{HOST}/nb/")
    assert address(data) == f"{HOST}/nb/"
    probed = Probed("a", f"{HOST}/", pages=[data], reports=2)
    assert tomllib.loads(registry_row(probed))["a"]["columns"] == [f"{HOST}/nb/"]
    assert f"column: {HOST}/nb/, 2 reports on its first page" in list(sentences(probed))
