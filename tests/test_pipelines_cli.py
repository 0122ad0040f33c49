"""The door `python -m pipelines`: one line an input, in order, whatever is wrong with it."""

import gzip
import json
import os

import pytest
from click.testing import CliRunner

from pipelines.__main__ import main

TEXT = """青川县教育局2023年政府信息公开工作年度报告
一、总体情况
2023年，青川县教育局主动公开信息35条，收到政府信息公开申请2件。
二、主动公开政府信息情况
三、收到和处理政府信息公开申请情况
四、政府信息公开行政复议、行政诉讼情况
五、存在的主要问题及改进情况
六、其他需要报告的事项
无。
"""
KEYS = {
    "schema", "path", "url", "error", "title", "report_year", "report_year_from", "published_on", "agency", "kind", "source_class", "reasons",
    "body", "content_sha256", "text_sha256", "figures_sha256", "sections", "statistics", "prose_figures", "checks", "attachments", "furniture",
}  # fmt: skip


def run(*arguments, stdin=None):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()], result.stderr


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "report.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_report_is_one_line_of_the_contract(report):
    code, (line,), _ = run("read", report, "--url", "http://www.qingchuan.gov.cn/nb/1.html")
    assert code == 0
    assert set(line) == KEYS
    assert (line["schema"], line["path"], line["error"]) == (1, str(report), None)
    assert (line["report_year"], line["report_year_from"], line["agency"]["name"]) == (2023, "title", "青川县教育局")
    assert (line["kind"], line["source_class"]) == ("annual_report", "official")
    assert [section["number"] for section in line["sections"]] == [1, 2, 3, 4, 5, 6]
    assert {figure["id"]: figure["value"] for figure in line["prose_figures"]} == {
        "proactive.items": 35,
        "applications.new_received": 2,
    }
    assert set(line["statistics"]) == {
        "proactive_disclosure",
        "applications",
        "review_litigation",
        "summary_2014",
        "local_2008",
        "others",
    }


def test_reading_twice_gives_the_same_bytes(report):
    assert run("read", report) == run("read", report)


def test_standard_input_and_gzip(report, tmp_path):
    packed = tmp_path / "report.gz"
    packed.write_bytes(gzip.compress(TEXT.encode("gbk")))
    code, lines, _ = run("read", "-", packed, stdin=TEXT.encode())
    assert code == 0
    assert lines[0]["content_sha256"] == lines[1]["content_sha256"]


def test_each_bad_input_has_one_sentence_and_the_others_are_read(report, tmp_path):
    bad = {
        "empty.html": (b"", "empty"),
        "noise.bin": (bytes(range(256)) * 40, "binary"),
        "large.html": (b"<p>" + b"x" * 50_000_000, "limit"),
        "cut.gz": (gzip.compress(TEXT.encode() * 99)[:-9], "truncated"),
        "odd.html": (b'<html><meta charset="klingon">' + bytes(range(128, 256)) * 30, "klingon"),
    }
    for name, (payload, _) in bad.items():
        (tmp_path / name).write_bytes(payload)
    paths = [report, *(tmp_path / name for name in bad), tmp_path / "missing.html", tmp_path, report]
    code, lines, stderr = run("read", *paths)
    assert code == 1
    assert stderr == ""
    assert [line["path"] for line in lines] == [str(path) for path in paths]
    for line, (_, word) in zip(lines[1:], bad.values(), strict=False):
        assert word in line["error"]
        assert "\n" not in line["error"]
        assert set(line) == KEYS
        assert {table for name, table in line["statistics"].items() if name != "others"} == {None}
    assert "no file" in lines[6]["error"]
    assert "folder" in lines[7]["error"]
    assert lines[0] == lines[8]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_said(report):
    report.chmod(0)
    assert "can't be read" in run("read", report)[1][0]["error"]


def test_a_manifest_alone_reads_its_paths_in_order(report, tmp_path):
    other = tmp_path / "b.txt"
    other.write_text(TEXT.partition("\n")[2], encoding="utf-8")
    manifest = tmp_path / "m.jsonl"
    rows = [
        {"path": str(other), "title": "云岭省水利厅2019年政府信息公开工作年度报告", "url": "http://a.gov.cn/1"},
        {"path": str(report)},
    ]
    manifest.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    code, lines, _ = run("read", "--manifest", manifest)
    assert code == 0
    assert [line["path"] for line in lines] == [str(other), str(report)]
    assert (lines[0]["agency"]["name"], lines[0]["agency"]["from"], lines[0]["report_year"]) == (
        "云岭省水利厅",
        "manifest",
        2019,
    )


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[]",
        '{"url": "http://a/"}',
        '{"path": 5}',
        '{"path": "a", "title": 7}',
        '{"path": "a", "fetched_at": "soon"}',
    ],
)
def test_a_broken_manifest_line_is_misuse_and_names_the_line(line, tmp_path):
    manifest = tmp_path / "m.jsonl"
    manifest.write_text('{"path": "x"}\n' + line + "\n", encoding="utf-8")
    code, lines, stderr = run("read", "--manifest", manifest)
    assert (code, lines) == (2, [])
    assert "line 2" in stderr
    assert stderr.count("\n") == 1


def test_misuse(report, tmp_path):
    manifest = tmp_path / "m.jsonl"
    manifest.write_text(json.dumps({"path": "elsewhere.html"}), encoding="utf-8")
    assert run("read", report, "--manifest", manifest)[0] == 2
    assert "elsewhere.html" in run("read", report, "--manifest", manifest)[2]
    assert run("read")[0] == 2
    assert run("read", report, report, "--url", "http://a/")[0] == 2
    assert run("read", "--manifest", tmp_path / "none.jsonl")[0] == 2


def test_a_mistake_of_ours_costs_one_line_and_is_said(report, tmp_path, monkeypatch):
    read = main.commands["read"].callback.__wrapped__.__globals__["read"]
    other = tmp_path / "b.txt"
    other.write_text(TEXT + "毒", encoding="utf-8")
    fails = lambda payload, context: read(payload, context) if payload[-3:] != "毒".encode() else 1 // 0  # noqa: E731
    monkeypatch.setattr("pipelines.__main__.read", fails)
    code, lines, _ = run("read", other, report)
    assert code == 1
    assert "ZeroDivisionError" in lines[0]["error"]
    assert lines[1]["error"] is None


def test_pretty_is_for_people(report):
    result = CliRunner().invoke(main, ["read", str(report), "--pretty"])
    assert json.loads(result.stdout)["report_year"] == 2023
    assert result.stdout.count("\n") > 20


def test_ingest_stores_once_and_says_so(report, tmp_path):
    root = tmp_path / "archive"
    code, (first,), _ = run("ingest", report, "--archive", root)
    assert (code, first["outcome"], first["report_year"]) == (0, "new", 2023)
    code, (second,), _ = run("ingest", report, "--archive", root)
    assert (code, second["outcome"], second["document"]) == (0, "known", first["document"])
    assert len(list((root / "documents").rglob("*.json"))) == 1


def test_ingest_keeps_what_it_can_not_read(report, tmp_path):
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    code, lines, _ = run("ingest", empty, tmp_path / "missing", report, "--archive", tmp_path / "archive")
    assert code == 1
    assert [line["outcome"] for line in lines] == ["unreadable", "missing", "new"]
    assert lines[0]["capture"]


@pytest.mark.corpus
def test_the_seeds_are_read_as_the_client_wants_them(corpus):
    paths = [corpus / "reports" / f"seed{n}" / "source.txt" for n in range(5)]
    code, lines, _ = run("read", *paths)
    assert code == 0
    for line in (lines[0], lines[1], lines[2], lines[4]):
        assert [section["number"] for section in line["sections"]] == [1, 2, 3, 4, 5, 6]
        assert len([name for name, table in line["statistics"].items() if name != "others" and table]) == 3
        assert all(check["verdict"] == "holds" for check in line["checks"] if check["severity"] == "hard")
    assert [line["report_year"] for line in lines] == [2024, 2024, 2023, None, 2025]
    assert {one["text"] for one in lines[4]["furniture"]} == {"日期:2026-01-29", "字号:", "扫一扫在手机打开当前页"}
    essay = lines[3]
    assert (essay["source_class"], essay["body"][-6:]) == ("content_farm", "提供优质高效的服务。"[-6:])
    assert {table for name, table in essay["statistics"].items() if name != "others"} == {None}
    values = [figure["value"] for figure in essay["prose_figures"]]
    assert {109, 87, 98, 179, 79, 12, 564, 498, 8, 13, 10, 22} <= set(values)
    assert values.count(13) == 2
