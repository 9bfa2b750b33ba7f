"""The suite runs with the sealed plane removed, but for the files whose subject it is.

A home keeps no originals unless it is told to, so what a test builds, the demonstration and every
browser spec have no sealed plane at all. This holds that list: a new file that keeps one is seen.
"""

from __future__ import annotations

import re
from pathlib import Path

from vigie.base.settings import Settings

KEEP_IT = {
    "tests/benchmarks/rights.py": "how long a person's request takes over kept originals",
    "tests/inquiry/scene.py": "what a requisition opens; one test takes the plane away",
    "tests/jobs/test_copies.py": "a copy holds originals, and no key",
    "tests/lake/test_sealed.py": "the plane itself",
    "tests/situation/test_rights_requests.py": "a person's request finds originals",
    "tests/situation/test_shredding.py": "originals end with their key",
    "tests/web/test_planes.py": "the product with it, without it, and after it was taken away",
}
"""Who keeps a sealed plane, and what for."""

_KEEPS = re.compile(
    r"""["']sealed["']\s*:\s*\{|\[sealed\]|SEALED__KEEP|sealed\.keep\s*=|SealedPlane\(|SealedSettings\("""
)


def test_only_tests_of_the_sealed_plane_have_one(repo_root: Path) -> None:
    """Everything else of the suite, and the product as it is shipped, runs without it."""
    assert not Settings().sealed.keep
    own = Path(__file__).resolve()
    written = [
        path
        for top, kinds in (
            ("tests", ("*.py", "*.toml")),
            ("console/e2e", ("*.ts", "*.mjs", "*.py")),
        )
        for kind in kinds
        for path in (repo_root / top).rglob(kind)
    ]
    assert len(written) > 500
    found = {
        path.relative_to(repo_root).as_posix()
        for path in written
        if path.resolve() != own and _KEEPS.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(KEEP_IT)
