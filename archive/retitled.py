"""Whether two documents at one address are one report under another name or year, or two reports one after the other."""

from __future__ import annotations

from archive.codec import Json, report_from_json
from archive.compared_text import compared_text, numbers_of, words_of
from archive.similarity import explain, ONE_TEXT

SAME_WORDING = 0.80
SAME_NUMBERS = 0.90


def same_report(old: Json, new: Json) -> bool:
    """Say whether the newer document is the older report under another agency or year (their JSON; the order does not matter).

    Next year's report over last year's address has another year and other numbers; a misprint that was put right has the
    same numbers, or, where it has none but zeros, the same day and every word. Where agency or year is not known on one side, half of the wording decides.
    """
    before, after = (report_from_json({**each, "attachments": []}) for each in (old, new))
    likeness = explain(before, after)
    equal = likeness.numbers_equal >= SAME_NUMBERS * likeness.numbers_compared
    if before.report_year and after.report_year and before.report_year != after.report_year:
        return equal and likeness.masked >= SAME_WORDING and (likeness.numbers_compared > 0 or _one_paper(old, new))
    if before.agency and after.agency and before.agency.name != after.agency.name:
        return equal and likeness.masked >= SAME_WORDING
    return likeness.masked >= ONE_TEXT


def _one_paper(old: Json, new: Json) -> bool:
    """Whether two documents were published on one day, and say the same but for their years."""
    texts = compared_text(old, new), compared_text(new, old)
    words = words_of(old, texts[0], new), words_of(new, texts[1], old)
    numbers = [numbers_of(text, year=each["report_year"]) for each, text in zip((old, new), texts, strict=True)]
    plain = [numbers_of(text) for text in texts]
    is_one_day = old["published_on"] is not None and old["published_on"] == new["published_on"]
    return is_one_day and words[0] == words[1] and (plain[0] == plain[1] or numbers[0] == numbers[1])
