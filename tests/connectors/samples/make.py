"""Write the samples and what is expected of them: `python tests/connectors/samples/make.py`.

Each folder's `cases.py` says it all: the content of each sample, by name, and the outcome that a
person expects of it. The files are committed; a test compares them with the cases.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import tomli_w

HERE = Path(__file__).resolve().parent


def load_cases(folder: Path) -> ModuleType:
    """Return the module of cases of a connector."""
    spec = importlib.util.spec_from_file_location(f"cases_{folder.name}", folder / "cases.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expected_of(cases: ModuleType) -> dict[str, dict[str, Any]]:
    """Return the expected outcomes, without the contents."""
    return {
        name: {k: v for k, v in case.items() if k != "content"}
        for name, case in cases.CASES.items()
    }


def write(folder: Path) -> None:
    """Write every sample of a connector and its `expected.toml`."""
    cases = load_cases(folder)
    for name, case in cases.CASES.items():
        target = folder / name
        target.parent.mkdir(exist_ok=True)
        if not (target.exists() and name in getattr(cases, "UNSTABLE", ())):
            target.write_bytes(case["content"])
    text = "# Written by ../make.py from cases.py: change it there.\n\n"
    (folder / "expected.toml").write_text(text + tomli_w.dumps(expected_of(cases)), "utf-8")


if __name__ == "__main__":
    for found in sorted(HERE.glob("*/cases.py")):
        write(found.parent)
