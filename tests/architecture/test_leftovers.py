"""Nothing half-made stays behind, nothing knows the machine it was written on."""

from __future__ import annotations

import ast
import re

TEXT = {
    ".py", ".ts", ".tsx", ".css", ".html", ".md", ".toml", ".json", ".sql", ".txt", ".in", ".yml",
    ".yaml", ".mjs", ".js", ".csv", ".geojson", ".ipynb", ".ini", ".mako", ".cfg", ".sh", "",
}  # fmt: skip
# Written apart, so that this file does not catch itself.
LEFTOVERS = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
ABSOLUTE = re.compile(
    r"(?<![\w.:/~-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", r"home/\w+", r"Users/\w+"]) + r")/"
)
SWALLOWED = (ast.Pass, ast.Continue)
BROAD = {"Exception", "BaseException"}


def _text_files(files):
    return [path for path in files if path.suffix in TEXT and path.name != "package-lock.json"]


def _findings(files, repo_root, pattern):
    return [
        f"{path.relative_to(repo_root)}:{number}: {line.strip()[:80]}"
        for path in _text_files(files)
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_work_is_left_for_later_in_a_comment(files, repo_root):
    assert _findings(files, repo_root, LEFTOVERS) == []


def test_no_path_of_one_machine(files, repo_root):
    assert _findings(files, repo_root, ABSOLUTE) == []


def test_the_patterns_catch_what_they_are_for():
    assert LEFTOVERS.search("# TO" + "DO: later")
    assert not LEFTOVERS.search("TODOS and HACKNEY")
    assert ABSOLUTE.search('open("/' + 'work/main/x")')
    assert ABSOLUTE.search("see /" + "root/.cache")
    assert not ABSOLUTE.search("https://example.org/" + "work/paper")


def test_no_placeholder_is_raised(sources):
    name = "NotImplemented" + "Error"
    raised = [
        f"{source.name}:{node.lineno}"
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Raise) and node.exc is not None and name in ast.unparse(node.exc)
    ]

    assert raised == []


def _is_broad(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in BROAD) for kind in kinds)


def _is_silent(handler: ast.ExceptHandler) -> bool:
    return all(
        isinstance(node, SWALLOWED)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        for node in handler.body
    )


def test_no_failure_is_swallowed(sources):
    silent = [
        f"{source.name}:{node.lineno}"
        for source in sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and _is_silent(node)
    ]

    assert silent == []


def test_every_skip_says_why(sources):
    """`skip` and `skipif` carry a reason; a test that waits for nothing is deleted instead."""
    silent = []
    for source in sources:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Attribute) and node.attr in {"skip", "skipif", "xfail"}:
                owner = ast.unparse(node.value)
                if owner == "pytest.mark" and not _has_reason(source.tree, node):
                    silent.append(f"{source.name}:{node.lineno}")

    assert silent == []


def _has_reason(tree: ast.Module, mark: ast.Attribute) -> bool:
    return any(
        isinstance(call, ast.Call)
        and call.func is mark
        and any(keyword.arg == "reason" for keyword in call.keywords)
        for call in ast.walk(tree)
    )
