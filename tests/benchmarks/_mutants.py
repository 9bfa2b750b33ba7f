"""Faults of the kernel tried one by one: what ``mutation.py`` starts inside its copy of the tree.

One process collects the tests once. Each fault is then a fork of it that runs the tests which come
by the faulty function, likeliest first, and ends with the first that fails. Which tests those are
is learnt before, with caches emptied before each test: what is kept from an earlier one would hide
the rest.

A function that modules call while they are loaded did its work before any fault was there: such a
fault is tried again in a fork that has loaded nothing of Vigie yet; by all tests where it is the
kernel that calls it, by those of the files that call it where tests do.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

ASKED = [
    *("tests/privacy", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--capture=no"),
    *("-k", "not hostile and not written_against"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
    # Nobody reads why a test failed: neither what differed nor the lines, of a module that holds
    # all its faults and would be parsed for each.
    *("--assert=plain", "--tb=native"),
]
TIMES, MORE_S = 8, 2
"""A test may take as many times what it takes, and so many seconds more, of processor."""

MORE_MEMORY = 1 << 30
OWN = ("vigie", "tests", "conftest", "__main__", "_mutants")


def caches() -> list[Any]:
    """Return all that keeps what functions of Vigie and of its tests answered before."""
    return [
        value
        for name, loaded in list(sys.modules.items())
        if name.split(".")[0] in {"vigie", "tests"}
        for value in list(vars(loaded).values())
        if hasattr(value, "cache_clear")
    ]


def concerned(kept: list[Any], module: str) -> list[Any]:
    """Return what a fault of one module may change: its own caches, and those beyond the kernel.

    What a module of the kernel keeps, it has made itself (``words``, ``charter``).
    """
    beyond = [one for one in kept if not one.__module__.startswith(("vigie.privacy.", "tests."))]
    return [*beyond, *(one for one in kept if one.__module__ == module)]


class Quick:
    """Hypothesis draws as for ``branches``, and does not look for the smallest example."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        hypothesis.settings.register_profile(
            "faults",
            parent=hypothesis.settings.get_profile("branches"),
            phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
            database=None,
        )
        hypothesis.settings.load_profile("faults")


class Learner:
    """Which functions each test comes by, what each takes, what is called in loading."""

    def __init__(self) -> None:
        self.loaded: set[str] = set()
        self.by_file: dict[str, set[str]] = {}
        self.by_fixture: dict[str, set[str]] = {}
        self.tests: dict[str, dict[str, Any]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        for path in Path("src/vigie/privacy").glob("*.py"):
            import_module(f"vigie.privacy.{path.stem}")
        self.loaded = set(state()._stats)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        state()._stats.clear()
        value = yield
        self.by_file.setdefault(collector.nodeid, set()).update(state()._stats)
        return value

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        if fixturedef.scope == "function":
            return (yield)
        before = set(state()._stats)
        state()._stats.clear()
        value = yield
        self.by_fixture.setdefault(fixturedef.argname, set()).update(state()._stats)
        state()._stats.update(before)
        return value

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: Any) -> Iterator[None]:
        for kept in caches():
            kept.cache_clear()
        state()._stats.clear()
        begun = time.process_time()
        value = yield
        took = time.process_time() - begun
        of_fixtures = [self.by_fixture.get(name, set()) for name in item.fixturenames]
        hit = set(state()._stats).union(*of_fixtures)
        self.tests[item.nodeid] = {"s": took, "hit": sorted(hit)}
        return value


def learnt(to: Path, base: str, files: dict[str, str]) -> dict[str, Any]:
    """Return what is known of each test, and run those without a fault that are new or changed.

    Args:
        to: The file that keeps it.
        base: Tells whether anything changed that concerns every test.
        files: Files of tests, and what tells whether one changed.
    """
    known = json.loads(to.read_text("utf-8")) if to.exists() else {}
    if known.get("base") != base:
        known = {"base": base, "files": {}, "tests": {}, "by_file": {}}
    stale = {
        name for name in {*files, *known["files"]} if files.get(name) != known["files"].get(name)
    }
    for what in ("tests", "by_file"):
        known[what] = {k: v for k, v in known[what].items() if k.split("::")[0] not in stale}
    new = sorted(stale & files.keys())
    if not new:
        return known
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        learner = Learner()
        set_mutant_under_test("stats")
        code = pytest.main([*new, *ASKED[1:]], plugins=[Quick(), learner])
        others = [name for name in sys.modules if name.split(".")[0] not in OWN]
        by_file = {name: sorted(hit) for name, hit in learner.by_file.items() if hit}
        found = {"loaded": sorted(learner.loaded), "others": others}
        with os.fdopen(write, "w", encoding="utf-8") as out:
            json.dump([found, learner.tests, by_file], out)
        os._exit(int(code))
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as said:
        told = said.read()
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("the tests do not pass without a fault")
    found, tests, by_file = json.loads(told)
    known |= found | {"files": files}
    known["tests"] |= tests
    known["by_file"] |= by_file
    to.write_text(json.dumps(known), "utf-8")
    return known


class Trial:
    """One fault in a fork at a time (or several), and a line of what came of each."""

    def __init__(self, folder: Path, plan: dict[str, Any], known: dict[str, Any]) -> None:
        self.plan, self.known = plan, known
        self.ends = plan["ends"]
        self.lines = (folder / "results.jsonl").open("a", encoding="utf-8")
        self.finds: Counter[str] = Counter()
        self.running: dict[int, tuple[dict[str, Any], float, int, bool]] = {}
        self.loading = {one: list(ASKED[:1]) for one in known["loaded"]}
        for file, hit in sorted(known["by_file"].items()):
            for function in set(hit) - set(known["loaded"]):
                self.loading.setdefault(function, []).append(file)
        self.tests_of: dict[str, list[str]] = {}
        for test, told in known["tests"].items():
            if told["s"] > plan["longest"]:
                continue
            for function in told["hit"]:
                self.tests_of.setdefault(function, []).append(test)

    def seconds(self, test: str) -> float:
        return float(self.known["tests"].get(test, {"s": 1.0})["s"])

    def in_order(self, tests: list[str]) -> list[str]:
        """Return tests, those first that found most for the time they take."""
        cost = {test: self.seconds(test) + 0.005 for test in tests}
        return sorted(tests, key=lambda test: (-self.finds[test] / cost[test], cost[test]))

    def each(
        self, faults: list[dict[str, Any]], run: Callable[..., str], last: Callable[..., bool]
    ) -> None:
        """Try faults in their order; ``last`` says of which it decides."""
        for fault in faults:
            if time.time() > self.ends:
                break
            while len(self.running) >= self.plan["processes"]:
                self.wait()
            self.begin(fault, run, last(fault))
        while self.running:
            self.wait()

    def begin(self, fault: dict[str, Any], run: Callable[..., str], last: bool) -> None:
        read, write = os.pipe()
        pid = os.fork()
        if pid:
            os.close(write)
            self.running[pid] = (fault, time.time(), read, last)
            return
        said = "loading"
        try:
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            used = int(Path("/proc/self/statm").read_text("ascii").split()[0])
            most = used * os.sysconf("SC_PAGE_SIZE") + MORE_MEMORY
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            set_mutant_under_test(fault["name"])
            said = run(fault)
        finally:  # whatever a fault did to the interpreter
            os.write(write, said.encode())
            os._exit(1 if said else 0)

    def wait(self) -> None:
        pid, status, used = os.wait4(-1, 0)
        fault, begun, read, last = self.running.pop(pid)
        with os.fdopen(read, "rb") as said:
            by = said.read().decode()
        code = os.waitstatus_to_exitcode(status)
        states = {0: "survived", 1: "found", -signal.SIGPROF: "timeout"}
        came = states.get(code, f"ended by {code}")
        self.finds[by] += 1
        again = came == "survived" and not last
        told = {
            "again": again,
            **{name: fault[name] for name in ("name", "code", "tests")},
            "state": came,
            "by": by,
            "s": round(time.time() - begun, 2),
            "processor_s": round(used.ru_utime + used.ru_stime, 3),
            "at": time.time(),
        }
        self.lines.write(json.dumps(told) + "\n")
        self.lines.flush()


def prepared(session: pytest.Session) -> None:
    """Make what lasts for a session before the forks, each of which would have to make its own."""
    first, *_, last = session.items
    session.config.hook.pytest_runtest_setup(item=first)
    session._setupstate.teardown_exact(last)


class Loop:
    """In place of pytest's loop over tests: one over faults, a fork each."""

    def __init__(self, trial: Trial, faults: list[dict[str, Any]]) -> None:
        self.trial, self.faults = trial, faults

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from vigie.privacy.words import load_words

        items = {item.nodeid: item for item in session.items}
        prepared(session)
        load_words()
        kept = caches()
        modules = {fault["function"].rpartition(".")[0] for fault in self.faults}
        to_empty = {module: concerned(kept, module) for module in modules}

        def run(fault: dict[str, Any]) -> str:
            for one in to_empty[fault["function"].rpartition(".")[0]]:
                one.cache_clear()
            chosen = self.trial.in_order(self.trial.tests_of.get(fault["function"], []))
            if chosen:
                session._setupstate.teardown_exact(items[chosen[0]])
            for test, after in zip(chosen, [*chosen[1:], ""], strict=True):
                most = self.trial.seconds(test) * TIMES + MORE_S
                signal.setitimer(signal.ITIMER_PROF, most)
                try:
                    reports = runtestprotocol(items[test], log=False, nextitem=items.get(after))
                except BaseException:  # noqa: BLE001 - a fault that leaves is found
                    return test
                if any(report.failed for report in reports):
                    return test
            return ""

        loading = self.trial.loading
        only = loading.keys() - self.trial.tests_of.keys()  # no test comes by them any more
        faults = [one for one in self.faults if not one["again"] and one["function"] not in only]
        self.trial.each(faults, run, lambda one: one["function"] not in loading)
        return True


class InOrder:
    """Runs the tests in the order of a trial, and tells the first that failed."""

    def __init__(self, trial: Trial) -> None:
        self.trial, self.failed = trial, ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        names = self.trial.in_order([item.nodeid for item in items])
        place = {name: at for at, name in enumerate(names)}
        items.sort(key=lambda item: place[item.nodeid])
        signal.setitimer(signal.ITIMER_PROF, 60)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        most = self.trial.seconds(item.nodeid) * TIMES + MORE_S
        signal.setitimer(signal.ITIMER_PROF, most)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = report.nodeid


def anew(trial: Trial) -> Callable[[dict[str, Any]], str]:
    """Return what loads Vigie with a fault in it, and runs the tests that may tell."""

    def run(fault: dict[str, Any]) -> str:
        signal.setitimer(signal.ITIMER_PROF, 60)
        in_order = InOrder(trial)
        files = trial.loading[fault["function"]]
        code = pytest.main([*files, *ASKED[1:], "-x"], plugins=[Quick(), in_order])
        return "" if code == 0 else in_order.failed or "loading"

    return run


def tried(folder: Path, plan: dict[str, Any], known: dict[str, Any]) -> None:
    """Try the faults of a plan until they or the time are at an end."""
    faults = plan["faults"]
    pid = os.fork()
    if pid == 0:
        loop = Loop(Trial(folder, plan, known), faults)
        code = pytest.main([*ASKED], plugins=[Quick(), loop])
        os._exit(int(code))
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code not in {0, 5}:
        raise SystemExit(f"pytest ended with {code}")
    done = set()
    for line in (folder / "results.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        if not told.get("again"):
            done.add((told["name"], told["code"], told["tests"]))
    trial = Trial(folder, plan, known)
    left = [one for one in faults if one["function"] in trial.loading]
    left = [one for one in left if (one["name"], one["code"], one["tests"]) not in done]
    for name in known["others"] if left else ():
        with suppress(Exception):
            import_module(name)
    trial.each(left, anew(trial), lambda _: True)


if __name__ == "__main__":
    here = Path.cwd()
    asked = json.loads((here / "plan.json").read_text("utf-8"))
    tried(here, asked, learnt(here / "learnt.json", asked["base"], asked["files"]))
