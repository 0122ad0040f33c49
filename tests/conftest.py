"""Fixtures for all tests: the smallest real thing, never a mock."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real reports and pages, or skip: a fresh clone has none."""
    folder = Path(__file__).parents[2] / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip("the corpus of real reports is not on this machine")
    return folder
