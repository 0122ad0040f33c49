"""What is read of scripts without running them: values, functions that go somewhere, requests for data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.calls import calls
from crawler.script import escape, functions, goes_to, literals, UNKNOWN, value_at, variables
from crawler.urls import posted

BASE = "http://a.gov.cn/x/list.html"


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("'a' + 1 + \"b\"", "a1b"),
        ("1 + 2", 3),
        ("{a: 1, 'b': [2, {c: 'x'}], d: true, }", {"a": 1, "b": [2, {"c": "x"}], "d": True}),
        ("'\\u653f\\x41\\n'", "政A\n"),
        ("`p=${page}&q=${gone}`", f"p=2&q={UNKNOWN}"),
        ("'p=' + gone", f"p={UNKNOWN}"),
        ("state.no", 7),
        ("JSON.stringify({a: 1})", '{"a": 1}'),
        ("{ok: function (r) { if (r) { f('}'); } }, n: 1}", {"ok": None, "n": 1}),
        ("gone", None),
        ("a ? 1 : 2", None),
    ],
)
def test_values(source: str, value: object) -> None:
    assert value_at(source, 0, {"page": 2, "state": {"no": 7}}) == value


def test_variables_build_on_each_other() -> None:
    assert variables("var base = '/api'; let url = base + '/list';\nconst n = 15") == {
        "base": "/api",
        "url": "/api/list",
        "n": 15,
    }


def test_the_outermost_literals() -> None:
    assert list(literals("var a = [{t: 'x'}]; if (b) { c(); } f({u: [1]});")) == [[{"t": "x"}], {"u": [1]}]


def test_a_function_goes_where_its_arguments_say() -> None:
    script = "function show(id) { var base = '/show.php'; window.location.href = base + '?id=' + id; }"
    assert goes_to("show(12); return false", functions(script), {}) == ("/show.php?id=12",)
    assert goes_to("window.open('/a.html', '_blank')", {}, {}) == ("/a.html",)
    assert goes_to("this.href='S.aspx?n=' + escape('报告')", {}, {}) == ("S.aspx?n=%u62A5%u544A",)
    assert goes_to("show(other)", functions(script), {}) == ()


def test_functions_that_call_each_other_end() -> None:
    assert goes_to("a(1)", functions("function a(n) { b(n); } function b(n) { a(n); }"), {}) == ()


def test_escape_is_that_of_javascript() -> None:
    assert escape("a报 ") == "a%u62A5%20"


@pytest.mark.parametrize(
    ("script", "url", "form"),
    [
        ("$.get('/api/list', {page: 1, size: 15}, draw)", "/api/list?page=1&size=15", None),
        ("$.post('more.php', {page: p, cat: 'nb'})", "/x/more.php", "page=1&cat=nb"),
        (
            "$.ajax({url: '/q', type: 'POST', data: {no: 1, ids: ['a', 'b']}, success: function (r) { f(r); }})",
            "/q",
            "no=1&ids%5B%5D=a&ids%5B%5D=b",
        ),
        ("fetch('/api', {method: 'POST', body: JSON.stringify({page: 1})})", "/api", '{"page": 1}'),
        ("fetch(`/api?cat=nb&page=${n}`).then(f)", "/api?cat=nb&page=1", None),
        ("axios.get('/v1/list', {params: {pageNum: 1}})", "/v1/list?pageNum=1", None),
        ("$('#box').load('frag.html?page=1')", "/x/frag.html?page=1", None),
        ("var r = new XMLHttpRequest(); r.open('GET', 'nb.json', true)", "/x/nb.json", None),
        ("var u = '/api/'; var c = 7; $.getJSON(u + 'list/' + c)", "/api/list/7", None),
    ],
)
def test_requests_for_data(script: str, url: str, form: str | None) -> None:
    assert [posted(one) for one in calls(script, BASE)] == [(f"http://a.gov.cn{url}", form)]


@pytest.mark.parametrize(
    "script", ["$.get('/visit/count', {id: 1})", "$.get(url)", "open('报告')", "get(", "$.post('/a/' + id)"]
)
def test_what_is_no_list_or_not_known_is_not_asked_for(script: str) -> None:
    assert calls(script, BASE) == ()


@given(st.text(alphabet="abc{}[]()'\"`+,:;=.$\\/ \n12function", max_size=80))
def test_no_script_breaks_the_reader(script: str) -> None:
    list(literals(script))
    goes_to(script, functions(script), variables(script))
    calls(script, BASE)
