"""Time-stamps of sealed days: asked for once, kept in the journal, proved by openssl without us."""

import shutil
import subprocess
import threading
from contextlib import closing
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from archive_makers import Clock, fill
from click.testing import CliRunner

from archive.cli import main
from archive.rebuild import rebuild
from archive.seal import seal
from archive.store import Archive
from archive.verify import verify

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to be the authority")

CONFIG = """
[ req ]
distinguished_name = name
x509_extensions = stamps
prompt = no
[ name ]
CN = An authority of our own
[ stamps ]
extendedKeyUsage = critical,timeStamping
[ tsa ]
default_tsa = of_ours
[ of_ours ]
serial = serial
signer_cert = tsa.pem
signer_key = key.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
"""


def openssl(folder, *arguments, **options):
    """Run openssl in a folder."""
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=False, **options)


class Authority(BaseHTTPRequestHandler):
    """Answers as its server's `mode` says: stamps, stamps the question before, refuses, or talks nonsense."""

    def do_POST(self):
        server, question = self.server, self.rfile.read(int(self.headers["Content-Length"]))
        server.asked.append(question)
        if server.mode == "other":
            question = server.asked[0]
        (server.folder / "q").write_bytes(question)
        reply = openssl(server.folder, "ts", "-reply", "-config", "conf", "-queryfile", "q").stdout
        answers = {"refuses": bytes.fromhex("30053003020102"), "nonsense": b"<html>busy</html>", "cut": reply[:40]}
        self.send_response(503 if server.mode == "busy" else 200)
        self.end_headers()
        self.wfile.write(answers.get(server.mode, reply))

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Return a time-stamping authority on loopback with its own certificate `tsa.pem`."""
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "conf").write_text(CONFIG)
    made = openssl(
        folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "tsa.pem", "-config", "conf"
    )
    assert made.returncode == 0, made.stderr
    server = HTTPServer(("127.0.0.1", 0), Authority)
    server.folder, server.asked, server.mode = folder, [], "stamps"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def root(tmp_path, authority):
    """Return a sealed archive; the authority is well."""
    authority.asked, authority.mode = [], "stamps"
    with closing(fill(Archive.open(tmp_path / "data", clock=Clock(step=0.01)))) as archive:
        assert seal(archive, date(2026, 11, 23))
    return tmp_path / "data"


def stamped(root, *arguments):
    """Run the command over an archive."""
    return CliRunner().invoke(main, ["timestamp", "--archive", str(root), *map(str, arguments)])


def address(authority):
    """Return where the authority is."""
    return f"http://127.0.0.1:{authority.server_port}/tsr"


def test_a_sealed_day_is_stamped_once_and_openssl_proves_it(root, authority, tmp_path):
    """Over the manifest's file as it lies there; the journal keeps the answer, through a rebuild."""
    first = stamped(root, "--url", address(authority))
    (manifest,) = root.glob("seals/*/*/*/*.json")
    assert (first.exit_code, first.stdout.split()) == (0, ["2026-11-22", manifest.relative_to(root).as_posix(), "127.0.0.1"])
    assert stamped(root, "--url", address(authority)).stdout == ""
    assert len(authority.asked) == 1
    assert [str(fault) for fault in verify(root)] == []
    rebuild(root)
    assert stamped(root, "--write", tmp_path / "out").exit_code == 0
    (token,) = (tmp_path / "out").iterdir()
    proof = ("ts", "-verify", "-in", token, "-CAfile", "tsa.pem", "-data")
    assert openssl(authority.folder, *proof, manifest).returncode == 0
    assert openssl(authority.folder, *proof, root / "archive.json").returncode != 0


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("refuses", "status 2"),
        ("nonsense", "no TimeStampResp"),
        ("cut", "no TimeStampResp"),
        ("busy", "503"),
        ("other", "another question"),
    ],
)
def test_an_authority_that_does_not_stamp_is_one_sentence_and_asked_again(root, authority, mode, says):
    """Nothing but a token of this very question is kept."""
    authority.mode, authority.asked = mode, [openssl(authority.folder, "ts", "-query", "-sha256", "-data", "conf").stdout]
    failed = stamped(root, "--url", address(authority))
    assert (failed.exit_code, failed.stderr.count("\n"), says in failed.stderr) == (1, 1, True)
    authority.mode = "stamps"
    assert stamped(root, "--url", address(authority)).stdout.count("\n") == 1
    assert [str(fault) for fault in verify(root)] == []


def test_what_can_not_be_asked_or_stamped(root, authority):
    """No address, nobody there, nothing wanted, a manifest that is not what was sealed."""
    for url in ("ftp://a.test/", "http://[/", "http://a.test/é"):
        assert stamped(root, "--url", url).exit_code == 2
    assert stamped(root).exit_code == 2
    assert "can't be asked" in stamped(root, "--url", "http://127.0.0.1:1/").stderr
    (manifest,) = root.glob("seals/*/*/*/*.json")
    manifest.write_bytes(manifest.read_bytes() + b" ")
    assert "differs from its hash" in stamped(root, "--url", address(authority)).stderr
    assert authority.asked == []
