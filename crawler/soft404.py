"""What a host answers for an address that can't exist, and whether a page is that answer: the soft 404, and the home in a page's place. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import splitext
from urllib.parse import urlsplit

from archive.shingles import distinct, hash_shingles, Hashes, jaccard, letters, mask_digits
from crawler.pages import Page, squeeze
from crawler.urls import identity

ALIKE = 0.9
"""So much of two pages' shingles, digits masked, must be the same; what is left may be a date, a counter, the day's news."""


@dataclass(frozen=True, slots=True, eq=False)
class Print:
    """What a page is known by: its title and its text, its own name and all digits left out."""

    title: str
    text: str
    words: Hashes


@dataclass(frozen=True, slots=True, eq=False)
class Absent:
    """A host's answer for an address that can't exist. `location` is the identity of where it sent us; `page` is None without a page.

    `is_proved`: the host gave other pages as usual at that time, so it was no block.
    """

    status: int | None
    location: str | None = None
    page: Print | None = None
    is_proved: bool = False


def absent_url(url: str, token: str) -> str:
    """Return an address in a page's folder, with its ending, that can't exist; `token` is random.

    >>> absent_url("http://a.gov.cn/nb/12.html?id=3", "4f6a")
    'http://a.gov.cn/nb/4f6a.html'
    """
    parts = urlsplit(url)
    folder, _, name = parts.path.rpartition("/")
    return f"{parts.scheme}://{parts.netloc}{folder}/{token}{splitext(name)[1]}"


def print_of(page: Page) -> Print:
    """Return a page's print; error pages that repeat the address asked for have the same at every address."""
    name = splitext(urlsplit(page.url).path.rpartition("/")[2])[0]
    text = page.text.replace(name, "") if len(name) > 3 else page.text
    title = re.sub(r"\d+", "", page.title.replace(name, "") if len(name) > 3 else page.title)
    return Print(title, text, distinct(hash_shingles(mask_digits(letters(text)))))


def alike(one: Print, other: Print) -> bool:
    """Say whether two pages have the same title and almost the same words."""
    return one.title == other.title and jaccard(one.words, other.words) >= ALIKE


def is_absent(page: Page, absent: Absent, *, title: str | None) -> bool:
    """Say whether a page is its host's answer for what is not there. One that shows the `title` of the link to it is none.

    A page shows a title only if the host's answer for nothing does not show it as well (as the news on a home page would).
    """
    if absent.location is not None:
        return identity(page.url) == absent.location
    if absent.page is None or absent.status != 200:
        return False
    named = squeeze(title or "")
    if named and named in page.text and named not in absent.page.text:
        return False
    return alike(print_of(page), absent.page)
