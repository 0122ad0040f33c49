"""The layout that the whole project rests on."""

import importlib
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("archive", "crawler", "pipelines")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_comes_from_this_checkout(name):
    """A dependency that one day brings a module of our name must fail here, not in a crawl."""
    assert Path(importlib.import_module(name).__file__).is_relative_to(ROOT)
    assert name not in packages_distributions()


def test_nothing_is_installed():
    """An application, run from its checkout: a build system would put three generic names into somebody's environment."""
    assert "build-system" not in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_locks_name_no_index_and_no_path():
    """A lock is for everybody's machine."""
    for lock in ROOT.glob("requirements*.txt"):
        text = lock.read_text()
        assert "--hash=sha256:" in text
        assert not [line for line in text.splitlines() if "://" in line or "--index" in line or line.startswith("/")]
