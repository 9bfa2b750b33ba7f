"""What a process of a unit can do that it should not; standard library, run within the unit.

Words: the name of a file that only root may read, then folders that may be written to. The answer
is a line of JSON: what it could do, each by a name, and how many acts were tried.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import socket
import sys
from collections.abc import Callable
from pathlib import Path

NEW_USER, NEW_SPACE = 0x10000000, 0x00020000
SET_ID = 0o4700
BESIDE = ("/etc", "/usr", "/opt", "/srv", "/var", "/var/lib", "/var/tmp/..", "/boot", "/run", "/")


def _refused(code: int) -> None:
    if code:
        raise OSError(ctypes.get_errno(), "refused")


def _write(folder: str) -> None:
    path = Path(folder, "vigie-was-here")
    path.write_text("x")
    path.unlink()


def _set_id(folder: str) -> None:
    path = Path(folder, "set-id")
    path.write_text("x")
    try:
        path.chmod(SET_ID)
        if path.stat().st_mode & 0o4000 == 0:
            raise OSError("dropped")
    finally:
        path.unlink()


def _others() -> None:
    """See a process of another account."""
    ours = {str(os.getpid()), "self", "thread-self"}
    for one in Path("/proc").iterdir():
        if one.name.isdigit() and one.name not in ours and one.stat().st_uid != os.getuid():
            return
    raise OSError("none seen")


def acts(secret: str, home: str) -> dict[str, Callable[[], object]]:
    """Return what is tried, by what is said when it can be done."""
    libc = ctypes.CDLL(None, use_errno=True)
    return {
        **{f"writes to {folder}": (lambda at=folder: _write(at)) for folder in BESIDE},
        "reads the secret's file": lambda: Path(secret).read_text(),
        "sees other processes": _others,
        "becomes root": lambda: os.setuid(0),
        "sets a user ID on a file": lambda: _set_id(home),
        "makes a name space": lambda: _refused(libc.unshare(NEW_USER)),
        "makes a mount name space": lambda: _refused(libc.unshare(NEW_SPACE)),
        "mounts": lambda: _refused(libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)),
        "sends raw packets": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "asks the kernel's network": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "makes a device": lambda: os.mknod(f"{home}/null", 0o20600, os.makedev(1, 3)),
        "reads a disk": lambda: [os.open(one, os.O_RDONLY) for one in ("/dev/vda", "/dev/sda")],
        "sets the clock": lambda: _refused(libc.settimeofday(bytes(16), None)),
        "names the machine": lambda: _refused(libc.sethostname(b"x", 1)),
        "changes the kernel": lambda: Path("/proc/sys/kernel/panic").write_text("1"),
        "reads the kernel's log": lambda: _refused(min(0, libc.klogctl(3, bytes(64), 64))),
        "makes a control group": lambda: Path("/sys/fs/cgroup/vigie").mkdir(),
        "is scheduled in real time": lambda: os.sched_setscheduler(
            0, os.SCHED_FIFO, os.sched_param(1)
        ),
        "dumps its memory": lambda: resource.setrlimit(resource.RLIMIT_CORE, (1, 1)),
    }


def main() -> None:
    """Try, and say."""
    secret, *folders = sys.argv[1:]
    tried = acts(secret, folders[0])
    could = []
    for name, act in tried.items():
        try:
            act()
        except (OSError, ValueError):  # a bound that may not be raised is a ValueError
            continue
        could.append(name)
    for folder in folders:
        _write(folder)  # what it must be able to do
    handed = Path(os.environ["CREDENTIALS_DIRECTORY"])
    said = {
        "could": could,
        "tried": len(tried),
        "handed": sorted(one.name for one in handed.iterdir()),
        "open_files": resource.getrlimit(resource.RLIMIT_NOFILE)[0],
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
