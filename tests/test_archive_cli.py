"""`python -m archive` as people and programs use it."""

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from archive_makers import Clock, fill
from click.testing import CliRunner

from archive.cli import main
from archive.exports import FORMATS
from archive.store import Archive
from archive.zeros import proved_zeros

URL = "http://www.a.gov.test/a.html"
LISTINGS = ("list", "versions", "runs", "findings")
KEYS = (
    *("url", "title", "report_year", "agency", "kind", "published_on", "fetched_at"),
    *("content_sha256", "statistics", "checks", "capture"),
)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Return the folder of a small archive."""
    root = tmp_path_factory.mktemp("archive")
    fill(Archive.open(root, clock=Clock())).close()
    return root


def run(root, *arguments):
    """Return the result of a command over an archive."""
    return CliRunner().invoke(main, [arguments[0], "--archive", str(root), *arguments[1:]])


def test_records_as_json_have_the_promised_keys(root):
    """The scorer and everybody's scripts read these."""
    records = json.loads(run(root, "list", "--json").stdout)
    assert len(records) == 2
    for record in records:
        assert set(KEYS) <= set(record)
    (found,) = json.loads(run(root, "list", "--json", "--agency", "教育局", "--year", "2024", "--portal", "qingchuan").stdout)
    assert found["agency"]["name"] == "青川县教育局"
    assert found["statistics"]["applications"]["cells"]["new_received.business_enterprise"]["value"] is None
    assert found["attachments"][0]["url"] == "http://www.a.gov.test/a.pdf"
    assert json.loads(run(root, "list", "--json", "--kind", "notice").stdout) == []
    assert json.loads(run(root, "list", "--json", "--source-class", "mirror").stdout) == []


@pytest.mark.parametrize("name", LISTINGS)
def test_every_listing_has_every_shape(root, name):
    """One decorator, so that nobody has to look up which listing can do what."""
    as_json = json.loads(run(root, name, "--json").stdout)
    lines = [json.loads(line) for line in run(root, name, "--nl").stdout.splitlines()]
    rows = list(csv.DictReader(io.StringIO(run(root, name, "--csv").stdout)))
    plain = run(root, name).stdout.splitlines()
    assert as_json
    assert lines == as_json
    assert len(rows) == len(as_json) == len(plain) - 1
    assert plain[0].split("\t") == list(rows[0])


@pytest.mark.parametrize(
    "asked",
    [("list", "--json", "--csv"), ("runs", "--nl", "--json"), ("show", "x", "--csv", "--nl"), ("digest", "--json", "--html")],
)
def test_two_shapes_at_once_are_refused(root, asked):
    done = run(root, *asked)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "exclude each other" in done.stderr


@pytest.mark.parametrize("name", [URL, "青川县教育局|2024"])
def test_show_knows_a_report_by_its_names(root, name):
    """By URL and by what it is; and by document and capture that the answer names."""
    shown = json.loads(run(root, "show", name, "--json").stdout)
    assert shown["body"] == "一、总体情况"
    assert shown["furniture"] == [{"rule": "scan-to-open", "text": "扫一扫"}]
    for other in (shown["document"], shown["document"][:12], shown["capture"]):
        assert json.loads(run(root, "show", other, "--json").stdout) == shown


def test_show_gives_a_capture_back(root):
    """Headers as JSON, the body as it is; of several captures the one of a time."""
    assert run(root, "show", URL, "--payload").stdout_bytes == b"<html>" + b"x" * 300
    last = json.loads(run(root, "show", URL, "--capture").stdout)
    first = json.loads(run(root, "show", URL, "--at", "2026-11-22T23:59:52").stdout)
    assert ["Content-Type", "text/html"] in last["headers"]
    assert last["revisit_of"] == first["id"]
    assert run(root, "show", URL, "--at", "2020").exit_code == 2
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    assert run(root, "show", URL, "--wire").stdout_bytes == head + b"<html>" + b"x" * 300, "a revisit's body is its original's"
    for refused in ((URL, "--wire", "--payload"), ("http://gone.gov.test/", "--wire"), ("http://a.test/年报", "--wire")):
        assert run(root, "show", *refused).exit_code == 2


def test_mistakes_get_one_sentence(root, tmp_path):
    """And the exit status that says whose mistake it was; nothing is made."""
    for name in (*LISTINGS, "verify", "rebuild", "export"):
        result = run(tmp_path / "none", name)
        assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, ""), name
    assert not (tmp_path / "none").exists()
    result = run(root, "show", "nobody")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "'nobody'" in result.stderr
    assert run(root, "list", "--year", "soon").exit_code == 2
    assert run(root, "export", "-o", str(tmp_path / "no" / "file")).exit_code == 2


def test_verify_and_rebuild_tell_by_their_status(root):
    """0 is whole, 1 is not; a rebuilt catalog is whole."""
    assert run(root, "verify").exit_code == 0
    assert run(root, "rebuild").exit_code == 0
    (document, *_) = root.glob("documents/*/*/*/*/*.json")
    raw = document.read_bytes()
    document.write_bytes(raw.replace(b"2024", b"2025"))
    result = run(root, "verify")
    as_json = run(root, "verify", "--json")
    listed = run(root, "list", "--json")
    document.write_bytes(raw)
    assert (result.exit_code, as_json.exit_code) == (1, 1)
    assert document.name in result.stdout
    assert any(document.name in fault["path"] for fault in json.loads(as_json.stdout))
    assert listed.exit_code == 1
    assert len(json.loads(listed.stdout)) == 1
    assert "left out" in listed.stderr
    assert run(root, "verify").exit_code == 0


def test_a_person_sees_a_report_with_its_blanks(root):
    """A portrait names agency and year, shows a blank as such, and says what fails; programs take the other shapes."""
    name = "青川县教育局|2024"
    shown = run(root, "show", name).stdout
    assert shown.startswith("青川县教育局 2024\n")
    assert "new_received " in shown
    assert "     ·" in shown
    rows = list(csv.DictReader(io.StringIO(run(root, "show", name, "--csv").stdout)))
    assert {row["cell"]: row["value"] for row in rows}["new_received.business_enterprise"] == ""
    assert json.loads(run(root, "show", name, "--nl").stdout)["report_year"] == 2024
    (rebuilt,) = json.loads(run(root, "rebuild", "--json").stdout)
    assert rebuilt["journal_lines"] > 0


def test_exports(root, tmp_path):
    """A report a line, a report a row, a cell a row; to stdout or a file alike."""
    assert set(FORMATS) == {path.stem.replace("_", "-") for path in Path("archive/exports").glob("[a-z]*.py")} - {
        "csv-reports"
    } | {"csv"}
    for name in FORMATS:
        assert run(root, "export", "--format", name, "-o", str(tmp_path / name)).exit_code == 0
    reports = [json.loads(line) for line in (tmp_path / "jsonl").read_text(encoding="utf-8").splitlines()]
    rows, cells = (
        list(csv.DictReader(io.StringIO((tmp_path / name).read_text(encoding="utf-8")))) for name in ("csv", "csv-cells")
    )
    assert len(reports) == len(rows) == 2
    assert rows[-1]["applications"] == "2021 partial"
    assert {(cell["value"], cell["kind"]) for cell in cells} == {("3", "number"), ("", "blank"), ("12.50", "number")}
    assert all(cell["capture"].startswith("urn:uuid:") and cell["zero_by_identity"] == "0" for cell in cells)


def test_the_door_says_nothing_when_the_pipe_is_closed(root):
    """`| head` is no error of anybody's, and its talk is no traceback."""
    command = f"{sys.executable} -m archive list --nl --archive {root} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    environment = {"ARCHIVE_ROOT": str(root), "PATH": ""}
    done = subprocess.run([sys.executable, "-m", "archive", "runs", "--nl"], capture_output=True, check=True, env=environment)
    assert json.loads(done.stdout)["portal"] == "qingchuan"


def table(**values):
    """Return a review table of 2021 as JSON, every cell a printed number or (None) a blank."""
    kinds = {None: "blank", 0: "zero"}
    cells = {name: {"value": value, "kind": kinds.get(value, "number"), "reading": "printed"} for name, value in values.items()}
    return {"form": "2021", "cells": cells}


def test_zeros_are_proved_by_totals_only():
    """A blank is a zero where the printed total leaves no room, and nowhere else."""
    names = ("recon_upheld", "recon_corrected", "recon_other", "recon_pending", "recon_total")
    assert proved_zeros("review_litigation", table(**dict(zip(names, (2, None, None, 1, 3), strict=True)))) == {
        names[1],
        names[2],
    }
    assert proved_zeros("review_litigation", table(**dict(zip(names, (2, None, None, 1, 4), strict=True)))) == set()
    assert proved_zeros("review_litigation", table(**dict(zip(names, (2, None, None, 1, None), strict=True)))) == set()
    assert proved_zeros("review_litigation", table(**dict(zip(names, (None, None, None, None, 0), strict=True)))) == set(
        names[:4]
    )
    assert proved_zeros("review_litigation", table(**dict(zip(names, (0, 0, 0, 0, None), strict=True)))) == set()
    assert proved_zeros("review_litigation", table(recon_upheld=2)) == set()
