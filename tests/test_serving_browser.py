"""The pages in a real browser: nothing runs or loads that should not, a keyboard is enough, and a telephone is wide enough."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from archive_makers import Clock, report
from crawling import ROOT
from test_serving import HOSTILE, visit, WHO

from archive.store import Archive

sync_api = pytest.importorskip("playwright.sync_api", reason="not the extra `browser`")
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
ID = quote(f"{WHO}|2024")
PAGES = (
    "",
    "reports",
    "changes",
    "coverage?region=510822",
    f"report?id={ID}",
    "search?q=x1",
    "alike?id=" + ID,
    f"capture?id={ID}",
)


@contextmanager
def served(root):
    """Serve an archive; give its address."""
    command = [sys.executable, "-m", "archive", "serve", "--archive", str(root), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env={**os.environ, "no_proxy": "*"}) as process:
        try:
            yield process.stderr.readline().strip()
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    root = tmp_path_factory.mktemp("shown")
    archive = Archive.open(root, clock=Clock(step=0.01))
    told = report(title=HOSTILE, body=f"一、总体情况\n{HOSTILE}\n" + "很长的地址" * 99)
    visit(archive, HOSTILE, told, seconds=0, url=f"http://www.a.gov.test/{'long' * 60}.html")
    archive.close()
    with served(root) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_pages_fit_and_nothing_runs(address, browser, width):
    """No page is wider than its window, none asks anything of another host, and no text of a stranger becomes a script."""
    page = browser.new_page(viewport={"width": width, "height": 800})
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    for each in PAGES:
        assert page.goto(address + each).status == 200, each
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, each
        assert page.evaluate("getComputedStyle(document.querySelector('header.site')).borderBottomStyle") == "solid", each
    assert said == []
    assert all(url.startswith(address) for url in asked)
    page.close()


def test_a_keyboard_is_enough(address, browser):
    """The first key leads to the content; search and filters are sent by Enter; what has the focus is seen."""
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")
    page.focus("#q")
    page.keyboard.type("总体情况")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.focus("ol.found a")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    page.keyboard.press("Enter")
    page.wait_for_url("**/report?id=*")
    page.goto(f"{address}reports")
    page.focus("input[name=year]")
    page.keyboard.type("2024")
    page.keyboard.press("Enter")
    page.wait_for_url("**year=2024*")
    assert page.locator("table.list tbody tr").count() == 1
    page.close()


def test_a_payload_is_saved_and_never_shown(address, browser):
    page = browser.new_page()
    page.goto(f"{address}capture?id={ID}")
    with page.expect_download() as saved:
        page.click("a[href^='/capture/payload']")
    assert HOSTILE.encode() in saved.value.path().read_bytes()
    assert page.url.startswith(f"{address}capture?")
    page.close()
