"""What a page was asked for: the query of its address as checked values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from archive.errors import Misuse


@dataclass(frozen=True, slots=True)
class Query:
    """The parameters of an address, each once, blanks left out."""

    values: Mapping[str, str]

    @classmethod
    def of(cls, text: str) -> Query:
        """Return the query of the part behind an address's question mark; of a parameter that stands there twice the last."""
        return cls({name: value.strip() for name, value in parse_qsl(text, max_num_fields=50) if value.strip()})

    def text(self, name: str) -> str | None:
        """Return a parameter, None where it was not given."""
        return self.values.get(name)

    def needed(self, name: str) -> str:
        """Return a parameter that must be there. Raises Misuse."""
        if name not in self.values:
            raise Misuse(f"this page needs the parameter {name!r}")
        return self.values[name]

    def number(self, name: str, *, least: int = 0, most: int = 9999) -> int | None:
        """Return a whole number, None where it was not given. Raises Misuse for what is none, or out of bounds."""
        text = self.values.get(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and least <= int(text) <= most):
            raise Misuse(f"{name}={text[:40]!r} is no number from {least} to {most}")
        return int(text)

    def one_of(self, name: str, values: Iterable[str]) -> str | None:
        """Return one of some values, None where it was not given. Raises Misuse for another."""
        text = self.values.get(name)
        if text is not None and text not in (known := tuple(values)):
            raise Misuse(f"{name}={text[:40]!r} is none of {', '.join(known)}")
        return text

    def digits(self, name: str) -> str:
        """Return the beginning of a division code, “” where it was not given. Raises Misuse."""
        text = self.values.get(name, "")
        if text and not (text.isascii() and text.isdigit() and len(text) <= 6):
            raise Misuse(f"{name}={text[:40]!r} is no division code or its beginning: 51, 5108, 510822")
        return text

    def having(self, **changes: object) -> str:
        """Return the query as text with some parameters replaced; None takes one out."""
        found = {**self.values, **{name: str(value) for name, value in changes.items() if value is not None}}
        return urlencode({name: value for name, value in found.items() if not (name in changes and changes[name] is None)})
