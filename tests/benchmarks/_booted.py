"""A Debian 12 with its own systemd, for ``deploy``: made by debootstrap, booted by systemd-nspawn.

The root that is made is never written to: each boot stands on an overlay of it. It has a network of
its own, with nothing in it but itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from _small import SMALL

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "/opt/vigie"
MIRROR = "http://deb.debian.org/debian"
PACKAGES = "systemd-sysv dbus python3-venv postgresql libmagic1 libgomp1 iproute2 procps"
"""What a machine that serves has."""
CLEAN = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}
BOOT_S = 120.0
HIERARCHIES = Path("/sys/fs/cgroup")
OLD_GROUPS = {"memory": "memory", "pids": "pids", "name=systemd": "systemd", "": "unified"}
OLD_INIT = """
set -e
umount /sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs /sys/fs/cgroup
cd /sys/fs/cgroup
mkdir unified systemd memory pids
mount -t cgroup2 cgroup2 unified
mount -t cgroup -o none,name=systemd cgroup systemd
mount -t cgroup -o memory cgroup memory
mount -t cgroup -o pids cgroup pids
cd /
exec /lib/systemd/systemd
"""
"""Where this machine binds memory by control groups of version 1, its system is given those."""
JOIN = 'for one in $GROUPS_OF_ITS_OWN; do echo $$ > "$one/cgroup.procs"; done; exec "$@"'
NOTES = ".made-for-vigie"


def why_not(made: Path | None) -> str:
    """Return why no system can be booted here; empty when it can.

    Args:
        made: A root that is made, if one is named.
    """
    if os.geteuid() != 0:
        return "no system is booted: that needs root"
    needed = {
        "debootstrap": "debootstrap",
        "systemd-nspawn": "systemd-container",
        "nsenter": "util-linux",
    }
    missing = [package for tool, package in needed.items() if shutil.which(tool) is None]
    if missing:
        asked = f"apt-get install --no-install-recommends {' '.join(missing)}"
        return f"no system is booted: missing part: {asked}"
    if SMALL and not (made and (made / NOTES).exists()):
        return "no system is booted: a small run makes none, --root names one that is made"
    return ""


def make_root(folder: Path, wheel: Path) -> float:
    """Make a Debian 12 with an installed Vigie, unless it is there; returns the seconds it took.

    Args:
        folder: Where it goes; one that is complete is only given the wheel.
        wheel: The built package.
    """
    began = time.monotonic()
    if not (folder / NOTES).exists():
        shutil.rmtree(folder, ignore_errors=True)
        include = "--include=" + ",".join(PACKAGES.split())
        _do(["debootstrap", "--variant=minbase", include, "bookworm", str(folder), MIRROR])
        _do(_within(folder, ["python3", "-m", "venv", PROGRAM]))
        shutil.copy(ROOT / "requirements" / "cluster.txt", folder / "mnt")
        shutil.copy("/etc/ssl/certs/ca-certificates.crt", folder / "mnt" / "ca.crt")
        shutil.copy("/etc/resolv.conf", folder / "etc" / "resolv.conf")
        pip = [f"{PROGRAM}/bin/pip", "install", "--quiet", "--cert", "/mnt/ca.crt"]
        _do(_within(folder, [*pip, "--require-hashes", "-r", "/mnt/cluster.txt"]))
        (folder / NOTES).touch()
    shutil.copy(wheel, folder / "mnt")
    pip = [f"{PROGRAM}/bin/pip", "install", "--quiet", "--no-index", "--no-deps"]
    _do(_within(folder, [*pip, "--force-reinstall", f"/mnt/{wheel.name}"]))
    return time.monotonic() - began


def make_wheel(folder: Path) -> Path:
    """Build the package from a copy of the sources; returns the wheel."""
    copy = folder / "sources"
    skipped = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", copy / "src", ignore=skipped)
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    if (built := ROOT / "console" / "dist").exists():
        shutil.copytree(built, copy / "console" / "dist")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    _do([*pip, "--wheel-dir", str(folder), str(copy)])
    return next(folder.glob("vigie-*.whl"))


def _do(words: Sequence[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{words[0]} ended with {done.returncode}:\n{done.stderr[-1_500:]}")


def _within(folder: Path, words: Sequence[str]) -> list[str]:
    """Words that are done in a root that is not booted, with the network of this machine."""
    quiet = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--as-pid2", "--pipe"]
    return [*quiet, f"--directory={folder}", "--resolv-conf=off", *words]


def _remove_group(group: Path) -> None:
    """Remove a control group and those under it, once what ran in them has gone."""
    for path in (*sorted((one for one in group.rglob("*") if one.is_dir()), reverse=True), group):
        for _ in range(50):
            with suppress(OSError):
                path.rmdir()
                break
            time.sleep(0.1)


class Booted:
    """A system that runs, for as long as the ``with`` block lasts; may be switched off and on.

    Args:
        lower: The root that is made; not written to.
        scratch: A folder for what is written, and what the system says.
    """

    def __init__(self, lower: Path, scratch: Path) -> None:
        self._lower = lower
        self._scratch = scratch
        self.root = scratch / "root"
        self._log = scratch / "console.log"
        self._nspawn: subprocess.Popen[bytes] | None = None
        self._leader = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        for name in ("root", "upper", "work"):
            (self._scratch / name).mkdir()
        upper, work = self._scratch / "upper", self._scratch / "work"
        layers = f"lowerdir={self._lower},upperdir={upper},workdir={work}"
        _do(["mount", "-t", "overlay", "overlay", "-o", layers, str(self.root)])
        self._stack.callback(_do, ["umount", str(self.root)])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cut()
        self._stack.close()

    def boot(self) -> float:
        """Start it; returns the seconds until every unit of the boot had started."""
        began = time.monotonic()
        words = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--private-network"]
        words += [f"--directory={self.root}", "--machine=vigie-deploy", "--console=pipe"]
        words += ["--resolv-conf=off"]
        groups = self._old_groups()
        environment = {
            **CLEAN,
            "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1",
            "GROUPS_OF_ITS_OWN": " ".join(map(str, groups)),
        }
        words += ["/bin/sh", "-c", OLD_INIT] if groups else ["--boot"]
        with self._log.open("ab") as out:
            self._nspawn = subprocess.Popen(
                ["sh", "-c", JOIN, "sh", *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env=environment,
            )
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        while time.monotonic() < began + BOOT_S:
            with suppress(OSError, ValueError, IndexError):
                self._leader = int(children.read_text().split()[0])
                done = self.run("systemctl", "is-system-running", "--wait", check=False)
                if done.stdout.strip() in {"running", "degraded"}:
                    return time.monotonic() - began
            time.sleep(0.2)
        raise SystemExit(f"it does not boot:\n{self._log.read_text()[-1_500:]}")

    def _old_groups(self) -> list[Path]:
        """Make control groups of version 1 for it, where memory is bound by them; removed later."""
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        at = {kinds: place for _, kinds, place in (line.split(":", 2) for line in lines)}
        if "memory" not in at:
            return []
        found = []
        for kinds, name in OLD_GROUPS.items():
            group = HIERARCHIES / name / at[kinds].lstrip("/") / f"vigie-deploy-{os.getpid()}"
            if not group.exists():
                group.mkdir()
                self._stack.callback(_remove_group, group)
            found.append(group)
        return found

    def entering(self, *spaces: str) -> list[str]:
        """Return the words before a command that is done in it; all its name spaces by default."""
        return ["nsenter", f"--target={self._leader}", *(spaces or ("--all",)), "--"]

    def run(
        self, *words: str, check: bool = True, told: str = "", out: IO[str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Do a command in it, as root.

        Args:
            words: The command.
            check: Whether its failure ends the bench.
            told: What it reads.
            out: Where its output goes instead.
        """
        done = subprocess.run(
            [*self.entering(), *words],
            input=told,
            stdout=out or subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=CLEAN,
            check=False,
        )
        if check and done.returncode:
            said = f"{done.stdout or ''}{done.stderr}"[-1_500:]
            raise SystemExit(f"{' '.join(words)} ended with {done.returncode}:\n{said}")
        return done

    def off(self) -> float:
        """Shut it down as a machine is; returns the seconds it took."""
        began = time.monotonic()
        self.run("systemctl", "poweroff", check=False)
        if self._nspawn:
            self._nspawn.wait(BOOT_S)
        return time.monotonic() - began

    def cut(self) -> None:
        """Cut its power, as far as its processes know: all are killed at once."""
        if self._nspawn and self._nspawn.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self._leader, 9)
            self._nspawn.wait(BOOT_S)
