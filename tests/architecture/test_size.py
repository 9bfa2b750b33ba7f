"""Nothing grows until nobody reads it: modules of 400 lines, functions of 60, no exception list."""

from __future__ import annotations

import ast

MODULE_LINES = 400
FUNCTION_LINES = 60
GENERATED = {"console/src/api/schema.d.ts"}


def test_no_module_is_above_400_lines(sources):
    long = {
        source.name: lines
        for source in sources
        if (lines := source.text.count("\n")) > MODULE_LINES
    }

    assert long == {}


def test_no_function_is_above_60_lines(sources):
    long = {
        f"{source.name}:{node.lineno} {node.name}": lines
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > FUNCTION_LINES
    }

    assert long == {}


def test_no_console_module_is_above_400_lines(files, repo_root):
    long = {}
    for path in files:
        name = path.relative_to(repo_root).as_posix()
        if path.suffix in {".ts", ".tsx", ".css"} and name not in GENERATED:
            lines = path.read_text("utf-8").count("\n")
            if lines > MODULE_LINES:
                long[name] = lines

    assert long == {}
