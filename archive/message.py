"""What a target is told: changes brought to messages, with the difference that the catalog stored. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from archive.codec import Json
from archive.comparison import word_marks
from archive.feeds import differences_html, headline, proof

AT_MOST = 20
"""So many changes stand in one message: what a kill may repeat stays small."""

_LONGEST_URL = 500
_MARKS = {" ": "{}", "-": "[-{}-]", "+": "{{+{}+}}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: title, body (text, or HTML where that was asked for), and the ids of the changes that it tells."""

    title: str
    body: str
    changes: tuple[str, ...]


def messages(rows: Iterable[Json], *, limit: int, is_html: bool) -> Iterator[Message]:
    """Yield the messages that tell these changes in this order, each body of at most `limit` characters.

    Of a change that is longer, differences are left out and counted; the change itself never is.
    """
    batch: list[tuple[Json, str]] = []
    for row in rows:
        entry = _entry(row, limit, is_html=is_html)
        if batch and (len(batch) == AT_MOST or sum(len(each) + 2 for _, each in batch) + len(entry) > limit):
            yield _message(batch)
            batch = []
        batch.append((row, entry))
    if batch:
        yield _message(batch)


def _message(batch: Sequence[tuple[Json, str]]) -> Message:
    first = batch[0][0]
    title = headline(first) if len(batch) == 1 else f"政府信息公开年报变动：{len(batch)}"
    return Message(title=title, body="\n\n".join(entry for _, entry in batch), changes=tuple(row["id"] for row, _ in batch))


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
    url = escape(_url(row))
    return f'<h3>{escape(headline(row))}</h3>\n<p><a href="{url}">{url}</a></p>'


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
