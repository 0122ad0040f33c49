"""Fixtures for all tests: the smallest real thing, never a mock."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is slow, not wrong: no test asserts a time.
settings.register_profile("gongkai", deadline=None)
settings.load_profile("gongkai")


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real reports and pages, or skip: a fresh clone has none."""
    folder = Path(__file__).parents[2] / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip("the corpus of real reports is not on this machine")
    return folder
