"""What all commands do about a mistake in what was typed: one sentence on stderr, and exit status 2."""

from __future__ import annotations

import argparse
import logging
import math
import sys
from functools import partial
from typing import Any, NoReturn

from scrapy.exceptions import UsageError
from scrapy.settings import BaseSettings

from crawler import settings as ours


def one_sentence(parser: argparse.ArgumentParser, command: str) -> None:
    """Make a parser end with one sentence where argparse would print its usage first."""
    parser.error = partial(_end, command)  # type: ignore[method-assign]


def _end(command: str, says: str) -> NoReturn:
    print(f"{command}: {says}", file=sys.stderr)
    raise SystemExit(2)


def refuse_unknown_options(args: list[str], command: str) -> None:
    """Raise UsageError for an option that Scrapy's parser has passed over and left among the arguments."""
    unknown = next((arg for arg in args if arg.startswith("-")), None)
    if unknown is not None:
        raise UsageError(f"there is no option {unknown!r}; see: python -m scrapy {command} --help")


def refuse_wrong_settings(settings: BaseSettings) -> None:
    """Raise UsageError with the first setting of ours that is no number or no truth value, or less than it can be."""
    problem = next(filter(None, (_problem(name, default, settings[name]) for name, default in vars(ours).items())), None)
    if problem is not None:
        raise UsageError(problem)
    if str(settings["LOG_LEVEL"]).upper() not in logging.getLevelNamesMapping():
        raise UsageError(f"LOG_LEVEL takes DEBUG, INFO, WARNING, ERROR or CRITICAL, not {settings['LOG_LEVEL']!r}")


def _problem(name: str, default: Any, value: Any) -> str | None:
    if not name.isupper():
        return None
    if isinstance(default, bool):
        return None if str(value).lower() in {"0", "1", "true", "false"} else f"{name} takes 0 or 1, not {value!r}"
    if not isinstance(default, int | float):
        return None
    least = 1 if name.startswith("CONCURRENT") else 0
    return None if _number(value) >= least else f"{name} takes a number from {least} on, not {value!r}"


def _number(value: Any) -> float:
    """Return a setting's number; -1, which no setting takes, for what is none or is endless."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return -1.0
    return number if math.isfinite(number) else -1.0
