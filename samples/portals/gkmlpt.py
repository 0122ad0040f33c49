"""P6 `gkmlpt`: a county with all its towns and departments in one directory tree, read from JSON; a town on its own host."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from samples.county import departments, government, SOUTH, towns
from samples.listing import Row
from samples.pages import article, Chrome, page
from samples.site import Answer, json_of, Pages, plain, Portal, Published, Request, Response, ROBOTS

HOST = "gkmlpt.gov.test"
TOWN_HOST = f"town1.{HOST}"
INDEX = "/xxgk/gkmlpt/index"
API = re.compile(r"(?:/xxgk)?/gkmlpt/api/all/(\d+)$")
PER_PAGE = 100
COUNTY_NODE, DEPARTMENT_NODE, TOWN_NODE, PARK_NODE = 19124, 19300, 20001, 31001
SIDS = {HOST: "755041", TOWN_HOST: "755077"}
PARK = "苇泽县芦荡新区管理委员会"
SHELLS = range(650000, 650010)
CHROME = Chrome(site="苇泽县人民政府网", code="9901220001", menu=(("首页", "/"), ("政府信息公开", INDEX)))


@dataclass(frozen=True, slots=True)
class Post:
    """A post of the tree: a report, or (`row` None) a website form that stands between the reports."""

    number: int
    title: str
    publisher: str
    date: str
    row: Row | None

    @property
    def path(self) -> str:
        """Path of the post's page."""
        return f"/gkmlpt/content/0/{self.number // 1000}/post_{self.number}.html"


Tree = Mapping[int, tuple[str, list[Post]]]


def portal(season: int = 1) -> Portal:
    """Return the portal; expected are 14 + 78 + 122 + 6 = 220 reports on two hosts. All seasons are alike."""
    del season
    county, park = _county(), {PARK_NODE: ("政府信息公开年报", _posts(638100, [(PARK, year) for year in range(2018, 2024)]))}
    hosts = {HOST: _answer(HOST, county), TOWN_HOST: _answer(TOWN_HOST, park)}
    expected = (*_expected(HOST, county), *_expected(TOWN_HOST, park))
    home = f"http://{HOST}/"
    return Portal(
        id="gkmlpt",
        name="苇泽县人民政府",
        home=home,
        hosts=hosts,
        expected=expected,
        division=SOUTH.division,
        lists=20,
        never=("example.com",),
    )


def _expected(host: str, tree: Tree) -> Iterator[Published]:
    rows = (post.row for _, posts in tree.values() for post in posts if post.row)
    return (row.published(host) for row in rows)


def _county() -> Tree:
    agency = government(SOUTH).name
    tree = {COUNTY_NODE: ("政府信息公开年报", _posts(638700, [(agency, year) for year in range(2010, 2024)]))}
    for number, town in enumerate(towns(SOUTH)):
        pairs = [(town.name, year) for year in range(2020 - number % 6, 2024)]
        tree[TOWN_NODE + number] = (town.short, _posts(640000 + number * 50, pairs))
    names = [organ.name for organ in departments(SOUTH)]
    pairs = [(name, year) for year in range(2020, 2024) for name in names] + [(name, 2019) for name in names[:18]]
    tree[DEPARTMENT_NODE] = ("县直部门", _with_website_forms(_posts(650000, pairs), names))
    return tree


def _posts(first: int, pairs: list[tuple[str, int]]) -> list[Post]:
    return [_post(first + place, agency, year) for place, (agency, year) in enumerate(pairs)][::-1]


def _post(number: int, agency: str, year: int) -> Post:
    row = Row(agency=agency, year=year, path=f"/gkmlpt/content/0/{number // 1000}/post_{number}.html")
    return Post(number, row.title, agency, f"{row.day} 09:12:03", row)


def _with_website_forms(posts: list[Post], names: list[str]) -> list[Post]:
    forms = [
        Post(660000 + place, f"{name}政府网站工作年度报表（2023年度）", name, "2024-01-20 10:00:00", None)
        for place, name in enumerate(names[:8])
    ]
    return sorted([*posts, *forms], key=lambda post: (post.date, post.number), reverse=True)


def _answer(host: str, tree: Tree) -> Answer:
    pages = Pages()
    pages.put("/robots.txt", lambda: plain(ROBOTS))
    pages.add("/", page(CHROME, "首页", f'<p>欢迎访问。</p><a href="{INDEX}#{COUNTY_NODE}">政府信息公开年报</a>'))
    pages.add(INDEX, _index(host, tree))
    for _, posts in tree.values():
        for post in posts:
            make = partial(_page, post, in_script=post.number in SHELLS)
            pages.add(post.path, make)
            pages.add(post.path.replace("/post_", "/mpost_"), make)

    def answer(request: Request) -> Response | None:
        found = API.match(request.path)
        return _listing(request, host, tree, int(found[1])) if found else pages(request)

    return answer


def _index(host: str, tree: Tree) -> str:
    nodes = _park_tree(tree) if host == TOWN_HOST else _county_tree(tree)
    settings = f"SITE_ID:'{SIDS[host]}',SID:'{SIDS[host]}',SERVICE_AREA_ID:'755',TREE:{json.dumps(nodes, ensure_ascii=False)}"
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开目录</title></head>'
        f'<body><div id="app"></div><script>window._CONFIG = {{{settings}}};</script></body></html>'
    )


def _node(number: int, name: str, *, count: int = 0, jump: str = "", children: tuple[object, ...] = ()) -> dict[str, object]:
    return {"id": number, "name": name, "jump_url": jump, "post_count": count, "children": list(children)}


def _park_tree(tree: Tree) -> list[object]:
    annual = _node(PARK_NODE, "政府信息公开年报", count=len(tree[PARK_NODE][1]))
    return [_node(31000, "政府信息公开", children=(annual,))]


def _county_tree(tree: Tree) -> list[object]:
    own = _node(COUNTY_NODE, "政府信息公开年报", count=len(tree[COUNTY_NODE][1]))
    guide = _node(19125, "政府信息公开指南")
    annuals = [
        _node(number - 10_000, name, children=(_node(number, "政府信息公开年报", count=len(posts)),))
        for number, (name, posts) in tree.items()
        if number != COUNTY_NODE
    ]
    park = _node(19400, "芦荡新区", jump=f"http://{TOWN_HOST}{INDEX}")
    request = _node(19126, "依申请公开", jump="http://ysqgk.example.com/")
    return [_node(19000, "政府信息公开", children=(guide, own, *annuals, park, request))]


def _listing(request: Request, host: str, tree: Tree, node: int) -> Response:
    name, posts = tree.get(node, ("", []))
    if node == 0:
        posts = [post for _, posts in tree.values() for post in posts]
    if request.argument("sid") != SIDS[host]:
        posts = []
    start = (max(1, int(request.argument("page") or 1)) - 1) * PER_PAGE
    articles = [_article_json(host, post) for post in posts[start : start + PER_PAGE]]
    classify = {"id": node, "name": name, "post_count": len(posts)}
    return json_of({"classify": classify, "total": len(posts), "articles": articles})


def _article_json(host: str, post: Post) -> dict[str, object]:
    url = f"http://{host}{post.path}"
    return {
        "id": post.number,
        "title": post.title,
        "publisher": post.publisher,
        "document_number": "",
        "date": post.date,
        "created_at": post.date,
        "url": url,
        "post_url": url,
        "identifier": f"007064000/{post.date[:4]}-{post.number % 100000:05d}",
        "attachment": [],
    }


def _page(post: Post, *, in_script: bool) -> str:
    text = post.row.report().html if post.row else f"<h1>{post.title}</h1><p>网站总访问量28411次，信息发布总数613条。</p>"
    inner = "" if in_script else text
    content = json.dumps({"content": text}, ensure_ascii=False).replace("<", "\\u003C").replace(">", "\\u003E")
    script = f"<script>window._CONFIG = {{DETAIL:{content}}};</script>" if in_script else ""
    table = f"<table><tr><td>索引号</td><td>{post.number}</td><td>发布机构</td><td>{post.publisher}</td></tr></table>"
    phone = f'<a href="{post.path.replace("/post_", "/mpost_")}">手机版</a>'
    main = f'{phone}{table}<div class="article-content">{inner}</div>{script}'
    day = post.row.day if post.row else Row(agency=post.publisher, year=2023, path="").day
    return article(CHROME, post.title, day, main, source=post.publisher)
