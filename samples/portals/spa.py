"""P11 `spa`: an application whose menu, list and articles its script draws, from data that only that script can ask for.

Every address answers the same shell. The script signs what it asks for, so that nothing can be had without running it. On its
way it also asks for what no crawl may: a path that robots.txt disallows, and a tracker on another site.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from samples.listing import parts, Row
from samples.portals.simple import rows_of
from samples.site import file, html, json_of, plain, Portal, Request, Response, ROBOTS

HOST = "spa.gov.test"
TRACKER = "tracker.gov.test"
COLUMN = "/open/annual"
REST = "/rest/"
PER_PAGE = 4
KEY = "d41d8"
SHELL = f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>门户网站</title><link rel="stylesheet" href="/static/app.css"></head>
<body><div id="app"></div><img src="/static/logo.png"><script src="/static/main.js"></script>
<script src="http://{TRACKER}/count.js"></script></body></html>
"""
SIGNED = """function mark(text) {
    var hash = 2166136261;
    for (var at = 0; at < text.length; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 16777619) >>> 0;
    }
    return hash.toString(16);
  }
  function ask(name, query, then) {
    var target = ['', 'rest', name].join('/') + '?' + query + '&at=' + Date.now();
    var sent = new XMLHttpRequest();
    sent.open('GET', target);
    sent.setRequestHeader('X-Mark', mark(target + KEY));
    sent.onload = function () { then(JSON.parse(sent.responseText)); };
    sent.send();
  }"""
"""How a script asks for signed data; KEY is filled in."""
SCRIPT = """(function () {
  var root = document.getElementById('app');
  SIGNED
  function link(row) {
    return '<li><a href="' + row.path + '">' + row.title + '</a> <span>' + row.day + '</span></li>';
  }
  function show(name, main) {
    document.title = name + '-' + SITE;
    root.innerHTML = '<div class="nav"><a href="/">首页</a> <a href="/open">政府信息公开</a></div>' + main;
  }
  function list(found) {
    var onward = '';
    for (var page = 1; page <= found.pages; page++) { onward += '<a href="COLUMN?page=' + page + '">' + page + '</a> '; }
    show('政府信息公开年报', '<h2>政府信息公开年报</h2><ul>' + found.rows.map(link).join('') + '</ul><div class="page">' + onward + '</div>');
  }
  function text(found) {
    show(found.title, '<h1>' + found.title + '</h1><p>发布时间：' + found.day + ' 来源：' + found.source + '</p><div>' + found.html + '</div>');
  }
  fetch('/admin/visit?of=' + location.pathname).catch(function () {});
  fetch('http://TRACKER/collect').catch(function () {});
  navigator.sendBeacon('/admin/beacon', 'x');
  var path = location.pathname;
  if (path === '/') {
    show('首页', '<p>欢迎访问。</p>');
  } else if (path === '/open') {
    show('政府信息公开', '<ul><li><a href="/open/guide">政府信息公开指南</a></li><li><a href="COLUMN">政府信息公开年报</a></li></ul>');
  } else if (path === 'COLUMN') {
    ask('list', 'page=' + (new URLSearchParams(location.search).get('page') || 1), list);
  } else if (path.indexOf('COLUMN/') === 0) {
    ask('article', 'id=' + path.split('/').pop(), text);
  } else {
    show('提示', '<p>内容整理中。</p>');
  }
})();
"""


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are the seven reports of one office of the province. All seasons are alike."""
    del season
    rows = [_at(row) for row in rows_of("文物局", range(2018, 2025))]
    return Portal(
        id="spa",
        name=rows[0].agency,
        home=f"http://{HOST}/",
        hosts={HOST: lambda request: _answer(request, rows), TRACKER: lambda _: plain("")},
        expected=tuple(row.published(HOST) for row in rows),
        lists=6,
        never=("/admin/", TRACKER, ".css", ".png"),
    )


def _at(row: Row) -> Row:
    return Row(agency=row.agency, year=row.year, path=f"{COLUMN}/{row.year * 7}")


def mark(text: str) -> str:
    """Return what the script signs a request with: FNV-1a, 32 bits."""
    value = 2166136261
    for char in text:
        value = ((value ^ ord(char)) * 16777619) & 0xFFFFFFFF
    return f"{value:x}"


def _answer(request: Request, rows: list[Row]) -> Response:
    match request.path:
        case "/robots.txt":
            return plain(ROBOTS)
        case "/static/main.js":
            script = fill(SCRIPT, SITE=f"'{rows[0].agency}'", COLUMN=COLUMN, TRACKER=TRACKER)
            return file(script.encode(), "text/javascript; charset=utf-8")
    return rest(request, rows) or html(SHELL)


def fill(script: str, **given: str) -> str:
    """Return a script with the names in it filled in, SIGNED and KEY among them."""
    for name, value in {"SIGNED": SIGNED, "KEY": f"'{KEY}'", **given}.items():
        script = script.replace(name, value)
    return script


def rest(request: Request, rows: list[Row]) -> Response | None:
    """Answer a request for data: what is not signed right gets none; None for any other address."""
    if not request.path.startswith(REST):
        return None
    if request.headers.get("x-mark") != mark(request.target + KEY):
        return json_of({"code": 401, "message": "签名无效"})
    if request.path == f"{REST}list":
        return _list(int(request.argument("page") or 1), parts(rows, PER_PAGE))
    row = next(one for one in rows if one.path.endswith(f"/{request.argument('id')}"))
    return json_of({"title": row.title, "day": f"{row.day}", "source": row.agency, "html": row.report().html})


def _list(number: int, pages: list[list[Row]]) -> Response:
    return json_of({"pages": len(pages), "rows": list(_rows(pages[number - 1] if number <= len(pages) else []))})


def _rows(rows: Iterable[Row]) -> Iterable[dict[str, str | int]]:
    for row in rows:
        names = {"title": escape(row.title), "path": row.path, "day": f"{row.day}"}
        yield {**names, "id": row.path.rpartition("/")[2], "way": row.year % 4}
