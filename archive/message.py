"""What a target is told: changes brought to messages, with the difference that the catalog stored. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from archive.codec import Json
from archive.comparison import word_marks
from archive.feeds import differences_html, headline, is_web, proof, WORDS
from archive.news import VERDICTS

AT_MOST = 20
"""So many changes stand in one message with their differences. Where more wait at once, one message lists and counts them all."""

_LONGEST_URL = 500
_MARKS = {" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}
_LATE = ("first_seen", "redesigned", "page_only")
ORDER = ("withdrawn", "restored", *(each for each in VERDICTS if each not in ("withdrawn", "restored", *_LATE)), *_LATE)
"""The verdicts as a person wants to read of them: what is gone and what differs before what is new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: title, body (text, or HTML where that was asked for), and the ids of the changes that it tells.

    `key` is the same each time that the message is sent; None before it was sent first.
    """

    title: str
    body: str
    changes: tuple[str, ...]
    key: str | None = None


def messages(rows: Sequence[Json], *, limit: int, is_html: bool) -> Iterator[Message]:
    """Yield the messages that tell these changes in this order, each body of at most `limit` characters.

    Of a change that is longer, differences are left out and counted. Of more than `AT_MOST` changes one message tells: a line for
    each, what matters most first, and how many have no room.
    """
    if len(rows) > AT_MOST:
        yield message_of(rows, limit=limit, is_html=is_html)
        return
    batch: list[Json] = []
    size = 0
    for row in rows:
        length = len(_entry(row, limit, is_html=is_html)) + 2
        if batch and size + length - 2 > limit:
            yield message_of(batch, limit=limit, is_html=is_html)
            batch, size = [], 0
        batch.append(row)
        size += length
    if batch:
        yield message_of(batch, limit=limit, is_html=is_html)


def message_of(batch: Sequence[Json], *, limit: int, is_html: bool) -> Message:
    """Return the one message that tells all of these changes, at least one, in at most `limit` characters."""
    title = headline(batch[0]) if len(batch) == 1 else f"政府信息公开年报变动：{len(batch)}"
    whole = "\n\n".join(_entry(row, limit, is_html=is_html) for row in batch) if len(batch) <= AT_MOST else None
    body = _listed(batch, limit, is_html=is_html) if whole is None or len(whole) > limit else whole
    return Message(title=title, body=body, changes=tuple(row["id"] for row in batch))


def _listed(rows: Sequence[Json], limit: int, *, is_html: bool) -> str:
    """A line for each change under its verdict, as far as there is room: verdicts in the order of `ORDER`."""
    found = Counter(row["verdict"] for row in rows)
    counts = " · ".join(f"{WORDS[verdict]} {found[verdict]}" for verdict in ORDER if found[verdict])
    more = "(+{}: python -m archive changes --since " + min(row["seen_at"] for row in rows)[:10] + ")"
    block, line = (_block_html, _line_html) if is_html else (_block_text, _line_text)
    parts, left = [block(counts)], len(rows)
    room = limit - len(parts[0]) - len(block(more)) - 10
    for row in sorted(rows, key=lambda row: ORDER.index(row["verdict"])):
        said = line(row)
        if len(said) + 1 <= room:
            parts.append(said)
            room -= len(said) + 1
            left -= 1
    return "\n".join((*parts, *([block(more.format(left))] if left else ())))[:limit]


def _line_text(row: Json) -> str:
    return f"- {headline(row)}\n  {_url(row)}"


def _line_html(row: Json) -> str:
    return f"<p>{escape(headline(row))}<br>{_link(row)}</p>"


def _link(row: Json) -> str:
    url = escape(_url(row))
    return f'<a href="{url}">{url}</a>' if is_web(row["url"]) else url


def _block_text(text: str) -> str:
    return f"{text}\n"


def _block_html(text: str) -> str:
    return f"<p><b>{escape(text)}</b></p>"


def _entry(row: Json, limit: int, *, is_html: bool) -> str:
    if is_html:
        return _fitted(_head_html(row), list(differences_html(row["evidence"])), _small(proof(row)), limit)
    return _fitted(_head(row), list(differences_text(row["evidence"])), proof(row), limit)[:limit]


def _fitted(head: str, differences: Sequence[str], tail: str, limit: int) -> str:
    whole = "\n".join((head, *differences, tail))
    if len(whole) <= limit:
        return whole
    more = "(+{}: python -m archive changes, diff)"
    room = limit - len(head) - len(tail) - len(more) - 10
    kept = []
    for each in differences:
        if len(each) + 1 <= room:
            kept.append(each)
            room -= len(each) + 1
    return "\n".join((head, *kept, more.format(len(differences) - len(kept)), tail))


def _url(row: Json) -> str:
    return row["url"] if len(row["url"]) <= _LONGEST_URL else f"{row['url'][:_LONGEST_URL]}…"


def _head(row: Json) -> str:
    return f"{headline(row)}\n{_url(row)}"


def _head_html(row: Json) -> str:
    return f"<h3>{escape(headline(row))}</h3>\n<p>{_link(row)}</p>"


def _small(text: str) -> str:
    return f"<p><small>{escape(text)}</small></p>"


def differences_text(evidence: Json) -> Iterator[str]:
    """Yield a line for each cell, passage (`[-out-]{+in+}`) and attachment that differs."""
    for cell in evidence.get("cells", ()):
        yield f"{cell['table']}.{cell['cell']}: {cell['old_raw'] or '(blank)'} → {cell['new_raw'] or '(blank)'}"
    for text in evidence.get("texts", ()):
        yield "".join(_MARKS[mark].format(part) for mark, part in word_marks(text["old"], text["new"]))
    for each in evidence.get("attachments", ()):
        yield f"{each['name']}: {each['old'] or '—'} → {each['new'] or '—'}"
