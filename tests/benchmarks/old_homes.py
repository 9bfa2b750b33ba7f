"""Homes made by earlier commits of this repository, opened by today's code; and back.

    python3 run.py bench old_homes 24c75a63 78e0dab5

For each commit its own code, in a git worktree beside, makes a home with facts, a waiting message
and an account. Today's ``vigie upgrade`` then copies it, brings it up to date, goes back, and comes
forward again; the old code opens what went back. Needs the history, which a release has not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
MAKE = """
import sys
from pathlib import Path
from vigie.situation.home import init_home, open_home
head = "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT;"
def rows(first, n):
    return "\\r\\n".join([head + "OBSERVATIONS", *(
        f"{i};01/06/2026;08:{i % 60:02};TN;Tapage;5,3700;43,2960;2;VERT;texte {i}"
        for i in range(first, first + n)), ""]).encode()
home = Path(sys.argv[1])
init_home(home)
with open_home(home) as opened:
    opened.intake.register("log", "main_courante")
    opened.intake.accept("log", "a.csv", rows(0, 300), "text/csv")
    opened.intake.drain()
    opened.intake.accept("log", "b.csv", rows(300, 7), "text/csv")
    opened.desk.accounts.create("chief", name="C", role=sys.argv[2], password="correct-horse-batt")
"""
LOOK = """
import json, sys
from pathlib import Path
from vigie.situation.home import open_home
with open_home(Path(sys.argv[1])) as opened:
    if sys.argv[2] == "drain":
        opened.intake.drain()
    print(json.dumps([opened.lake.count("facts"), len(opened.desk.accounts.list_all())]))
"""


def python(source: Path, program: str, *arguments: str) -> str:
    """Run a program against the code of a folder; returns what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(source / "src")}
    command = [sys.executable, "-W", "ignore", "-c", program, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{source.name}: {done.stderr[-2_000:]}")
    return done.stdout


def vigie(*arguments: str) -> str:
    """Run today's command line."""
    program = "import sys; from vigie.cli.main import run; sys.exit(run(sys.argv[1:]))"
    return python(ROOT, program, *arguments)


def measure(commit: str, scratch: Path) -> dict[str, object]:
    """Take one commit's home forward, back and forward again."""
    source, home = scratch / commit, scratch / f"home-{commit}"
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", str(source), commit], check=True, capture_output=True)
    try:
        python(source, MAKE, str(home), "shift_head")
        told = json.loads(vigie("upgrade", "--home", str(home), "--json"))
        forward = json.loads(python(ROOT, LOOK, str(home), "look"))
        vigie("upgrade", "--back", "--home", str(home))
        old_again = json.loads(python(source, LOOK, str(home), "look"))
        vigie("upgrade", "--home", str(home))
        again = json.loads(python(ROOT, LOOK, str(home), "drain"))
    finally:
        subprocess.run([*git, "remove", "--force", str(source)], check=True, capture_output=True)
    good = forward == old_again == [300, 1] and again == [307, 1]
    return {"commit": commit, "older": told["older"], "lost_nothing": good, "facts": again[0]}


def main() -> int:
    """Measure each commit named; exit code 1 when one lost something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("commits", nargs="+", help="Commits whose homes are made.")
    commits = parser.parse_args().commits
    with tempfile.TemporaryDirectory(prefix="vigie-old-homes-") as scratch:
        good = True
        for commit in commits:
            found = measure(commit, Path(scratch))
            print(json.dumps(found), flush=True)
            good = good and bool(found["lost_nothing"])
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
