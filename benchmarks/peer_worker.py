"""The peers, each in its usual use, in a process and an environment of their own (see `benchmarks/peers.py`).

Reads lines of JSON `{"tool", "path"}`, writes lines `{"ms", "text", "html", "tables", "error"}`: processor time of one call, and
what it kept: plain text, or HTML, or rows of tables. Imports nothing of ours: it runs where only the peers are installed.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

Kept = dict[str, Any]


def by_trafilatura(page: str) -> Kept:
    from trafilatura import extract

    return {"text": extract(page)}


def by_readability(page: str) -> Kept:
    from readability import Document

    return {"html": Document(page).summary()}


def by_newspaper(page: str) -> Kept:
    from newspaper import Article

    article = Article("http://bench.gov.test/1.html", language="zh")
    article.download(input_html=page)
    article.parse()
    return {"text": article.text}


def by_gne(page: str) -> Kept:
    from gne import GeneralNewsExtractor

    return {"text": GeneralNewsExtractor().extract(page)["content"]}


def by_resiliparse(page: str) -> Kept:
    from resiliparse.extract.html2text import extract_plain_text

    return {"text": extract_plain_text(page, main_content=True)}


def by_pandas(page: str) -> Kept:
    import pandas as pd

    tables = pd.read_html(io.StringIO(page), flavor="lxml", header=None, converters=None, keep_default_na=False)
    rows = [[[str(cell) for cell in row] for row in table.astype(str).to_numpy().tolist()] for table in tables]
    heads = [[[str(cell) for cell in table.columns]] for table in tables]
    return {"tables": [head + body for head, body in zip(heads, rows, strict=True)]}


TOOLS: dict[str, Callable[[str], Kept]] = {
    "trafilatura": by_trafilatura,
    "readability-lxml": by_readability,
    "newspaper4k": by_newspaper,
    "gne": by_gne,
    "resiliparse": by_resiliparse,
    "pandas.read_html": by_pandas,
}


def answer(tool: str, page: str) -> Kept:
    """Return one call's milliseconds of processor time and what it kept; a tool's own exception is its answer."""
    start = time.process_time()
    try:
        kept = TOOLS[tool](page)
    except Exception as problem:  # noqa: BLE001 - whatever a peer raises is its result
        kept = {"error": f"{type(problem).__name__}: {problem}"[:120]}
    return {"ms": (time.process_time() - start) * 1000, **kept}


def main() -> None:
    """Answer line by line until the input ends."""
    warnings.simplefilter("ignore")
    logging.disable()
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(answer(asked["tool"], Path(asked["path"]).read_text("utf-8"))), file=answers, flush=True)


if __name__ == "__main__":
    main()
