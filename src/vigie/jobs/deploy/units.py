"""systemd: one target, a socket that the web processes share, a unit for each kind of process."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import PurePosixPath

from vigie.base.errors import SettingsInvalid
from vigie.jobs.deploy.plan import Part, Place, Plan, Use

STOP_S = 60
_SIX = 6
START_S = 300
"""An old home may have much to bring up to date."""
WAIT_S = 2
TASKS = 1_024
HOMES = tuple(f"/{name}/" for name in ("home", "root", "run/user"))
"""What ``ProtectHome=yes`` hides."""
HARDENING = """\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome={protect_home}
PrivateTmp=yes
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077
"""
TASKS_BY_HAND = {
    "vigie-check": ("is the home older than the program", ("upgrade", "--check")),
    "vigie-upgrade": ("bring the home up to date", ("upgrade", "--desk-copied")),
}
WRITES = (Use.WRITTEN_FOLDER, Use.WRITTEN_FILE, Use.OUTSIDE_FOLDER)


def units(plan: Plan) -> dict[str, str]:
    """Return every unit by its file's name.

    Raises:
        SettingsInvalid: When the server's address is a name, which a socket cannot be bound to.
    """
    found = {"vigie.target": _target(plan), "vigie.socket": _socket(plan)}
    found |= {file_of(part): _service(plan, part) for part in plan.parts}
    for name, (about, words) in TASKS_BY_HAND.items():
        found[f"{name}.service"] = _task(plan, about, words)
    return found


def file_of(part: Part) -> str:
    """Return the file of a part's unit: a template where there may be several."""
    return f"vigie-{part.name}.service" if part.name == "record" else f"vigie-{part.name}@.service"


def instances(part: Part) -> list[str]:
    """Return the units that run."""
    if part.name == "record":
        return [file_of(part)]
    return [f"vigie-{part.name}@{number}.service" for number in range(1, part.count + 1)]


def by_hand(plan: Plan) -> str:
    """Return a script that does any verb as the account of the units, with their credentials.

    A transient unit knows no ``%d``: its name is chosen, so that the credentials' place is known.
    """
    lines = [
        "#!/bin/sh",
        "# Any verb of vigie, as the account that serves, handed what only root may read:",
        "# sh vigie.sh sources list. Written by `vigie deploy`; nothing here is secret.",
        "set -eu",
        "unit=vigie-by-hand-$$",
        'exec systemd-run --quiet --wait --collect --pipe --unit="$unit" \\',
        f"  --uid={plan.settings.deploy.user} --setenv=VIGIE_HOME={plan.home} \\",
        *(
            f"  --property=LoadCredential={place.name}:{place.path} "
            f'--setenv={place.variable}="/run/credentials/$unit.service/{place.name}" \\'
            for place in plan.of(Use.SECRET)
            if place.variable
        ),
        "  --property=NoNewPrivileges=yes --property=UMask=0077 --property=LimitCORE=0 \\",
        f'  {plan.settings.deploy.program} "$@"',
        "",
    ]
    return "\n".join(lines)


def _target(plan: Plan) -> str:
    wanted = ["vigie.socket", *(name for part in plan.parts for name in instances(part))]
    return (
        "[Unit]\n"
        "Description=Vigie\n"
        f"Wants={' '.join(wanted)}\n"
        "\n"
        "[Install]\n"
        "WantedBy=multi-user.target\n"
    )


def _socket(plan: Plan) -> str:
    """Who connects while one process is started again waits for another, and is not refused."""
    server = plan.settings.server
    try:
        number = ip_address(server.host)
    except ValueError as error:
        raise SettingsInvalid(key="server.host", reason="an address, not a name") from error
    host = f"[{number}]" if number.version == _SIX else str(number)
    return (
        "[Unit]\n"
        "Description=Vigie: the address that its web processes share\n"
        "PartOf=vigie.target\n"
        "\n"
        "[Socket]\n"
        f"ListenStream={host}:{server.port}\n"
        "Backlog=2048\n"
        "Service=vigie-web@1.service\n"
    )


def _task(plan: Plan, about: str, words: tuple[str, ...]) -> str:
    """What runs once while an upgrade goes on; its copy goes beside the home."""
    above = str(PurePosixPath(plan.home).parent)
    lines = [
        "[Unit]",
        f"Description=Vigie: {about}",
        f"RequiresMountsFor={' '.join(_mounts(plan))}",
        "",
        "[Service]",
        "Type=oneshot",
        *_runs(plan, words),
        f"ReadWritePaths={above}",
    ]
    return "\n".join((*lines, HARDENING.format(protect_home=_protect_home(plan))))


def _runs(plan: Plan, words: tuple[str, ...]) -> list[str]:
    return [
        f"User={plan.settings.deploy.user}",
        f"Environment=VIGIE_HOME={plan.home}",
        *_secrets(plan),
        f"ExecStart={' '.join((plan.settings.deploy.program, *words))}",
        f"LimitNOFILE={plan.settings.deploy.open_files}",
        "LimitCORE=0",
        *(f"ReadWritePaths={path}" for path in _written(plan)),
    ]


def _service(plan: Plan, part: Part) -> str:
    web = part.name == "web"
    about = "" if part.name == "record" else " (%i)"
    needs = ["Requires=vigie.socket", "After=vigie.socket"] if web else []
    unit = [
        "[Unit]",
        f"Description=Vigie: {part.title}{about}",
        "PartOf=vigie.target",
        "Wants=network-online.target",
        "After=network-online.target postgresql.service",
        *needs,
        f"RequiresMountsFor={' '.join(_mounts(plan))}",
        "StartLimitIntervalSec=0",
    ]
    service = [
        "",
        "[Service]",
        "Type=notify",
        *(["Sockets=vigie.socket"] if web else []),
        *_runs(plan, part.words),
        "Restart=always",
        f"RestartSec={WAIT_S}",
        "KillMode=mixed",
        f"TimeoutStartSec={START_S}",
        f"TimeoutStopSec={STOP_S}",
        f"MemoryMax={part.memory_mb}M",
        "MemorySwapMax=0",
        f"TasksMax={TASKS}",
    ]
    return "\n".join((*unit, *service, HARDENING.format(protect_home=_protect_home(plan))))


def _secrets(plan: Plan) -> list[str]:
    """Files that only root need be able to read; the process has a copy in memory of its own.

    What a list holds (brokers, SFTP) has no variable and is read where the settings say.
    """
    found: list[str] = []
    for place in plan.of(Use.SECRET):
        if place.variable:
            found += [
                f"LoadCredential={place.name}:{place.path}",
                f"Environment={place.variable}=%d/{place.name}",
            ]
    return found


def _mounts(plan: Plan) -> list[str]:
    return [plan.home, *(place.path for place in plan.of(Use.WRITTEN_FOLDER, Use.WRITTEN_FILE))]


def _written(plan: Plan) -> list[str]:
    """A place of another machine may be away; a home or its keys must not."""
    return [plan.home, *(_mark(place) + place.path for place in plan.of(*WRITES))]


def _mark(place: Place) -> str:
    return "-" if place.use is Use.OUTSIDE_FOLDER else ""


def _protect_home(plan: Plan) -> str:
    paths = (plan.home, plan.settings.deploy.program, *(place.path for place in plan.places))
    return "read-only" if any(path.startswith(HOMES) for path in paths) else "yes"
