"""How a list pages on (`PORTALS.md` §9.4). Pure: each resolver gives the next page's URLs, the likeliest first.

Nothing is believed: the spider goes on only while a page brings rows that no page before it had, and tries the next
alternative where the first is missing or brings nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.calls import names_page
from crawler.pages import Page, squeeze
from crawler.urls import identity, join

Resolver = Callable[[Page, int], tuple[str, ...]]

_NEXT_WORDS = frozenset(
    (
        *(
            "下一页",
            "下页",
            "后一页",
            "下一頁",
            "[下一页]",
            "【下一页】",
            "[下页]",
            "下一页>",
            "下一页>>",
            "下一页»",
            "下一页→",
            "后页",
        ),
        *(
            "加载更多",
            "点击加载更多",
            "显示更多",
            "向后",
            "往后",
            "下一批",
            "较旧的文章",
            "更早的文章",
            "更早",
            "olderposts",
            "older",
        ),
        *("next", "next>", "nextpage"),
    )
)
_ARROWS = frozenset((">", "›", "»", ">>", "→"))
_ARROWED = re.compile(r"^[<«‹←\[]+|[>»›→\]]+$")
_CREATE = re.compile(r"createPageHTML\s*\(([^()]*)\)")
_COUNT = re.compile(r"(?:countPage|pageCount|totalPages?|\bpages)\b\s*[=:]\s*['\"]?(\d+)|\.value\s*>\s*(\d+)")
_COUNT_OF_FILES = re.compile(r"parseInt\(\s*['\"](\d+)['\"]\s*\)")
_CURRENT = re.compile(r"(?:currentPage|curPage|currPage)\s*[=:]\s*['\"]?(\d+)")
_SAYS_TOTAL = re.compile(r"共(?:有|计)?(\d+)页|总(?:页数|共)[:：]?(\d+)页?|(?<![\d/-])\d{1,3}/(\d{1,3})(?![\d/-])页?")
_SAYS_ROWS = re.compile(r"共(?:有|计)?(\d+)(?:条|篇|个)(?:记录|信息|文章)?.{0,8}每页(?:显示)?(\d+)条?")
_DYNAMIC = frozenset(("php", "jsp", "jspx", "asp", "aspx", "do", "action"))
_GUESSED = ("page", "pageNo", "p")
_NUMBERED = re.compile(r"^(.*?)_(\d{1,3})\.(s?html?)$", re.IGNORECASE)
_DAYS = frozenset(map(str, range(1, 29)))
_CALENDAR = frozenset(("year", "month", "day", "date", "riqi", "rq", "nian", "yue", "ri", "nf", "nd", "y", "m", "d"))
_PAGED_PATH = re.compile(r"(?:(?<=\w)[_-]|/(?:page|p)?[/_-]?)(\d{1,4})(/?|\.\w+)$", re.IGNORECASE)


def resolve(page: Page, number: int, resolvers: Iterable[Resolver]) -> tuple[str, ...]:
    """Return the alternatives for the page after number `number` (from 1), of the first resolver that has any.

    The page itself is never its own next page. Empty means: the list ends here, as far as can be seen.
    """
    here = identity(page.url)
    for resolver in resolvers:
        found = tuple(dict.fromkeys(url for url in resolver(page, number) if identity(url) != here))
        if found:
            return found
    return ()


def by_anchor(page: Page, number: int) -> tuple[str, ...]:
    """The link that says 下一页, or the next number among the pager's numbers; an arrow or a day of a calendar is no pager."""
    links = [link for link in page.links if link.tag in {"a", "onclick", "option"}]
    said = [link.url for link in links if _says_next(link.text) or _says_next(link.title)]
    said += [link.url for link in links if link.text in _ARROWS and not _turns_calendar(page, link.url)]
    said += [url for href in page.root.xpath("//link[@rel='next']/@href") if (url := join(page.base, str(href)))]
    numbers = {found[1]: link.url for link in links if (found := re.fullmatch(r"\[?第?(\d{1,3})页?\]?", link.text))}
    follows = None if numbers.keys() >= _DAYS else numbers.get(str(number + 1))
    is_pager = follows is not None and urlsplit(follows).netloc == urlsplit(page.url).netloc
    return tuple(said) or ((follows,) if is_pager and follows else ())


def _says_next(text: str) -> bool:
    return text.lower() in _NEXT_WORDS or _ARROWED.sub("", text).lower() in _NEXT_WORDS


def _turns_calendar(page: Page, url: str) -> bool:
    """Say whether an arrow's address differs from the page's by a day, month or year alone."""
    here, there = (set(parse_qsl(urlsplit(one).query)) for one in (page.url, url))
    return any(name.lower() in _CALENDAR for name, _ in there - here)


def by_address(page: Page, number: int) -> tuple[str, ...]:
    """A link, whatever it says, whose address is this list's with the next page's number (`?cat=3&paged=2`, `/nb/page/2`)."""
    stem, at = _unpaged(page.url)
    stems = {identity(page.url).rstrip("/")} | ({stem} if at in {number, number - 1} else set())
    following = number if at == number - 1 else number + 1
    links = ((link.url, *_unpaged(link.url)) for link in page.links if link.tag in {"a", "onclick"})
    return tuple(dict.fromkeys(url for url, stem, at in links if at == following and stem in stems))


def _unpaged(url: str) -> tuple[str, int | None]:
    """Return an address without its page number, and that number; None for an address that has none."""
    parts = urlsplit(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    named = next((pair for pair in pairs if names_page(pair[0]) and pair[1].isdigit()), None)
    if named is not None:
        rest = urlencode([pair for pair in pairs if pair != named])
        return identity(urlunsplit(parts._replace(query=rest))).rstrip("/"), int(named[1])
    found = _PAGED_PATH.search(parts.path)
    stem = parts.path[: found.start()] + (found[2] if found[2] != "/" else "") if found else parts.path.rstrip("/")
    return identity(urlunsplit(parts._replace(path=stem))).rstrip("/"), int(found[1]) if found else None


def by_trs_call(page: Page, number: int) -> tuple[str, ...]:  # noqa: ARG001 - a resolver's signature
    """`createPageHTML(count, current from 0, prefix, ext)`, with or without a total before it (TRS, Beijing).

    The second alternative is the dialect that counts files from 1.
    """
    for arguments in _calls(page):
        numbers, names = _leading_numbers(arguments)
        if len(names) >= 2 and len(numbers) >= 2:
            count, current = (numbers[1], numbers[2]) if len(numbers) >= 3 else (numbers[0], numbers[1])
            return _numbered_files(page, count=count, current=_file_number(page, current), prefix=names[0], ext=names[1])
    return ()


def by_ucap_call(page: Page, number: int) -> tuple[str, ...]:  # noqa: ARG001 - a resolver's signature
    """`createPageHTML('id', count, current from 1, prefix, ext, total)` (UCAP): page n is `prefix_n.ext`; at Suzhou, `prefix.ext?n`."""
    for arguments in _calls(page):
        if len(arguments) >= 5 and _is_quoted(arguments[0]) and arguments[1].isdigit() and arguments[2].isdigit():
            count, current = int(arguments[1]), int(arguments[2])
            prefix, ext = _unquoted(arguments[3]), _unquoted(arguments[4])
            names = (f"{prefix}_{current + 1}.{ext}", f"{prefix}.{ext}?{current + 1}") if current < count else ()
            return tuple(url for name in names for url in _joined(page, name))
    return ()


def by_page_count(page: Page, number: int) -> tuple[str, ...]:
    """`var countPage = N`, written out by script: the files are `index_1 …` beside the page, or numbers as the page itself is one."""
    if (file := re.fullmatch(r"(\d{1,4})\.(s?html?)", urlsplit(page.url).path.rpartition("/")[2])) is not None:
        said_of_files = _COUNT_OF_FILES.search(page.scripts.text)
        is_more = said_of_files is not None and int(file[1]) < int(said_of_files[1])
        return _joined(page, f"{int(file[1]) + 1}.{file[2]}") if is_more else ()
    counts = [int(one or other) for one, other in _COUNT.findall(page.html)]
    if not counts or "index" not in page.html:
        return ()
    said = _CURRENT.search(page.html)
    current = _file_number(page, int(said.group(1)) if said else number - 1)
    return _numbered_files(page, count=counts[0], current=current, prefix="index", ext=_extension(page))


def by_own_query(page: Page, number: int) -> tuple[str, ...]:
    """`by_query` of a page that a person sees; how data goes on, its totals say (`crawler.asking`)."""
    return () if page.is_data or page.asked_by is not None else by_query(page, number)


def by_query(page: Page, number: int) -> tuple[str, ...]:
    """The page's own query has a page parameter: one more, as far as a total is not said to be reached."""
    parts = urlsplit(page.url)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    named = next((name for name, value in pairs if names_page(name) and value.isdigit()), None)
    total = said_total(page)
    if named is None or (total is not None and number >= total):
        return ()
    raised = [(name, str(int(value) + 1) if name == named else value) for name, value in pairs]
    return (urlunsplit(parts._replace(query=urlencode(raised))),)


def by_guess(page: Page, number: int) -> tuple[str, ...]:
    """Usual file names, only where the text says that there are more pages (共N页)."""
    total = said_total(page)
    if total is None or number >= total:
        return ()
    ext = _extension(page)
    stem = _stem(page)
    last = urlsplit(page.url).path.rpartition("/")[2]
    if ext.lower() in _DYNAMIC or (last and "." not in last):
        mark = "&" if urlsplit(page.url).query else "?"
        return tuple(f"{page.url}{mark}{name}={number + 1}" for name in _GUESSED)
    names = (f"{stem}_{number}.{ext}", f"{stem}_{number + 1}.{ext}", f"{number + 1}.{ext}")
    return tuple(url for name in names for url in _joined(page, name))


def said_total(page: Page) -> int | None:
    """Return how many pages the text says there are, None where it says nothing."""
    rows = _SAYS_ROWS.search(page.text)
    if rows is not None and int(rows[2]):
        return -(-int(rows[1]) // int(rows[2]))
    found = _SAYS_TOTAL.search(page.text)
    return int(found.group(1) or found.group(2) or found.group(3)) if found else None


def _calls(page: Page) -> list[list[str]]:
    """Return the arguments of the paging calls, first those whose file prefix is that of the page itself.

    They are looked for in the raw text: they often stand in comments, where the page's own script finds them, too.
    """
    calls = [[squeeze(part) for part in found.split(",")] for found in _CREATE.findall(page.html)]
    calls = [call for call in calls if len(call) >= 4]
    return sorted(calls, key=lambda call: _stem(page) not in map(_unquoted, call))


def _leading_numbers(arguments: list[str]) -> tuple[list[int], list[str]]:
    numbers = []
    for argument in arguments:
        if not argument.isdigit():
            break
        numbers.append(int(argument))
    return numbers, [_unquoted(argument) for argument in arguments[len(numbers) :]]


def _numbered_files(page: Page, *, count: int, current: int, prefix: str, ext: str) -> tuple[str, ...]:
    if current + 1 >= count:
        return ()
    names = [f"{prefix}_{current + 1}.{ext}"]
    names += [f"{prefix}_2.{ext}"] if current == 0 else []
    return tuple(url for name in names for url in _joined(page, name))


def _file_number(page: Page, said: int) -> int:
    """Return the number in the page's own file name, which is more certain than what a copied script says."""
    found = _NUMBERED.match(urlsplit(page.url).path.rpartition("/")[2])
    return int(found.group(2)) if found else said


def _stem(page: Page) -> str:
    name = urlsplit(page.url).path.rpartition("/")[2]
    found = _NUMBERED.match(name)
    return found.group(1) if found else (name.rpartition(".")[0] or "index")


def _extension(page: Page) -> str:
    return urlsplit(page.url).path.rpartition("/")[2].rpartition(".")[2] or "html"


def _joined(page: Page, name: str) -> tuple[str, ...]:
    url = join(page.base, name)
    return (url,) if url else ()


def _is_quoted(argument: str) -> bool:
    return argument[:1] in {"'", '"'}


def _unquoted(argument: str) -> str:
    return argument.strip("'\"")
