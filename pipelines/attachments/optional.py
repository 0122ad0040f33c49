"""What is read only where an optional library is installed (the extra `ocr`), asked without loading any of it."""

from __future__ import annotations

import importlib.util

MISSING = "the pages are pictures, and reading them needs the optional extra: pip install rapidocr onnxruntime"


def can_recognise() -> bool:
    """Tell whether the optional recogniser is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))
