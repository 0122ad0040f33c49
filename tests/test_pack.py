"""A WACZ of an archive: what is in it, that its hashes and index are right, and that others read it (soak)."""

import gzip
import hashlib
import io
import json
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from time import sleep

import pytest
from archive_makers import Clock, exchange, fill, report
from click.testing import CliRunner
from warcio.archiveiterator import ArchiveIterator

from archive.cli import main
from archive.errors import NotInArchive
from archive.model import Drawing
from archive.pack import pack, Selection
from archive.store import Archive

PAGE = "http://www.a.gov.test/a.html"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """Return an archive with two portals' crawls."""
    root = tmp_path_factory.mktemp("archive")
    fill(Archive.open(root, clock=Clock(step=0.01)))
    with Archive.open(root).start_run("crawl", portal="other") as run:
        page = run.record(exchange("<p>年报</p>".encode(), url="http://other.gov.test/年报.html", seconds=86400))
        run.store(page, report(agency="平武县林业局"), reader_version="1")
    archive = Archive.open(root)
    yield archive
    archive.close()


def captures_in(path):
    """Return the ids and types of the records in a WACZ, read by warcio."""
    with zipfile.ZipFile(path) as wacz:
        names = [name for name in wacz.namelist() if name.startswith("archive/")]
        raws = [wacz.read(name) for name in names]
    records = (record for raw in raws for record in ArchiveIterator(io.BytesIO(raw), check_digests="raise"))
    return {
        record.rec_headers["WARC-Record-ID"].strip("<>"): record.rec_type
        for record in records
        if record.content_stream().read() is not None
    }


def test_everything_is_in_it_and_hashes_are_right(archive, tmp_path):
    """By the spec's own words: data package, its digest, stored WARC, sorted index, pages."""
    packed = pack(archive, tmp_path / "all.wacz", Selection())
    rows = [row["id"] for row in archive.catalog.rows("SELECT id FROM captures")]
    assert packed.captures == len(rows)
    assert set(rows) <= set(captures_in(tmp_path / "all.wacz"))
    assert [path.name for path in tmp_path.iterdir()] == ["all.wacz"]
    with zipfile.ZipFile(tmp_path / "all.wacz") as wacz:
        package = json.loads(wacz.read("datapackage.json"))
        digest = json.loads(wacz.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{hashlib.sha256(wacz.read('datapackage.json')).hexdigest()}"
        for each in package["resources"]:
            raw = wacz.read(each["path"])
            assert (each["bytes"], each["hash"]) == (len(raw), f"sha256:{hashlib.sha256(raw).hexdigest()}")
        assert {info.compress_type for info in wacz.infolist() if info.filename.endswith(".gz")} == {zipfile.ZIP_STORED}
        assert all(info.extra for info in wacz.infolist()), "without, ReplayWeb.page reads each entry 20 bytes too early"
        pages = [json.loads(line) for line in wacz.read("pages/pages.jsonl").splitlines()]
    assert pages[0]["format"] == "json-pages-1.0"
    assert {page["url"] for page in pages[1:]} >= {PAGE, "http://other.gov.test/%E5%B9%B4%E6%8A%A5.html"}


def test_the_index_leads_to_every_record(archive, tmp_path):
    """Each line's file, offset and length give the record of its URL; the second level leads to each block."""
    pack(archive, tmp_path / "all.wacz", Selection(), max_size=2000)
    with zipfile.ZipFile(tmp_path / "all.wacz") as wacz:
        raw = wacz.read("indexes/index.cdx.gz")
        blocks = [json.loads(line.split(b" ", 2)[2]) for line in wacz.read("indexes/index.idx").splitlines()[1:]]
        lines = gzip.decompress(raw).splitlines()
        assert b"".join(gzip.decompress(raw[b["offset"] : b["offset"] + b["length"]]) for b in blocks).splitlines() == lines
        assert lines == sorted(lines)
        found = 0
        for line in lines:
            at = json.loads(line.split(b" ", 2)[2])
            member = wacz.read(f"archive/{at['filename']}")[int(at["offset"]) :][: int(at["length"])]
            (record,) = ArchiveIterator(io.BytesIO(member))
            assert record.rec_headers["WARC-Target-URI"] == at["url"]
            found += 1
        assert len([name for name in wacz.namelist() if name.endswith(".warc.gz")]) > 1
    assert found == 5


def test_a_selection_and_what_it_needs(archive, tmp_path):
    """By portal, agency and time; a revisit brings its original along."""
    out = tmp_path / "some.wacz"
    assert pack(archive, out, Selection(portal="other")).captures == 1
    assert pack(archive, out, Selection(agency="林业")).pages == 1
    assert pack(archive, out, Selection(year=2024)).pages == 4
    (revisit,) = archive.catalog.rows("SELECT * FROM captures WHERE record_type = 'revisit'")
    assert pack(archive, out, Selection(since=revisit["fetched_at"], until=revisit["fetched_at"])).captures == 2
    assert {revisit["id"], revisit["revisit_of"]} <= set(captures_in(out))
    before = out.read_bytes()
    with pytest.raises(NotInArchive):
        pack(archive, out, Selection(portal="nobody"))
    assert out.read_bytes() == before


def test_a_page_taken_down_is_not_brought_along_by_its_drawing(tmp_path):
    """What a drawing refers to is packed with it, unless it is hidden."""
    archive = Archive.open(tmp_path / "data", clock=Clock(step=0.01))
    with archive.start_run("crawl") as run:
        shell = run.record(exchange(b"<div id=app></div>"))
        drawn = run.record_drawing(
            Drawing(of=shell.id, url=shell.url, payload=b"<p>1</p>", drawn_at=shell.fetched_at, software="a browser")
        )
    assert pack(archive, tmp_path / "a.wacz", Selection()).captures == 2
    archive.take_down(shell.id, "asked")
    assert pack(archive, tmp_path / "a.wacz", Selection()).captures == 1
    assert drawn.id in captures_in(tmp_path / "a.wacz")
    assert shell.id not in captures_in(tmp_path / "a.wacz")
    archive.close()


def test_the_command_says_what_it_wrote(archive, tmp_path):
    """And a place that can't be written is misuse."""
    result = CliRunner().invoke(main, ["pack", "--archive", str(archive.root), "-o", str(tmp_path / "a.wacz")])
    assert result.exit_code == 0
    assert "6 captures" in result.stderr
    result = CliRunner().invoke(main, ["pack", "--archive", str(archive.root), "-o", str(tmp_path / "no" / "a.wacz")])
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def environment(tmp_path, package):
    """Return the folder of programs of a fresh environment with a package (GPL or not: never a dependency of ours)."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    done = subprocess.run([tmp_path / "venv/bin/pip", "install", "-q", package], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"{package} can't be installed here: {done.stderr[-200:]!r}")
    return tmp_path / "venv" / "bin"


@pytest.mark.soak
def test_the_specs_validator_finds_it_valid(archive, tmp_path):
    """py-wacz, by the authors of the spec."""
    pack(archive, tmp_path / "all.wacz", Selection())
    wacz = environment(tmp_path, "wacz") / "wacz"
    done = subprocess.run([wacz, "validate", "-f", tmp_path / "all.wacz"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "invalid" not in done.stdout.lower()


@pytest.mark.soak
def test_pywb_replays_a_page(archive, tmp_path):
    """From the archive's own WARC and CDXJ as they lie, and a revisit from its original."""
    bin_ = environment(tmp_path, "pywb")
    (revisit,) = archive.catalog.rows("SELECT * FROM captures WHERE record_type = 'revisit'")
    files = sorted(archive.root.glob("captures/*/*/*/*.warc.gz"))
    subprocess.run([bin_ / "wb-manager", "init", "gongkai"], cwd=tmp_path, check=True, capture_output=True)
    subprocess.run([bin_ / "wb-manager", "add", "gongkai", *files], cwd=tmp_path, check=True, capture_output=True)
    server = subprocess.Popen([bin_ / "wayback", "-p", "18943", "-b", "127.0.0.1"], cwd=tmp_path, stderr=subprocess.DEVNULL)
    try:
        stamp = revisit["fetched_at"][:19].translate(str.maketrans("", "", "-:T"))
        assert b"x" * 300 in replayed(f"http://127.0.0.1:18943/gongkai/{stamp}id_/{PAGE}")
    finally:
        server.terminate()
        server.wait()


def replayed(url):
    """Return what a server that is starting answers."""
    for _ in range(100):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read()
        except urllib.error.HTTPError:
            raise
        except OSError:
            sleep(0.2)
    return b""
