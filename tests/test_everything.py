"""The run of all checks: what it counts, what it says again at the end, what it runs once more."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests import everything
from tests.order import LONGEST

PYTEST = ["..F\n", "= short summary =\n", "2 failed, 310 passed, 4 skipped, 1 error in 12.34s\n"]
DECORATED = ["====== 12 passed, 1 skipped in 3.10s (0:00:03) ======\n"]
VITEST = [" Test Files  3 passed (3)\n", "      Tests  21 passed | 1 skipped (22)\n"]
PLAYWRIGHT = [
    "  1 failed\n",
    "    [chromium] › map.spec.ts\n",
    "  2 skipped\n",
    "  9 passed (31.0s)\n",
]
TESTS = """
from pathlib import Path

import pytest

COUNT = Path(__file__).with_name("count")


@pytest.mark.parametrize("said", ["a - b [c]"])
def test_of_chance(said):
    times = COUNT.read_text() if COUNT.exists() else ""
    COUNT.write_text(times + "x")
    assert times, "the first time"


def test_steady():
    pass


def test_wrong():
    assert WRONG is None
"""


@pytest.fixture
def report() -> everything.Report:
    """A run that has begun."""
    return everything.Report()


def python(code: str) -> list[str]:
    """Return a command that runs a few statements."""
    return [sys.executable, "-c", code]


@pytest.mark.parametrize(
    ("lines", "code", "totals"),
    [
        (PYTEST, 1, {"passed": 310, "failed": 3, "skipped": 4}),
        (DECORATED, 0, {"passed": 12, "failed": 0, "skipped": 1}),
        (VITEST, 0, {"passed": 21, "failed": 0, "skipped": 1}),
        (PLAYWRIGHT, 1, {"passed": 9, "failed": 1, "skipped": 2}),
        (["All checks passed!\n"], 0, {"passed": 1, "failed": 0, "skipped": 0}),
        (["Found 2 errors.\n"], 1, {"passed": 0, "failed": 1, "skipped": 0}),
        (DECORATED, 1, {"passed": 12, "failed": 1, "skipped": 1}),
    ],
)
def test_the_totals_are_those_of_the_tools(lines, code, totals):
    said = everything.Said(code)
    for line in lines:
        said.hear(line)

    assert everything.counted(said) == totals


def test_one_failed_stage_fails_the_run_and_hides_no_other(report, capsys):
    report.run("broken", python("import sys; print('oh'); sys.exit(4)"))
    report.run("fine", python("print('3 passed in 0.10s')"))

    assert report.close() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "3 passed, 1 failed, 0 skipped"
    assert [line.split()[0] for line in lines[-3:-1]] == ["FAILED", "ok"]


def test_a_stage_beside_others_runs_with_them_and_tells_after_them(report, tmp_path, capsys):
    """Each waits for a file that the other writes: one after the other they could not end."""
    one, two = tmp_path / "one", tmp_path / "two"

    def command(mine: Path, other: Path, last: str) -> list[str]:
        wait = f"while not pathlib.Path({str(other)!r}).exists(): time.sleep(0.01)"
        return python(f"import pathlib, time\nopen({str(mine)!r}, 'w')\n{wait}\n{last}")

    with report.beside("console", command(one, two, "exit('Error: broken')")):
        report.run("types", command(two, one, "print('3 passed in 0.10s')"))

    assert report.close() == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines.index("3 passed in 0.10s") < lines.index("Error: broken")
    assert lines[lines.index("=== what console said") + 1] == "Error: broken"
    assert [line.split()[0] for line in lines[-3:-1]] == ["ok", "FAILED"]
    assert lines[-1] == "3 passed, 1 failed, 0 skipped"


def test_programs_find_what_python_has_compiled(report, monkeypatch, capsys):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    report.run("kept", python("import sys; print(sys.dont_write_bytecode)"))

    assert "False" in capsys.readouterr().out.splitlines()


def test_what_a_failing_tool_said_comes_again_at_the_end(report, capsys):
    told = "    Error: expect(locator).toBeVisible() failed"
    served = '[WebServer] {"task": "clips", "exception": "%s", "level": "error"}' % ("x" * 900)
    warned = '[WebServer] {"event": "broker feed", "level": "warning"}'

    report.run("fine", python("print('FAILED to matter')"))
    lines = (told, "chatter", served, warned)
    report.run("broken", python(f"for one in {lines!r}: print(one)\nexit(4)"))
    capsys.readouterr()
    report.close()

    lines = capsys.readouterr().out.splitlines()
    assert lines[lines.index("=== what broken said") + 1] == told
    said = lines[lines.index("=== what the server of broken said") + 1]
    assert said.startswith(served[:40])
    assert said.endswith('"level": "error"}')
    assert len(said) < len(served)
    assert not {"chatter", warned, "=== what fine said"} & set(lines)


@pytest.mark.parametrize(("in_ci", "code"), [(True, 1), (False, 0)])
def test_a_stage_left_out_is_a_failure_in_ci_only(report, monkeypatch, in_ci, code):
    monkeypatch.setattr(everything, "IN_CI", in_ci)

    report.leave_out("browser", "Chromium is missing")

    assert report.close() == code


def test_the_other_python_runs_every_room_that_is_not_heavy(report, repo_root, monkeypatch):
    ran = []
    monkeypatch.setattr(report, "run", lambda name, command, folder: ran.append(command))

    everything.check_other_python(report, "python3.13")

    ((python, *_, glob),) = ran
    rooms = {room for room in everything.HEAVY_ROOMS if (repo_root / "tests" / room).exists()}
    assert python == "python3.13"
    assert rooms == set(everything.HEAVY_ROOMS)
    assert {f"--ignore=tests/{room}" for room in rooms} <= set(ran[0])
    assert glob == "--ignore-glob=tests/intake/test_*.py"


def test_what_takes_longest_starts_first_and_is_there(repo_root, request):
    """Both workers collect in this order and are told to keep it, a file at a time."""
    asked = everything.suite("python")
    order = [item.path.relative_to(repo_root).as_posix() for item in request.session.items]
    known = [name for name in LONGEST if name in order]

    assert [name for name in LONGEST if not (repo_root / name).is_file()] == []
    assert asked[asked.index("--dist") + 1 :] == ["loadfile", "--no-loadscope-reorder"]
    assert list(dict.fromkeys(order))[: len(known)] == known


@pytest.mark.parametrize(
    ("wrong", "code", "last"),
    [
        ("None", 0, "3 passed, 0 failed, 0 skipped"),
        ("1", 1, "1 passed, 2 failed, 0 skipped"),
    ],
)
def test_tests_that_fail_are_run_once_more_and_named(
    report, tmp_path, monkeypatch, capsys, wrong, code, last
):
    """By pytest itself, on two processes first: one that fails twice fails the run."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # plugins of other tests are large
    monkeypatch.setenv("PYTEST_PLUGINS", "xdist.plugin")
    file = tmp_path / "test_two.py"
    file.write_text(TESTS.replace("WRONG", wrong), "utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")

    everything.run_tests(report, "tests", sys.executable, folder=tmp_path)

    assert report.close() == code
    lines = capsys.readouterr().out.splitlines()
    chance = "test_two.py::test_of_chance[a - b [c]]"
    assert f"flaky: {chance} passed only when run again alone" in lines
    twice = "failed twice: test_two.py::test_wrong failed again when run alone"
    assert (twice in lines) == (code == 1)
    assert [line for line in lines if "FLAKY" in line] == [
        f"=== {1 + code} run again, 1 FLAKY: each is a bug to be mended"
    ]
    assert lines[-2].split()[0] == ("FAILED" if code else "flaky")
    assert lines[-1] == last
    assert "=== what tests said" in lines, "why it failed the first time is told all the same"


def test_more_than_a_few_failed_tests_are_no_matter_of_chance(report, monkeypatch):
    monkeypatch.setattr(everything, "follow", lambda *_: everything.Said(everything.TESTS_FAILED))
    names = [f"test_{n}" for n in range(everything.MOST_TESTS + 1)]
    monkeypatch.setattr(everything, "failed_tests", lambda cache: names)

    everything.run_tests(report, "tests", sys.executable)

    assert report.again == []
    assert report.close() == 1


def played(folder: Path, failed: dict[str, str], errors: tuple[str, ...] = ()) -> Path:
    """Write what Playwright notes of a run in which the second test of some files failed."""

    def spec(file: str, status: str) -> dict[str, object]:
        project = file.partition(".")[0] if file in {"entry.setup.ts", "phone.spec.ts"} else "desk"
        return {"file": file, "tests": [{"projectName": project, "status": status}]}

    suites = [
        {
            "specs": [spec(file, "expected")],
            "suites": [{"specs": [spec(file, "unexpected" if file in failed else "skipped")]}],
        }
        for file in ("entry.setup.ts", "video.spec.ts", "phone.spec.ts")
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "told.json").write_text(json.dumps({"suites": suites, "errors": errors}), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("failed", "errors", "told"),
    [
        ({"video.spec.ts": "desk"}, (), {"video.spec.ts": "desk"}),
        ({"video.spec.ts": "desk", "phone.spec.ts": "phone"}, (), None),
        ({"entry.setup.ts": "entry"}, (), {}),
        ({"video.spec.ts": "desk"}, ("no server",), {}),
        ({}, (), {}),
    ],
)
def test_files_of_specs_that_failed_are_told_with_their_project(tmp_path, failed, errors, told):
    noted = everything.failed_specs(played(tmp_path, failed, errors))

    assert noted == (failed if told is None else told)
    assert everything.failed_specs(tmp_path / "nowhere") == {}


PAGE = """# Page snapshot

```yaml
- generic [ref=e2]:
  - region "Relecture : Quai 1" [ref=e3]:
    - list [ref=e4]:
      - listitem [ref=e5]: suit
    - alert [ref=e6]: échoué · Interrompu
    - link "Sources" [ref=e7] [cursor=pointer]:
      - /url: /sources
    - button "Fermer" [ref=e8] [cursor=pointer]
```

# Test source
"""


def test_a_spec_that_fails_is_run_alone_and_the_page_that_it_failed_on_is_shown(
    report, tmp_path, monkeypatch, capsys
):
    """The page is that of the first time; what an earlier run left is not taken for this one's."""
    folder = played(tmp_path / "test-results", {"phone.spec.ts": "phone"})
    commands = []

    def follow(command: list[str], folder: Path) -> everything.Said:
        commands.append(command)
        said = everything.Said(0 if "--" in command else 1)
        if said.code:
            assert not (folder / "test-results").exists()
            place = played(folder / "test-results", {"video.spec.ts": "desk"}) / "video-desk"
            place.mkdir()
            (place / "error-context.md").write_text(PAGE, "utf-8")
        failed = ("  1 failed", "  3 did not run", "  66 passed")
        for line in failed if said.code else ("  9 passed",):
            said.hear(line)
        return said

    monkeypatch.setattr(everything, "PLAYED", folder)
    monkeypatch.setattr(everything, "CONSOLE", tmp_path)
    monkeypatch.setattr(everything, "follow", follow)
    everything.run_browser(report, ["npm", "run", "e2e"])

    alone = ["npm", "run", "e2e", "--", "--project=desk", "specs/video.spec.ts"]
    assert commands == [["npm", "run", "e2e"], alone]
    assert report.close() == 0
    lines = capsys.readouterr().out.splitlines()
    begin = lines.index("=== video-desk as the browser saw it") + 1
    assert lines[begin : begin + 5] == [
        '  - region "Relecture : Quai 1":',
        "      - listitem: suit",
        "    - alert: échoué · Interrompu",
        '    - link "Sources":',
        '    - button "Fermer"',
    ]
    assert "flaky: video.spec.ts passed only when run again alone" in lines
    assert lines[-1] == "70 passed, 0 failed, 0 skipped"


@pytest.mark.skipif(not Path("/proc/meminfo").is_file(), reason="only Linux has /dev/shm")
def test_files_of_tests_stand_in_memory_where_there_is_room(tmp_path: Path) -> None:
    (told,) = everything.in_memory(tmp_path, 0)
    made = Path(told.removeprefix("--basetemp="))

    assert made.parent == tmp_path
    assert made.is_dir()
    assert everything.in_memory(tmp_path, 0) == (told,), "one folder for all stages"
    assert everything.in_memory(tmp_path, 1 << 62) == ()
    assert everything.in_memory(tmp_path / "absent") == ()
    assert set(everything.in_memory()) <= set(everything.suite("python"))
