"""Every public function and class says what it gives."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path for package in ("archive", "pipelines", "crawler", "samples") for path in (ROOT / package).rglob("*.py"))


def public_definitions(tree):
    """Yield the public functions and classes of a module, methods of public classes included."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) and n.name[0] != "_")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_public_definitions_have_docstrings(path):
    """A reader who sees only signatures can't know units, order or what None means."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{path} has no module docstring"
    assert [node.name for node in public_definitions(tree) if not ast.get_docstring(node)] == []
