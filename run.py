"""Vigie's front door: set everything up, then run it. Standard library only.

python3 run.py demo          a synthetic city, ingested and served on this machine
python3 run.py demo --once   the same without serving; one line of JSON at the end
python3 run.py demo --video  the same with cameras: installs what records and masks (some 150 MB)
python3 run.py test          every check there is
python3 run.py bench NAME    a benchmark of tests/benchmarks
python3 run.py study NAME    a real city studied: examples/studies, --data FOLDER --out FOLDER
python3 run.py vigie VERB    any verb of the command line, inside the environment; --video before it
python3 run.py fix           format, repair what can be repaired, regenerate the reference pages
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
CONSOLE = ROOT / "console"
REQUIREMENTS = ROOT / "requirements"
MINIMUM_PYTHON = (3, 11)
MINIMUM_NODE = (20, 19)
IN_CI = os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}
NOT_SOURCES = {"node_modules", "dist", "e2e", "test-results", "playwright-report"}


def say(english: str, french: str) -> None:
    """Tell the person something in the language of the terminal; in both when it names none."""
    language = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "").lower()
    spoken = [
        text
        for code, text in (("fr", french), ("en", english))
        if language.startswith(code) or not language.startswith(("fr", "en"))
    ]
    print("\n".join(spoken), file=sys.stderr, flush=True)


def stop(english: str, french: str) -> None:
    """Say what to do, and leave with the exit code of a failure."""
    say(english, french)
    raise SystemExit(1)


def venv_python(venv: Path) -> Path:
    """Return the interpreter inside a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def digest(*paths: Path) -> str:
    """Return one hash of the names and contents of files."""
    total = hashlib.sha256(str(ROOT).encode())
    for path in sorted(paths):
        total.update(str(path).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def read_stamp(path: Path) -> dict[str, str]:
    """Return what the last complete installation left; empty when there was none."""
    try:
        stamp: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def check_python() -> None:
    """Refuse an interpreter that is too old, saying what to install."""
    if sys.version_info < MINIMUM_PYTHON:
        stop(
            "Vigie needs Python 3.11 or newer: install it from python.org or your system, "
            "then run this command with it.",
            "Vigie demande Python 3.11 ou plus récent : installez-le (python.org ou votre "
            "système), puis relancez cette commande avec lui.",
        )


def make_venv(venv: Path, python: str) -> None:
    """Make the virtual environment unless a working one is there."""
    ping = [str(venv_python(venv)), "-m", "pip", "--version"]
    if venv_python(venv).exists():
        if (venv / "vigie-installed.json").exists():
            ping[1:] = ["-c", ""]  # it was complete once: does the interpreter still start?
        if subprocess.run(ping, capture_output=True, check=False).returncode == 0:
            return
    if python == sys.executable and importlib.util.find_spec("ensurepip") is None:
        stop(
            "Python lacks the module that makes environments: on Debian or Ubuntu, run "
            "`apt install python3-venv`, then this command again.",
            "Il manque à Python le module qui crée les environnements : sous Debian ou Ubuntu, "
            "lancez `apt install python3-venv`, puis à nouveau cette commande.",
        )
    say(f"Making {venv.name} …", f"Création de {venv.name} …")
    subprocess.run([python, "-m", "venv", "--clear", str(venv)], check=True)


def install(which: str, venv: Path = VENV, python: str = sys.executable) -> Path:
    """Install one pinned set when it changed, and return the environment's interpreter.

    Args:
        which: "lock" for what runs Vigie, "dev" for that and everything that tests it.
        venv: where the environment stands.
        python: the interpreter to make it from.
    """
    make_venv(venv, python)
    stamp_path = venv / "vigie-installed.json"
    wanted = {
        name: digest(REQUIREMENTS / f"{name}.txt", ROOT / "pyproject.toml")
        for name in (("lock",) if which == "lock" else ("lock", "dev"))
    }
    stamp = read_stamp(stamp_path)
    if all(stamp.get(name) == value for name, value in wanted.items()):
        return venv_python(venv)
    say("Installing the pinned packages …", "Installation des paquets épinglés …")
    stamp_path.unlink(missing_ok=True)
    pinned = ["--require-hashes", "-r", str(REQUIREMENTS / f"{which}.txt")]
    itself = ["--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    pip_install(venv, pinned, itself)
    kept = {"video": stamp["video"]} if "video" in stamp else {}
    stamp_path.write_text(json.dumps({**kept, **wanted}), "utf-8")
    return venv_python(venv)


def install_video(venv: Path = VENV) -> None:
    """Add what records and masks video when it changed, without what its packages ask for.

    One of them asks for a second OpenCV, which would be laid over the first.
    """
    stamp_path = venv / "vigie-installed.json"
    stamp, wanted = read_stamp(stamp_path), digest(REQUIREMENTS / "video.txt")
    if stamp.get("video") == wanted:
        return
    say("Installing the video packages …", "Installation des paquets vidéo …")
    pip_install(venv, ["--no-deps", "--require-hashes", "-r", str(REQUIREMENTS / "video.txt")])
    stamp_path.write_text(json.dumps({**stamp, "video": wanted}), "utf-8")


def pip_install(venv: Path, *steps: list[str]) -> None:
    """Run pip's install once for each list of arguments; stop with one sentence when it fails."""
    pip = [str(venv_python(venv)), "-m", "pip", "install", "--disable-pip-version-check"]
    pip += ["--no-input"] if sys.stderr.isatty() else ["--no-input", "--quiet"]
    for arguments in steps:
        if subprocess.run([*pip, *arguments], check=False).returncode:
            stop(
                "The packages could not be installed (see above); the first installation needs "
                "a network, later runs do not.",
                "Les paquets n'ont pas pu être installés (voir ci-dessus) ; la première "
                "installation demande un réseau, les suivantes non.",
            )


def find_node() -> str | None:
    """Return Node's npm when Node is recent enough; otherwise None."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = tuple(int(part) for part in re.findall(r"\d+", answer.stdout)[:2])
    return npm if version >= MINIMUM_NODE else None


def build_console() -> str | None:
    """Build the console when its sources changed; return npm, or None where it cannot be built."""
    if not (CONSOLE / "package-lock.json").exists():
        return None
    npm = find_node()
    if npm is None:
        say(
            "Node 20.19 or newer was not found: install it from nodejs.org for the console; "
            "until then the server answers with its API and a plain page.",
            "Node 20.19 ou plus récent est introuvable : installez-le (nodejs.org) pour la "
            "console ; d'ici là le serveur offre son API et une page simple.",
        )
        return None
    quiet = {**os.environ, "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1", "NO_UPDATE_NOTIFIER": "1"}
    locked = digest(CONSOLE / "package-lock.json")
    stamp_path = CONSOLE / "node_modules" / ".vigie-installed.json"
    if read_stamp(stamp_path).get("lock") != locked:
        say("Installing the console's packages …", "Installation des paquets de la console …")
        command = [npm, "ci", "--no-audit", "--no-fund", "--loglevel", "error"]
        subprocess.run(command, cwd=CONSOLE, env=quiet, check=True)
        stamp_path.parent.mkdir(exist_ok=True)
        stamp_path.write_text(json.dumps({"lock": locked}), "utf-8")
    files = [
        path
        for top in CONSOLE.iterdir()
        if top.name not in NOT_SOURCES
        for path in ([top] if top.is_file() else top.rglob("*"))
        if path.is_file()
    ]
    sources = digest(*files)
    built_path = CONSOLE / "dist" / ".vigie-built.json"
    if read_stamp(built_path).get("sources") != sources:
        say("Building the console …", "Construction de la console …")
        command = [npm, "run", "--silent", "build", "--", "--logLevel", "error"]
        subprocess.run(command, cwd=CONSOLE, env=quiet, check=True)
        built_path.write_text(json.dumps({"sources": sources}), "utf-8")
    return npm


def become(*command: str | Path) -> int:
    """Hand this process over to a program, so that signals reach it."""
    arguments = [str(part) for part in command]
    if os.name != "nt":
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(arguments[0], arguments)  # noqa: S606 - the interpreter we just installed
    return subprocess.run(arguments, check=False).returncode


def demo(arguments: list[str]) -> int:
    """Set up, build, and run the demonstration; with ``--video``, cameras too."""
    python = install("lock")
    if "--video" in arguments:
        install_video()
        arguments = [one for one in arguments if one != "--video"]
    build_console()
    named = any(argument.split("=")[0] == "--home" for argument in arguments)
    home = [] if named or os.environ.get("VIGIE_HOME") else ["--home", str(ROOT / "home")]
    return become(python, "-m", "vigie.cli.main", "demo", *home, *arguments)


def vigie(arguments: list[str]) -> int:
    """Run any verb of the command line; ``--video`` before it installs the video packages."""
    python = install("lock")
    if arguments[:1] == ["--video"]:
        install_video()
        arguments = arguments[1:]
    return become(python, "-m", "vigie.cli.main", *arguments)


def bench(arguments: list[str]) -> int:
    """Run one benchmark; without a name, say which there are."""
    names = sorted(path.stem for path in (ROOT / "tests" / "benchmarks").glob("[a-z]*.py"))
    if not arguments or arguments[0] not in names:
        found = ", ".join(names) or "-"
        say(f"Usage: run.py bench NAME …; NAME is one of: {found}", f"Bancs d'essai : {found}")
        return 2
    script = ROOT / "tests" / "benchmarks" / f"{arguments[0]}.py"
    return become(install("dev"), script, *arguments[1:])


def study(arguments: list[str]) -> int:
    """Study a real city whose data stand outside this repository."""
    script = ROOT / "examples" / "studies" / "study.py"
    return become(install("lock"), script, *arguments)


def find_other_python() -> str | None:
    """Return a working Python 3.13 other than the running one, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in [shutil.which("python3.13"), *sorted(pyenv.glob("3.13*/bin/python3.13"))]:
        if candidate is None or sys.version_info[:2] == (3, 13):
            continue
        answer = subprocess.run(
            [candidate, "-c", "import ensurepip"], capture_output=True, check=False
        )
        if answer.returncode == 0:
            return str(candidate)
    return None


def test(arguments: list[str]) -> int:
    """Run every check; with arguments, pytest alone with these."""
    python = install("dev")
    install_video()
    if arguments:
        return become(python, "-m", "pytest", *arguments)
    npm = build_console()
    other = find_other_python() if IN_CI else None
    given = ["--npm", npm] if npm else []
    if other:
        given += ["--other", str(install("dev", ROOT / ".venv-3.13", other))]
    return become(python, ROOT / "tests" / "everything.py", *given)


def fix(arguments: list[str]) -> int:
    """Repair style, format, and regenerate what is generated from the code."""
    python = str(install("dev"))
    commands = [
        [python, "-m", "ruff", "check", "--fix", "."],
        [python, "-m", "ruff", "format", "."],
        [python, str(ROOT / "docs" / "generate.py"), *arguments],
    ]
    npm = find_node()
    if npm and (CONSOLE / "node_modules").exists():
        commands.append([npm, "--prefix", str(CONSOLE), "run", "--silent", "api"])
    codes = [subprocess.run(command, cwd=ROOT, check=False).returncode for command in commands]
    return max(codes)


VERBS = {"demo": demo, "test": test, "bench": bench, "study": study, "vigie": vigie, "fix": fix}


def main(arguments: list[str]) -> int:
    """Run one verb."""
    if not arguments or arguments[0] not in VERBS:
        print(__doc__)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    check_python()
    try:
        return VERBS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130
    except subprocess.CalledProcessError as error:
        say(
            f"Setting up stopped at: {' '.join(map(str, error.cmd))}",
            f"La préparation s'est arrêtée à : {' '.join(map(str, error.cmd))}",
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
