"""`python -m archive notify | digest`: told once, told in the end, and no word of an address anywhere."""

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from archive_makers import Clock, exchange, report
from click.testing import CliRunner
from hypothesis import given, HealthCheck, settings
from hypothesis import strategies as st

from archive import outbox
from archive.cli import main
from archive.feeds import Feed
from archive.message import messages
from archive.model import Finding
from archive.news import Wanted
from archive.rebuild import rebuild
from archive.store import Archive
from archive.targets import target_id, target_of, targets_of
from archive.verify import verify

SECRET = "s3cret-path"


class Hook(BaseHTTPRequestHandler):
    """Takes what it is sent, and answers as its server's `mode` says."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.mode == "slow":
            time.sleep(0.6)
        elif self.server.mode == 200:
            self.server.got.append(body)
            self.server.keys.append(self.headers["Idempotency-Key"])
        if self.server.mode == "odd":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n no header at all\r\nContent-Length: 0\r\n\r\n")
            return
        self.send_response(self.server.mode if self.server.mode != "slow" else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    """Return a webhook on loopback: `got` is what it took, `url` its address with a secret in it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    server.got, server.keys, server.mode = [], [], 200
    server.url = f"json://127.0.0.1:{server.server_port}/{SECRET}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def visit(root, value, *, seconds, body=None, agency="青川县教育局", url="http://www.a.gov.test/a.html"):
    """Record a look at a report that says this number."""
    archive = Archive.open(root, clock=Clock(step=0.01))
    with archive.start_run("crawl", portal="qingchuan") as run:
        capture = run.record(exchange(f"{value}{agency}".encode(), url=url, seconds=seconds))
        run.store(capture, report(value, agency=agency, body=body or f"收到{value}件。"), reader_version="1")
    archive.close()


@pytest.fixture
def root(tmp_path):
    """Return an archive of one report with two versions, and of another."""
    root = tmp_path / "data"
    visit(root, 3, seconds=0)
    visit(root, 4, seconds=90)
    visit(root, 3, seconds=95, agency="民政部", url="http://b.gov.test/x.html")
    return root


def run(root, *arguments):
    """Return the result of a command, in which no address may stand."""
    result = CliRunner().invoke(main, [arguments[0], "--archive", str(root), *map(str, arguments[1:])])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert SECRET not in result.output
    return result


def journals(root):
    """Return all journal lines as one text."""
    return "".join(path.read_text() for path in sorted((root / "journal").rglob("*.jsonl")))


def test_a_webhook_is_told_once_with_the_stored_difference(root, hook):
    """The second time there is nothing to say, and no run; the journal knows the target by its hash alone."""
    first = run(root, "notify", "--to", hook.url, "--verdict", "figures")
    assert (first.exit_code, first.stderr) == (0, f"json {target_id(None, hook.url)[:12]}: 1 changes in 1 messages\n")
    (got,) = hook.got
    assert got["title"].startswith("青川县教育局 2024 数据改动")
    assert "applications.new_received.natural_person: 3 → 4" in got["message"]
    before = journals(root)
    assert run(root, "notify", "--to", hook.url, "--verdict", "figures").exit_code == 0
    assert (len(hook.got), journals(root)) == (1, before)
    assert '"event":"notification_sent"' in before
    assert SECRET not in before
    assert "青川" not in next(line for line in before.splitlines() if "notification_sent" in line)


def test_what_was_told_survives_a_rebuild_and_is_verified(root, hook):
    """The catalog is made anew from the journal; a changed letter of the event is found."""
    run(root, "notify", "--to", hook.url)
    assert len(hook.got) == 1
    assert list(verify(root)) == []
    rebuild(root)
    run(root, "notify", "--to", hook.url)
    assert len(hook.got) == 1
    path = next(path for path in (root / "journal").rglob("*-notify-*.jsonl"))
    path.write_bytes(path.read_bytes().replace(b'"service":"json"', b'"service":"jsom"'))
    assert [fault for fault in verify(root) if path.name in fault.path]


@pytest.mark.parametrize(
    ("mode", "why"), [(500, "it answered 500"), (302, "it answered 302"), ("slow", "in time"), ("down", "can't be reached")]
)
def test_a_target_that_fails_loses_nothing(root, hook, mode, why):
    """One sentence, exit status 1, the others are told; and told in full once it is well again."""
    broken = hook.url + ("?rto=0.2" if mode == "slow" else "")
    if mode == "down":
        broken = f"json://127.0.0.1:1/{SECRET}"
    hook.mode = mode if mode != "down" else 200
    failed = run(root, "notify", "--to", broken)
    assert failed.exit_code == 1
    assert failed.stderr.count("\n") == 1
    assert "was not told of 3 changes, which wait for the next time: " in failed.stderr
    assert why in failed.stderr
    assert "notification_sent" not in journals(root)
    assert hook.got == []
    hook.mode = 200
    if mode != "down":
        assert run(root, "notify", "--to", broken).exit_code == 0
        assert len(hook.got) == 1
    else:
        assert run(root, "notify", "--to", broken, "--to", hook.url).exit_code == 1
        assert len(hook.got) == 1


def test_a_kill_after_sending_repeats_one_message_under_its_key(root, hook):
    """SIGKILL between the sending and the journal line: the next time that message comes again with its key, and no other."""
    code = (
        "import os, sys, signal\nfrom archive import targets, outbox\nfrom archive.cli import main\n"
        "targets._limit = lambda *_: 300\nreal, sent = outbox.send, []\n"
        "def send(*a):\n    real(*a); sent.append(a)\n    len(sent) == 2 and os.kill(os.getpid(), signal.SIGKILL)\n"
        "outbox.send = send\nmain(sys.argv[1:])"
    )
    command = [sys.executable, "-c", code, "notify", "--archive", str(root), "--to", hook.url]
    killed = subprocess.run(command, check=False, capture_output=True, env={**os.environ, "PYTHONPATH": "."})
    assert killed.returncode == -signal.SIGKILL
    told = [each["message"] for each in hook.got]
    assert len(told) == 2
    visit(root, 7, seconds=99)
    rebuild(root)
    run(root, "notify", "--to", hook.url)
    assert (hook.keys[2], hook.got[2]["message"].split("\n")[0]) == (hook.keys[1], told[1].split("\n")[0])
    assert len({*hook.keys}) == len(hook.got) - 1 == 3
    assert told[0] not in hook.got[3]["message"]
    assert run(root, "notify", "--to", hook.url).stderr.endswith(": 0 changes in 0 messages\n")
    assert list(verify(root)) == []


@given(answers=st.lists(st.booleans(), max_size=8))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_fails_each_is_told_once_and_in_order(tmp_path_factory, answers):
    """Property: any story of answers, with a new change in between, ends in every change told exactly once, oldest first."""
    root = tmp_path_factory.mktemp("archive")
    left, heard = list(answers), []

    def answer(_, message):
        if left and not left.pop(0):
            return "down"
        heard.extend(message.changes)
        return None

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "send", answer)
        patch.setattr("archive.message.AT_MOST", 1)
        target = target_of("test", "ops", "json://127.0.0.1:1/")
        for visited in range(3):
            visit(root, visited, seconds=100 * visited)
            _tell(root, target)
        while any(each.failure for each in _tell(root, target)):
            pass
    archive = Archive.open(root)
    wanted = [row["id"] for row in archive.catalog.rows("SELECT id FROM changes ORDER BY seen_at, id")]
    archive.close()
    assert heard == wanted
    assert len(wanted) >= 3


def _tell(root, target):
    archive = Archive.open(root)
    try:
        return outbox.tell(archive, Feed(title="", wanted=Wanted()), [target])
    finally:
        archive.close()


@pytest.mark.parametrize(
    ("options", "count"),
    [
        (["--agency", "民政"], 1),
        (["--region", "99"], 0),
        (["--since", "2026-11-23T00:01:22"], 1),
        (["--verdict", "restored"], 0),
    ],
)
def test_a_dry_run_shows_what_is_asked_for_and_sends_nothing(root, hook, options, count):
    """Filtered like feeds."""
    shown = run(root, "notify", "--to", hook.url, "--dry-run", *options)
    assert (shown.exit_code, shown.stdout.count("To: ")) == (0, count)
    assert (hook.got, "notification_sent" in journals(root)) == ([], False)


def test_targets_from_a_file_keep_their_name(root, hook, tmp_path):
    """A named target may get a new address and is told nothing twice; the same target given twice counts once."""
    file = tmp_path / "targets"
    file.write_text(f"# who is told\n\nops {hook.url}\nops {hook.url}\n")
    assert run(root, "notify", "--targets", file).stderr.startswith("ops: ")
    file.write_text(f"ops {hook.url}/new\n")
    assert run(root, "notify", "--targets", file).exit_code == 0
    assert len(hook.got) == 1


@pytest.mark.parametrize("line", [f"nonsense://{SECRET}", f"ops {SECRET}", f"json://:{SECRET}:99999999/"])
def test_a_bad_address_is_misuse_and_not_repeated(root, tmp_path, line, caplog):
    """The line's number is named; its text is not, neither in the sentence nor in a log."""
    file = tmp_path / "targets"
    file.write_text(f"# x\n{line}\n")
    failed = run(root, "notify", "--targets", file)
    assert failed.exit_code == 2
    assert "line 2" in failed.stderr
    assert SECRET not in caplog.text
    assert run(root, "notify").exit_code == 2
    assert run(root, "notify", "--targets", tmp_path / "none").exit_code == 2


def test_a_line_says_what_its_target_wants(root, hook, tmp_path):
    """In the place of what the command asks for; what can't be asked for is misuse."""
    file = tmp_path / "targets"
    file.write_text(
        f"ops verdict=figures,withdrawn agency=教育 region=99 {hook.url}\nwatch since=2026 agency=民政 {hook.url}\n"
    )
    assert run(root, "notify", "--targets", file, "--verdict", "first_seen").exit_code == 0
    assert [each["title"].split("：")[0] for each in hook.got] == ["民政部 2024 新发布"]
    file.write_text(f"since=2026-11-22T23:59Z {hook.url}")
    assert targets_of((), file)[0].filters == {"since": "2026-11-22T23:59"}, "as times in the catalog begin"
    for line in (f"ops {SECRET}=1 {hook.url}", f"ops since=soon {hook.url}", f"ops verdict=news {hook.url}"):
        file.write_text(line)
        assert run(root, "notify", "--targets", file).exit_code == 2


def test_no_library_lets_the_address_out(root, hook, capfd):
    """What answers nonsense makes urllib3 warn with the whole address: not on our standard error."""
    hook.mode = "odd"
    run(root, "notify", "--to", hook.url)
    assert SECRET not in "".join(capfd.readouterr())


def test_a_thousand_changes_are_one_readable_message():
    """Each verdict counted, what is gone and what differs first, what has no room counted; all of them told."""
    rows = [_row(number, 10) | {"verdict": "first_seen", "seen_at": "2026-01-02T00"} for number in range(1000)]
    rows[700] |= {"verdict": "withdrawn", "agency": "甲局"}
    for limit, is_html in ((32768, False), (32768, True), (2000, False)):
        (message,) = messages(rows, limit=limit, is_html=is_html)
        assert message.changes == tuple(row["id"] for row in rows)
        assert len(message.body) <= limit
        assert "撤下 1 · 新发布 999" in message.body[:40]
        assert message.body.index("甲局 2024 撤下") < message.body.index("局 2024 新发布")
        left = 1000 - message.body.count("2024 ")
        assert (f"(+{left}: python -m archive changes --since 2026-01-02)" in message.body) == (left > 0)


def test_a_new_target_is_not_told_a_long_past_unasked(root, hook, monkeypatch):
    """It must be said from when on."""
    monkeypatch.setattr(outbox, "FIRST_AT_MOST", 2)
    assert "--since" in run(root, "notify", "--to", hook.url).stderr
    assert hook.got == []
    assert run(root, "notify", "--to", hook.url, "--since", "2026").exit_code == 0
    assert run(root, "notify", "--to", hook.url).exit_code == 0
    assert len(hook.got) == 1


def test_an_optional_target_is_none(root, hook):
    """An address that calls itself optional would have apprise take failure for success."""
    hook.mode = 500
    assert run(root, "notify", "--to", f"{hook.url}?optional=yes").exit_code == 1


class Mail(socketserver.StreamRequestHandler):
    """Just enough SMTP to take one message."""

    def handle(self):
        self.wfile.write(b"220 hi\r\n")
        for line in self.rfile:
            if line.strip().upper() == b"DATA":
                self.wfile.write(b"354 go\r\n")
                lines = iter(self.rfile.readline, b".\r\n")
                self.server.got.append(b"".join(lines))
            self.wfile.write(b"250 ok\r\n")
            if line.upper().startswith(b"QUIT"):
                return


def test_mail_has_the_difference_as_html(root):
    """A mailbox gets marks that a mail reader shows."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        server.got = []
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        url = f"mailto://127.0.0.1:{server.server_address[1]}?from=a@a.test&to={SECRET}@b.test&mode=insecure"
        result = run(root, "notify", "--to", url, "--verdict", "figures")
        server.shutdown()
    assert result.exit_code == 0, result.stderr
    (got,) = server.got
    message = message_from_bytes(got, policy=policy.default)
    html = message.get_body(("html",)).get_content()
    assert "<del>3</del> → <ins>4</ins>" in html
    assert "数据改动" in message["Subject"]


@given(sizes=st.lists(st.integers(0, 900), max_size=20), limit=st.integers(600, 3000), is_html=st.booleans())
@settings(max_examples=40, deadline=None)
def test_every_change_is_in_a_message_and_none_is_too_long(sizes, limit, is_html):
    """Property: differences that have no room are counted, changes never left out."""
    rows = [_row(number, size) for number, size in enumerate(sizes)]
    made = list(messages(rows, limit=limit, is_html=is_html))
    assert [change for message in made for change in message.changes] == [row["id"] for row in rows]
    assert all(len(message.body) <= limit for message in made)
    said = "".join(message.body for message in made)
    assert said.count("(+1: ") == sum("x" * size not in said for size in sizes)


def _row(number, size):
    evidence = {"texts": [{"old": "", "new": "x" * size}]}
    names = {"agency": "局", "report_year": 2024, "verdict": "wording", "says": "words", "url": "http://a.test/"}
    proof = {"old_capture": "a", "new_capture": "b", "since": "2026", "seen_at": "2027"}
    return {"id": str(number), "evidence": evidence, **names, **proof}


def test_a_digest_tells_the_morning_what_happened(root):
    """Each section with its number; what was before is left out; foreign markup stays text."""
    archive = Archive.open(root)
    with archive.start_run("crawl") as crawl:
        crawl.note(Finding(kind="blocked:waf", says="a <b>challenge</b>", url="http://c.gov.test/"))
        crawl.note(Finding(kind="unreadable", says="a page could not be read", url="http://d.gov.test/"))
    archive.close()
    found = json.loads(run(root, "digest", "--since", "2026-11-22", "--json").stdout)
    assert [row["agency"] for row in found["new"]] == ["民政部", "青川县教育局"]
    assert found["changed"][0]["verdict"] == "figures"
    assert [row["kind"] for row in found["blocked"]] == ["blocked:waf"]
    assert "unreadable" in [row["kind"] for row in found["findings"]]
    assert found["checks"]
    assert len(found["runs"]) == 4
    text = run(root, "digest", "--since", "2026-11-22").stdout
    assert "New 新发布: 2\n" in text
    assert "Withdrawn 撤下: 0\n" in text
    html = run(root, "digest", "--since", "2026-11-22", "--html").stdout
    assert '<a href="http://www.a.gov.test/a.html">' in html
    assert "<b>" not in html
    later = json.loads(run(root, "digest", "--since", "2099", "--json").stdout)
    assert not any(later[name] for name in ("new", "changed", "blocked", "checks", "runs"))
