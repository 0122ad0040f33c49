"""Reads the little of JavaScript that says where to go: literals, joined strings, and functions that set a location.

Nothing is run. What is not understood is None, or the mark `UNKNOWN` within a string; a caller that needs it gives up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

UNKNOWN = "\0"
"""Stands in a joined string for a part whose value is not known."""
MOST_SCRIPT = 400_000
_PAIRS = {"(": ")", "[": "]", "{": "}"}
_SPACE = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:\s*\.\s*[A-Za-z_$][\w$]*)*")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\r?\n|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0"}
_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}
_DECLARED = re.compile(r"(?:^|[;{}\s,(])(?:(?:var|let|const)\s+)?((?:window\.|this\.)?[A-Za-z_$][\w$]*)\s*=(?![=>])")
_FUNCTION = re.compile(
    r"function\s+([\w$]+)\s*\(([^()]*)\)\s*\{|(?:var|let|const)?\s*([\w$]+)\s*[=:]\s*function\s*\(([^()]*)\)\s*\{"
)
_GOES = re.compile(
    r"(?:location(?:\s*\.\s*href)?|this\s*\.\s*href)\s*=(?!=)|location\s*\.\s*(?:replace|assign)\s*\(|(?:window\s*\.\s*|\b)open\s*\("
)
_CALL = re.compile(r"(?<![\w.$])([A-Za-z_$][\w$]*)\s*\(")
_STARTS = re.compile(r"(?:=|\(|:|,|return)\s*([\[{])")


class NotRead(ValueError):
    """A piece of script that is beyond this reader."""


@dataclass(frozen=True, slots=True)
class Function:
    """A named function of a page's script: its parameters and its body."""

    parameters: tuple[str, ...]
    body: str


class Reader:
    """Reads expressions from a position of a script; `known` are variables by name."""

    def __init__(self, text: str, known: Mapping[str, Any], at: int = 0) -> None:
        self.text, self.known, self.at = text, known, at

    def peek(self) -> str:
        """Return the next character that is neither space nor comment, empty at the end; it is not taken."""
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def expression(self) -> Any:
        """Return the value of the next expression, None where it is not known; raises NotRead where it never ends."""
        value = self._primary()
        while self.peek() == "+" and self.text[self.at + 1 : self.at + 2] not in {"+", "="}:
            self.at += 1
            value = _joined(value, self._primary())
        if self.peek() not in {"", ",", ";", ")", "]", "}", ":"} and not self._ends_line():
            self._skip()
            return None
        return value

    def arguments(self, closing: str = ")") -> list[Any]:
        """Return the values up to the closing bracket, whose opening one was taken."""
        values: list[Any] = []
        while self.peek() != closing:
            if not self.peek():
                raise NotRead("no end")
            values.append(self.expression())
            self._comma(closing)
        self.at += 1
        return values

    def _ends_line(self) -> bool:
        """Say whether the expression ended with its line, as where no semicolon is written."""
        before = self.text[: self.at].rstrip(" \t")
        return before.endswith("\n") and bool(re.match(r"[A-Za-z_$}]", self.text[self.at : self.at + 1]))

    def _comma(self, closing: str) -> None:
        if self.peek() == ",":
            self.at += 1
        elif self.peek() != closing:
            raise NotRead("neither comma nor end")

    def _primary(self) -> Any:
        match self.peek():
            case "'" | '"' | "`" as mark:
                return self._string(mark)
            case "[":
                self.at += 1
                return self.arguments("]")
            case "{":
                self.at += 1
                return self._members()
            case "(":
                return self._group()
        number = _NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            return float(number[0]) if "." in number[0] else int(number[0])
        return self._named()

    def _group(self) -> Any:
        self.at += 1
        inner = self.arguments()
        return inner[0] if len(inner) == 1 else None

    def _string(self, mark: str) -> str:
        end = self.at + 1
        while end < len(self.text) and self.text[end] != mark:
            end += 2 if self.text[end] == "\\" else 1
        if end >= len(self.text):
            raise NotRead("a string without end")
        raw, self.at = self.text[self.at + 1 : end], end + 1
        text = _ESCAPE.sub(_unescaped, raw)
        return re.sub(r"\$\{([^{}]*)\}", self._filled, text) if mark == "`" else text

    def _filled(self, found: re.Match[str]) -> str:
        try:
            value = Reader(found[1], self.known).expression()
        except NotRead:
            value = None
        return UNKNOWN if value is None else str(value)

    def _members(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while self.peek() != "}":
            key = self._key()
            if self.peek() == ":":
                self.at += 1
                members[key] = self.expression()
            elif self.peek() in {",", "}"}:
                members[key] = self.known.get(key)
            else:
                raise NotRead("no member")
            self._comma("}")
        self.at += 1
        return members

    def _key(self) -> str:
        if self.peek() in {"'", '"'}:
            return self._string(self.peek())
        found = re.compile(r"[\w$]+").match(self.text, self.at)
        if found is None:
            raise NotRead("no key")
        self.at = found.end()
        return found[0]

    def _named(self) -> Any:
        found = _NAME.match(self.text, self.at)
        if found is None:
            if not self.peek():
                raise NotRead("no expression")
            self._skip()
            return None
        self.at = found.end()
        name = re.sub(r"\s", "", found[0])
        if name == "function":
            self._skip()
            return None
        if name == "new":
            return self._primary()
        return self._called(name) if self.peek() == "(" else _CONSTANTS.get(name, _known(self.known, name))

    def _called(self, name: str) -> Any:
        self.at += 1
        values = self.arguments()
        first = values[0] if values else None
        match name.rpartition(".")[2]:
            case "stringify":
                return json.dumps(first, ensure_ascii=False)
            case "encodeURIComponent" | "encodeURI":
                return quote(str(first)) if first is not None else None
            case "escape":
                return escape(str(first)) if first is not None else None
            case "String" | "parseInt" | "Number" | "unescape" | "decodeURIComponent":
                return first
            case "URLSearchParams" | "param":
                return urlencode(first) if isinstance(first, dict) else first
            case "parse" if isinstance(first, str):
                return from_json(first)
        return None

    def _skip(self) -> None:
        """Go past an expression that is not understood, to the delimiter that ends it."""
        while (here := self.peek()) not in {"", ",", ";", ")", "]", "}"}:
            if here in _PAIRS:
                self.at = balanced(self.text, self.at)
            elif here in {"'", '"', "`"}:
                self._string(here)
            else:
                self.at += 1


def _joined(left: Any, right: Any) -> Any:
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left + right
    if left is None and right is None:
        return None
    return "".join(UNKNOWN if part is None else str(part) for part in (left, right))


def _known(known: Mapping[str, Any], name: str) -> Any:
    """Return the value of a variable, or of a member of one (`state.pageNo`); None for what is not known."""
    name = name.removeprefix("window.")
    if name in known or "." not in name:
        return known.get(name)
    first, _, rest = name.partition(".")
    inner = known.get(first)
    return _known(inner, rest) if isinstance(inner, dict) else None


def _unescaped(found: re.Match[str]) -> str:
    what = found[1]
    if what[0] in "ux" and len(what) > 1:
        return chr(int(what[1:], 16))
    return "" if what.strip() == "" and "\n" in what else _PLAIN.get(what, what)


def escape(text: str) -> str:
    """Return a text as JavaScript's `escape()` writes it: `%uXXXX` beyond Latin-1."""
    return "".join(quote(char) if ord(char) < 128 else f"%u{ord(char):04X}" for char in text)


def balanced(text: str, at: int) -> int:
    """Return the position after the bracket that closes the one at `at`; strings are skipped. Raises NotRead without one."""
    depth, reader = 0, Reader(text, {}, at)
    while reader.at < len(text):
        here = text[reader.at]
        if here in {"'", '"', "`"}:
            reader._string(here)  # noqa: SLF001 - its own
            continue
        depth += (here in _PAIRS) - (here in _PAIRS.values())
        reader.at += 1
        if depth == 0:
            return reader.at
    raise NotRead("a bracket without end")


def from_json(text: str) -> Any:
    """Return the value of a JSON text, None for what is none."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def value_at(script: str, at: int, known: Mapping[str, Any]) -> Any:
    """Return the value of the expression at a position, None where it is not understood."""
    try:
        return Reader(script, known, at).expression()
    except (NotRead, RecursionError):
        return None


def variables(script: str) -> dict[str, Any]:
    """Return the variables that a script sets to something that can be read, by name; the last one set counts."""
    known: dict[str, Any] = {}
    for found in _DECLARED.finditer(script[:MOST_SCRIPT]):
        value = value_at(script, found.end(), known)
        if value is not None and not (isinstance(value, str) and UNKNOWN in value):
            known[found[1].removeprefix("window.")] = value
    return known


def functions(script: str) -> dict[str, Function]:
    """Return the named functions of a script."""
    named: dict[str, Function] = {}
    for found in _FUNCTION.finditer(script[:MOST_SCRIPT]):
        name, parameters = (found[1], found[2]) if found[1] else (found[3], found[4])
        try:
            end = balanced(script, found.end() - 1)
        except NotRead:
            continue
        named[name] = Function(tuple(part.strip() for part in parameters.split(",")), script[found.end() : end - 1])
    return named


def literals(script: str) -> Iterator[Any]:
    """Yield the objects and arrays that stand in a script, the outermost that can be read."""
    at = 0
    while (found := _STARTS.search(script, at, MOST_SCRIPT)) is not None:
        reader = Reader(script, {}, found.start(1))
        try:
            yield reader._primary()  # noqa: SLF001 - its own
            at = reader.at
        except (NotRead, RecursionError):
            at = found.end()


def goes_to(code: str, defined: Mapping[str, Function], known: Mapping[str, Any], depth: int = 2) -> tuple[str, ...]:
    """Return the addresses that a piece of script sets as location or opens, through the page's own functions, too."""
    direct = [value_at(code, found.end(), known) for found in _GOES.finditer(code)]
    found = [value for value in direct if isinstance(value, str) and value and UNKNOWN not in value]
    if found or not depth:
        return tuple(found)
    urls: list[str] = []
    for function, given in invoked(code, defined, known):
        inner = {**known, **given}
        urls += goes_to(function.body, defined, {**inner, **_locals(function.body, inner)}, depth - 1)
    return tuple(urls)


def invoked(code: str, defined: Mapping[str, Function], known: Mapping[str, Any]) -> Iterator[tuple[Function, dict[str, Any]]]:
    """Yield each function of the page that a piece of script calls, with the values of its parameters."""
    for call in _CALL.finditer(code):
        function = defined.get(call[1])
        if function is not None:
            try:
                values = Reader(code, known, call.end()).arguments()
            except (NotRead, RecursionError):
                continue
            yield function, dict(zip(function.parameters, values, strict=False))


def arguments_of(code: str, name: str) -> Iterator[list[Any]]:
    """Yield the arguments of each call of a function by its name in a piece of script."""
    for call in re.finditer(rf"(?<![\w.$]){re.escape(name)}\s*\(", code):
        try:
            yield Reader(code, {}, call.end()).arguments()
        except (NotRead, RecursionError):
            continue


def _locals(body: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that a function's body sets, given its parameters."""
    mine: dict[str, Any] = {}
    for found in re.finditer(r"(?:var|let|const)\s+([\w$]+)\s*=(?!=)", body):
        mine[found[1]] = value_at(body, found.end(), {**known, **mine})
    return mine
