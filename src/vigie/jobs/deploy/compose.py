"""A compose file: web processes under one parent, jobs, recorders; the home is a folder."""

from __future__ import annotations

from typing import Any

from vigie.jobs.deploy.containers import (
    READY,
    START_S,
    STOP_S,
    TASKS,
    address,
    environment,
    refuse_containers,
)
from vigie.jobs.deploy.plan import Part, Place, Plan, Use

SPILL = "/tmp"  # noqa: S108
"""Large queries spill into it: on a disk, since what stands in memory counts as memory.

The volume has a name, so that the next process finds and deletes what a killed one left there; one
without a name would stay behind with it at every ``docker compose down``.
"""


def compose(plan: Plan) -> dict[str, Any]:
    """Return the compose file.

    Raises:
        SettingsInvalid: When the processes cannot run in containers.
    """
    refuse_containers(plan)
    secrets = {place.name: {"file": place.path} for place in plan.of(Use.SECRET)}
    return {
        "name": plan.settings.deploy.namespace,
        "services": {part.name: _service(plan, part) for part in plan.parts},
        "volumes": {_spill(part): {} for part in plan.parts},
        **({"secrets": secrets} if secrets else {}),
    }


def _spill(part: Part) -> str:
    return f"{part.name}-tmp"


def _service(plan: Plan, part: Part) -> dict[str, Any]:
    asked = plan.settings.deploy
    web = part.name == "web"
    words = [*part.words, *(["--processes", str(part.count), *address(plan)] if web else [])]
    many = 1 if web else part.count
    service: dict[str, Any] = {
        "image": asked.image,
        "entrypoint": ["vigie"],
        "command": words,
        "user": f"{asked.uid}:{asked.uid}",
        "environment": environment(plan),
        "restart": "unless-stopped",
        "init": True,
        "stop_grace_period": f"{STOP_S}s",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "mem_limit": f"{part.memory_mb * (part.count if web else 1)}m",
        "pids_limit": TASKS,
        "ulimits": {"nofile": asked.open_files, "core": 0},
        "volumes": [
            _bind(plan.home),
            *(_mount(place) for place in _mounted(plan)),
            {"type": "volume", "source": _spill(part), "target": SPILL},
        ],
    }
    if secrets := plan.of(Use.SECRET):
        service["secrets"] = [{"source": one.name, "target": one.path} for one in secrets]
    if many > 1:
        service["deploy"] = {"replicas": many}
    if web:
        port = plan.settings.server.port
        service["ports"] = [f"127.0.0.1:{port}:{port}"]
        service["healthcheck"] = _health(port)
    return service


def _health(port: int) -> dict[str, Any]:
    asks = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{port}{READY}', timeout=5)"
    return {
        "test": ["CMD", "python3", "-S", "-c", asks],
        "interval": "15s",
        "timeout": "10s",
        "retries": 3,
        "start_period": f"{START_S}s",
    }


def _mounted(plan: Plan) -> list[Place]:
    return plan.of(*(use for use in Use if use is not Use.SECRET))


def _mount(place: Place) -> dict[str, Any]:
    return _bind(place.path, read_only=place.use in {Use.READ_FILE, Use.READ_FOLDER})


def _bind(path: str, *, read_only: bool = False) -> dict[str, Any]:
    """A folder that is not there is refused, and not made as root."""
    bind = {"type": "bind", "source": path, "target": path, "bind": {"create_host_path": False}}
    return bind | ({"read_only": True} if read_only else {})
