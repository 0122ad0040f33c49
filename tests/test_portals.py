"""The registry of portals: what it holds, and how a wrong row is told."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from archive.divisions.table import lines
from archive.errors import BadRegistry, UnknownPortal
from archive.model import Portal
from crawler.guard import registrable
from crawler.portals import find_portal, load_portals

ROOT = Path(__file__).parents[1]
KNOWN = {
    "nanjing": Portal(id="nanjing", name="南京", home="http://www.nanjing.gov.cn/"),
    "nantong": Portal(id="nantong", name="南通", home="http://www.nantong.gov.cn/"),
}


def test_the_registries_that_we_ship_are_right() -> None:
    found = load_portals([ROOT / "crawler" / "portals.toml", ROOT / "samples" / "registry.toml"])
    assert found["trs"].home == "http://trs.gov.test/"
    assert all(portal.source for portal in found.values())


def test_the_registry_of_real_portals_promises_nothing_that_no_crawl_has_proved() -> None:
    """A hundred and more, a host each, none verified, no division that the table of divisions lacks."""
    found = load_portals([ROOT / "crawler" / "portals.toml"]).values()
    assert len(found) >= 100
    assert len({urlsplit(portal.home).netloc for portal in found}) == len(found)
    assert not any(portal.verified for portal in found)
    known = {row[0] for row in lines("divisions.tsv.gz")}
    assert {portal.division for portal in found if portal.division} <= known
    assert all(portal.division or portal.note for portal in found)


@pytest.mark.corpus
def test_every_portal_of_the_stored_reports_is_registered(corpus: Path) -> None:
    """Each government host that a stored report names is a row's, or another host of its domain."""
    rows = load_portals([ROOT / "crawler" / "portals.toml"]).values()
    known = {registrable(urlsplit(portal.home).hostname or "") for portal in rows}
    hosts: set[str] = set()
    for truth in corpus.glob("reports/**/truth.json"):
        hosts |= set(re.findall(r"https?://([a-z0-9.-]+\.gov\.cn)", truth.read_text(encoding="utf-8")))
    assert len(hosts) >= 20
    assert {host for host in hosts if registrable(host) not in known} == set()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[x]\nname = "X"\nhome = "ftp://x/"', r"\[x\] home: 'ftp://x/' is no http"),
        ('[x]\nname = "X"', r"\[x\] lacks the key 'home'"),
        ('[x]\nname = "X"\nhome = "http://x.cn/"\ncolums = []', r"\[x\] has the unknown key 'colums'"),
        ('[x]\nname = "X"\nhome = "http://x.cn/"\ndivision = "1234"', r"\[x\] division: '1234' is no code"),
        ('[x]\nname = "X"\nhome = "http://x.cn/"\ndivision = 1234', r"\[x\] division: 1234 is no text"),
        ('[x]\nname = "X"\nhome = "http://x.cn/"\nfamily = "drupal"', r"\[x\] family: there is no 'drupal'"),
        ('[x]\nname = "X"\nhome = "http://x.cn/"\ncolumns = ["/nb/"]', r"\[x\] columns: '/nb/' is no http"),
        ('[x]\nname = "X"\nhome = "http://x.cn/"\npaused = "yes"', r"\[x\] paused: 'yes' is neither"),
        ('[x]\nname = "X"\nhome = "http://x.cn/"\nvisit = "20-8"', r"\[x\] visit: '20-8' names no hours"),
        ('[x]\nname = "X"\nhome = "http://x.cn/"\nvisit = 20', r"\[x\] visit: 20 is no text"),
        ('[X_Y]\nname = "X"\nhome = "http://x.cn/"', r"\[X_Y\] has an id"),
        ("x = 1", "x is no section"),
        ("[x", "can't be read"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "p.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadRegistry, match=says):
        load_portals([file])


def test_an_id_stands_once(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text('[x]\nname = "X"\nhome = "http://x.cn/"', encoding="utf-8")
    with pytest.raises(BadRegistry, match="another registry"):
        load_portals([file, file])


def test_portals_are_found_by_id_and_by_url() -> None:
    assert find_portal("nanjing", KNOWN).name == "南京"
    assert find_portal("http://www.nanjing.gov.cn/index.html", KNOWN) == KNOWN["nanjing"]
    column = find_portal("http://www.nanjing.gov.cn/nb/", KNOWN)
    assert (column.id, column.columns) == ("nanjing", ("http://www.nanjing.gov.cn/nb/",))
    assert find_portal("https://www.x.gov.cn:8080/a", KNOWN) == Portal(
        id="www.x.gov.cn-8080", name="www.x.gov.cn:8080", home="https://www.x.gov.cn:8080/a"
    )


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(UnknownPortal, match=r"'nanjin'; the nearest are: nanjing, nantong"):
        find_portal("nanjin", KNOWN)
    with pytest.raises(UnknownPortal, match="There is no portal 'zzz'"):
        find_portal("zzz", KNOWN)
