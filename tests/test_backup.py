"""Back-up and restore as docs/operations.md says; the deployment's files name what is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from configparser import RawConfigParser
from pathlib import Path

import pytest
from archive_makers import fill
from crawling import environment, ROOT

from archive.store import Archive
from archive.verify import verify

PARTS = ("archive.json", "journal", "captures", "documents", "seals")


def test_a_restored_back_up_is_the_archive(tmp_path: Path) -> None:
    """Without catalog, frontier and locks; the catalog comes anew, and everything verifies."""
    root, copy = tmp_path / "data", tmp_path / "copy"
    fill(Archive.open(root))
    copy.mkdir()
    for name in PARTS:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name)
        elif (root / name).exists():
            shutil.copy(root / name, copy / name)
    command = [sys.executable, "-m", "archive", "rebuild", "--archive", str(copy)]
    done = subprocess.run(command, cwd=ROOT, env=environment(None), capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    first, second = Archive.open(root), Archive.open(copy)
    for table in ("captures", "reports", "versions", "runs"):
        assert list(second.catalog.rows(f"SELECT * FROM {table}")) == list(first.catalog.rows(f"SELECT * FROM {table}"))
    assert list(verify(copy)) == []


@pytest.mark.parametrize("unit", sorted((ROOT / "deploy" / "systemd").iterdir()), ids=lambda path: path.name)
def test_units_are_well_formed_and_call_what_is_there(unit: Path) -> None:
    parsed = RawConfigParser(strict=False)
    parsed.optionxform = str
    parsed.read_string(unit.read_text(encoding="utf-8"))
    assert parsed.get("Unit", "Description")
    for door in re.findall(r"ExecStart=\S+ -m (.+)", unit.read_text(encoding="utf-8")):
        command = [sys.executable, "-m", *re.split(r" -s | --due| -a ", door)[0].split()[:2], "--help"]
        done = subprocess.run(
            command, cwd=ROOT, env=environment(None), capture_output=True, text=True, timeout=300, check=False
        )
        assert done.returncode == 0, done.stderr
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd-analyze")
@pytest.mark.parametrize("unit", sorted((ROOT / "deploy" / "systemd").iterdir()), ids=lambda path: path.name)
def test_systemd_takes_the_units(unit: Path, tmp_path: Path) -> None:
    """As `systemd-analyze verify` judges them, with the program where it is here."""
    for each in unit.parent.iterdir():
        text = each.read_text(encoding="utf-8").replace("/opt/gongkai/.venv/bin/python", sys.executable)
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    name = unit.name.replace("@.", "@baoding.")
    command = ["systemd-analyze", "verify", "--man=no", name]
    there = {**environment(None), "SYSTEMD_UNIT_PATH": f"{tmp_path}:"}
    done = subprocess.run(command, env=there, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "gongkai" in line]) == (0, [])


def test_the_image_copies_what_the_program_needs() -> None:
    copied = set(re.findall(r"^COPY (\S+)", (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"archive", "pipelines", "crawler", "scrapy.cfg", "requirements.txt"} == copied
    assert all((ROOT / name).exists() for name in copied)
