"""What ``vigie deploy`` writes for systemd, run by a systemd: booted, killed, restarted, cut off.

    python3 run.py bench deploy [--seconds 20] [--root FOLDER]

A Debian 12 is made with debootstrap (once, where --root names a folder that stays), Vigie's wheel
is installed in it as docs/how-to/deploy.md tells, and systemd-nspawn boots it on an overlay: its
own systemd, PostgreSQL and network. The page's own commands install the units. Users push and ask,
each time on a new connection, while in turn each unit is killed, the page's upgrade.sh starts all
again one after the other, the system is shut down and booted, and all its processes are killed at
once and booted again. Told: when ready, what was refused, lost or doubled, what a process of a unit
could do that it should not, its bounds. Needs root, debootstrap, systemd-container; some 2 GB under
/tmp and ten minutes the first time. The last line is JSON.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from _booted import PROGRAM, Booted, make_root, make_wheel, why_not  # noqa: E402
from _pushing import SOURCE, entry  # noqa: E402
from _small import sized  # noqa: E402

PAGE = ROOT / "docs" / "how-to" / "deploy.md"
PORT = 8_000
ACCEPTED, FINE = 202, 200
PATIENCE_S = 60.0
PACE_S = 0.1
ENOUGH_S = 180.0
HOME = "/srv/vigie/home"
SECRET = "/etc/vigie/desk-url"
WORKED = re.compile(r"```\n(.*?)```", re.DOTALL)
CLUSTER = f"""\
[city]
name = "Essai"
[server]
port = {PORT}
[cluster]
web = 3
jobs = 2
[desk]
url_file = "{SECRET}"
[deploy]
open_files = {min(65_536, resource.getrlimit(resource.RLIMIT_NOFILE)[1])}
"""
PASSWORD = "'not to be told'"
DATABASE = f"""
runuser -u postgres -- psql -qc "CREATE ROLE vigie LOGIN PASSWORD {PASSWORD}"
runuser -u postgres -- createdb -O vigie vigie
install -d -m 700 /etc/vigie
echo "postgresql+psycopg://vigie:not%20to%20be%20told@127.0.0.1/vigie" > {SECRET}
chmod 600 {SECRET}
"""
KEPT = f"""
import json
from pathlib import Path
from vigie.situation.home import open_home
with open_home(Path("{HOME}")) as home:
    home.intake.drain()
    refs = home.lake.scan("facts", columns=["source_ref"])["source_ref"].to_pylist()
print(json.dumps(refs))
"""


def users(token: str, seconds: float) -> None:
    """Push and ask until told to stop, on a new connection each time; a line for each answer."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def ask(who: str) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            ref = f"{who}-{os.getpid()}-{n}"
            began, status, why = time.time(), 0, ""
            line = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PATIENCE_S)
            try:
                if who == "asks":
                    line.request("GET", "/readyz")
                else:
                    headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv"}
                    line.request("POST", f"/api/ingest/{SOURCE}", entry(ref, n), headers)
                answer = line.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException) as error:
                why = type(error).__name__
            finally:
                line.close()
            told = json.dumps([ref, who, status, why, began, time.time()])
            os.write(1, f"{told}\n".encode())  # one write: threads share the line
            stop.wait(PACE_S)

    threads = [threading.Thread(target=ask, args=(who,)) for who in ("one", "two", "asks")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def page(section: str) -> str:
    """Return the commands that a section of the page shows."""
    text = PAGE.read_text("utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    return "".join(WORKED.findall(text))


class Served:
    """A booted system with the units of the page, and who pushes to it."""

    def __init__(self, system: Booted, scratch: Path) -> None:
        self.system = system
        self.log = scratch / "users.log"
        self.token = ""
        self.units: list[str] = []

    def install(self) -> None:
        """Do what the page tells."""
        do = self.system.run
        do("mkdir", "-p", "/mnt/town")
        do("tee", "/mnt/town/cluster.toml", told=CLUSTER)
        do("tee", "/mnt/town/vigie.toml", told="")
        do("sh", "-exc", DATABASE)
        deploy = f"{PROGRAM}/bin/vigie deploy systemd --home town --home-at {HOME} --out units\n"
        do("sh", "-exc", f"cd /mnt\n{deploy}{page('systemd')}")
        do("vigie", "sources", "register", SOURCE, "main_courante")
        told = do("vigie", "token", "issue", "bench", "--source", SOURCE, "--json").stdout
        self.token = json.loads(told)["secret"]
        wanted = self.show("vigie.target", "Wants").split()
        self.units = sorted(one for one in wanted if one.endswith(".service"))

    def show(self, unit: str, key: str) -> str:
        """Return what systemd says of a unit."""
        return self.system.run(
            "systemctl", "show", "--property", key, "--value", unit
        ).stdout.strip()

    def ready(self) -> float:
        """Wait until every unit is ready; returns the seconds."""
        began = time.monotonic()
        while any(self.show(unit, "ActiveState") != "active" for unit in self.units):
            if time.monotonic() > began + ENOUGH_S:
                said = self.system.run("journalctl", "--no-pager", "-n", "40").stdout
                raise SystemExit(f"not ready within {ENOUGH_S:.0f} s:\n{said}")
            time.sleep(0.1)
        return time.monotonic() - began

    @contextmanager
    def used(self) -> Iterator[None]:
        """Let users push and ask, from within its network, for as long as the block lasts."""
        words = [*self.system.entering("--net"), sys.executable, __file__, "--users", self.token]
        with self.log.open("ab") as out:
            child = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=out)
        try:
            yield
        finally:
            child.terminate()
            child.wait(2 * PATIENCE_S)

    def answers(self, since: float = 0.0) -> list[tuple[str, str, int, str]]:
        """Return who asked, with what answer, of what began since an instant."""
        lines = [json.loads(one) for one in self.log.read_text().splitlines() if one.endswith("]")]
        return [
            (ref, who, status, why) for ref, who, status, why, began, _ in lines if began >= since
        ]

    def kill(self, unit: str) -> float:
        """Kill a unit's processes; returns the seconds until it is ready again."""
        before = self.show(unit, "MainPID")
        began = time.monotonic()
        self.system.run("systemctl", "kill", "--signal=KILL", unit)
        while (now := self.show(unit, "MainPID")) in {before, "0"} or (
            self.show(unit, "ActiveState") != "active"
        ):
            if time.monotonic() > began + ENOUGH_S:
                raise SystemExit(f"{unit} is not there again: {now}")
            time.sleep(0.1)
        return time.monotonic() - began

    def probe(self, program: str, **changed: str) -> dict[str, str]:
        """Run a program once with everything else of a web process's unit.

        Args:
            program: The program and its words.
            changed: Settings of the unit that are other ones.
        """
        text = self.system.run("cat", "/etc/systemd/system/vigie-web@.service").stdout
        text = re.sub(r"(Restart|Sockets|Requires|PartOf)=.*\n", "", text)
        for key, value in {"Type": "oneshot", "ExecStart": program, **changed}.items():
            text = re.sub(rf"(?m)^{key}=.*$", f"{key}={value}", text)
        unit = "vigie-probe@1.service"
        self.system.run("tee", "/etc/systemd/system/vigie-probe@.service", told=text)
        self.system.run("systemctl", "daemon-reload")
        self.system.run("systemctl", "start", unit, check=False)
        said = self.system.run("journalctl", f"--unit={unit}", "--output=cat").stdout
        return {"result": self.show(unit, "Result"), "said": said}

    def could(self) -> dict[str, object]:
        """Return what a process of a unit could do that it should not."""
        at = "/usr/local/lib/vigie-probe.py"
        probe = (Path(__file__).parent / "_probe_unit.py").read_text("utf-8")
        self.system.run("tee", at, told=probe)
        seen = self.probe(f"/usr/bin/python3 {at} {SECRET} {HOME}")
        lines = re.findall(r"^{.*}$", seen["said"], re.MULTILINE)
        if not lines:
            raise SystemExit(f"the unit said:\n{seen['said']}")
        told: dict[str, object] = json.loads(lines[-1])
        takes = "/usr/bin/python3 -c 'b = bytearray(256 << 20)'"
        more = self.probe(takes, MemoryMax="64M")
        return told | {"more_memory_than_allowed": more["result"]}

    def stop(self) -> dict[str, object]:
        """Stop every unit, and wait for it; how long it took and how they ended."""
        began = time.monotonic()
        self.system.run("systemctl", "stop", "vigie*")
        seconds = round(time.monotonic() - began, 1)
        return {"seconds": seconds, "with": sorted({self.show(u, "Result") for u in self.units})}

    def records(self) -> int:
        """Return how many records the interface says that the feed has."""
        words = ["token", "issue", "reads", "--read-as", "admin", "--json"]
        token = json.loads(self.system.run("vigie", *words).stdout)["secret"]
        asks = (
            "import json, sys, urllib.request as r;"
            f"one = r.Request('http://127.0.0.1:{PORT}/api/sources',"
            " headers={'Authorization': 'Bearer ' + sys.argv[1]});"
            "print(json.load(r.urlopen(one, timeout=60))['items'][0]['records'])"
        )
        return int(self.system.run("python3", "-c", asks, token).stdout)

    def kept(self) -> list[str]:
        """Return the references in the lake, read as the account of the units."""
        script = self.system.run("cat", "/usr/local/sbin/vigie").stdout
        script = script.replace(f"{PROGRAM}/bin/vigie", f"{PROGRAM}/bin/python")
        told = self.system.run("sh", "-s", "--", "-c", KEPT, told=script).stdout
        refs: list[str] = json.loads(told.splitlines()[-1])
        return refs


def counted(answers: list[tuple[str, str, int, str]]) -> dict[str, int]:
    """Return how many answers there were of each kind."""
    return dict(Counter(f"{status or why}" for _, _, status, why in answers))


def story(served: Served, seconds: float) -> dict[str, object]:
    """Do all that may happen to a machine; what was seen."""
    found: dict[str, object] = {"ready_s": round(served.ready(), 1)}
    found["unit"] = served.could()
    keys = ("MemoryMax", "MemorySwapMax", "TasksMax", "LimitNOFILE", "LimitCORE")
    found["bounds"] = {
        unit: {key: served.show(unit, key) for key in keys} for unit in served.units[::3]
    }
    with served.used():
        time.sleep(seconds)
        found["killed"] = {unit: round(served.kill(unit), 1) for unit in served.units}
        time.sleep(seconds)
        since = time.time()
        began = time.monotonic()
        served.system.run("sh", "/mnt/units/upgrade.sh")
        found["restarted_all_s"] = round(time.monotonic() - began, 1)
        time.sleep(seconds)
        found["while_restarted"] = counted(served.answers(since))
    found["stopped"] = served.stop()
    served.system.run("systemctl", "start", "vigie-upgrade.service")
    served.system.run("systemctl", "start", "vigie.target")
    served.ready()
    found["off_s"] = round(served.system.off(), 1)
    found["booted_s"] = round(served.system.boot(), 1)
    served.ready()
    with served.used():
        time.sleep(seconds)
        served.system.cut()
    found["booted_after_cut_s"] = round(served.system.boot(), 1)
    served.ready()
    with served.used():
        time.sleep(seconds)
    acknowledged = {ref for ref, _, status, _ in served.answers() if status == ACCEPTED}
    deadline = time.monotonic() + ENOUGH_S
    while (records := served.records()) < len(acknowledged) and time.monotonic() < deadline:
        time.sleep(1.0)
    served.stop()
    kept = served.kept()
    return found | {
        "acknowledged": len(acknowledged),
        "answers": counted(served.answers()),
        "read_back": records,
        "lost": len(acknowledged - set(kept)),
        "doubled": len(kept) - len(set(kept)),
    }


def main() -> None:
    """Make, boot, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="Pushed between two acts.")
    parser.add_argument("--root", type=Path, help="Where the Debian is made, and stays.")
    parser.add_argument("--users", nargs=1, help=argparse.SUPPRESS)
    told = sized(parser.parse_args(), seconds=1.0)
    if told.users:
        users(told.users[0], told.seconds)
        return
    if reason := why_not(told.root):
        raise SystemExit(reason)
    with ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(prefix="vigie-deploy-")
        scratch = Path(stack.enter_context(folder))
        scratch.chmod(0o755)
        root = told.root or scratch / "made"
        made = make_root(root, make_wheel(scratch))
        system = stack.enter_context(Booted(root, scratch))
        booted = system.boot()
        served = Served(system, scratch)
        served.install()
        report = {"made_s": round(made), "booted_first_s": round(booted, 1)}
        report |= story(served, told.seconds)
    print(json.dumps(report))


if __name__ == "__main__":
    main()
