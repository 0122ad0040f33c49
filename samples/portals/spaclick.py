"""P12 `spaclick`: an application without a single link. Its menu, rows and pager are elements that listen for clicks.

A row opens its article in one of four ways: by a route behind `#`, in a new window by script or by a link made for the
moment, or in place without any address. What it asks for is signed as that of `spa`.
"""

from __future__ import annotations

from samples.listing import Row
from samples.portals.simple import rows_of
from samples.portals.spa import fill, rest, SIGNED
from samples.site import file, html, plain, Portal, Request, Response, ROBOTS

HOST = "spaclick.gov.test"
SHELL = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>门户网站</title></head>
<body><div id="root"></div><script src="js/main.js"></script></body></html>
"""
SCRIPT = f"""(function () {{
  var root = document.getElementById('root');
  {SIGNED}
  function put(parent, tag, name, text, act) {{
    var made = document.createElement(tag);
    made.className = name;
    made.textContent = text;
    if (act) {{ made.addEventListener('click', act); }}
    parent.appendChild(made);
    return made;
  }}
  function frame(name) {{
    document.title = name + '-' + SITE;
    root.textContent = '';
    var menu = put(root, 'div', 'menu', '');
    put(menu, 'span', 'item', '首页', function () {{ location.hash = '#/'; }});
    put(menu, 'span', 'item', '政府信息公开年报', function () {{ location.hash = '#/annual'; }});
    return put(root, 'div', 'main', '');
  }}
  function open(row) {{
    if (row.way === 0) {{ location.hash = '#/article/' + row.id; }}
    else if (row.way === 1) {{ window.open('#/article/' + row.id, '_blank'); }}
    else if (row.way === 2) {{ article(row.id); }}
    else {{
      var link = document.createElement('a');
      link.href = '#/article/' + row.id;
      link.target = '_blank';
      link.click();
    }}
  }}
  function list(page) {{
    ask('list', 'page=' + page, function (found) {{
      var main = frame('政府信息公开年报'), rows = put(main, 'div', 'rows', '');
      put(main, 'h2', 'name', '政府信息公开年报');
      found.rows.forEach(function (row) {{
        var line = put(rows, 'div', 'row', '', function () {{ open(row); }});
        put(line, 'span', 'text', row.title);
        put(line, 'span', 'day', row.day);
      }});
      var onward = put(main, 'button', 'btn-next', '', function () {{ list(page + 1); }});
      onward.disabled = page >= found.pages;
    }});
  }}
  function article(id) {{
    ask('article', 'id=' + id, function (found) {{
      var main = frame(found.title);
      put(main, 'h1', 'title', found.title);
      put(main, 'p', 'from', '发布时间：' + found.day + ' 来源：' + found.source);
      put(main, 'div', 'text', '').innerHTML = found.html;
    }});
  }}
  function route() {{
    var path = location.hash.slice(1);
    if (path === '/annual') {{ list(1); }}
    else if (path.indexOf('/article/') === 0) {{ article(path.split('/').pop()); }}
    else {{ put(frame('首页'), 'p', 'hello', '欢迎访问。'); }}
  }}
  window.addEventListener('hashchange', route);
  route();
}})();
"""


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are the eleven reports of one office of the province. All seasons are alike."""
    del season
    rows = [Row(agency=row.agency, year=row.year, path=f"/{row.year * 11}") for row in rows_of("体育局", range(2014, 2025))]
    return Portal(
        id="spaclick",
        name=rows[0].agency,
        home=f"http://{HOST}/",
        hosts={HOST: lambda request: _answer(request, rows)},
        expected=tuple(row.published(HOST) for row in rows),
        lists=5,
    )


def _answer(request: Request, rows: list[Row]) -> Response | None:
    match request.path:
        case "/robots.txt":
            return plain(ROBOTS)
        case "/":
            return html(SHELL)
        case "/js/main.js":
            return file(fill(SCRIPT, SITE=f"'{rows[0].agency}'").encode(), "text/javascript; charset=utf-8")
    return rest(request, rows)
