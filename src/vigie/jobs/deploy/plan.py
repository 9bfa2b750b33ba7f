"""One description of what runs, of what it writes to and of what it must be handed in secret.

Units, compose file and manifests are drawn from it, and it is drawn from the settings alone: what
an administrator changed in the environment is not in it, so that the same files give the same text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Any

import tomli_w
from pydantic import BaseModel

from vigie.base.errors import HomeInvalid, SettingsInvalid
from vigie.base.settings import CLUSTER_AT, PREFIX, Settings, load_settings, settings_tree

ALL = "0.0.0.0"  # noqa: S104 - of a container, that nobody but the proxy reaches
_MEMORY = re.compile(r"(\d+(?:\.\d+)?) ?([KMGT])(i?)B")
_MEGA = {"K": 1 / 1_024, "M": 1, "G": 1_024, "T": 1_024**2}
_LEAST_BESIDE_MB = 512


class Use(Enum):
    """What a process does with a place that a setting names."""

    SECRET = "secret"  # noqa: S105 - a word
    WRITTEN_FOLDER = "written folder"
    WRITTEN_FILE = "written file"
    OUTSIDE_FOLDER = "outside folder"
    READ_FOLDER = "read folder"
    READ_FILE = "read file"


USES = {
    "desk.url_file": Use.SECRET,
    "lake.bucket.access_key_file": Use.SECRET,
    "lake.bucket.secret_key_file": Use.SECRET,
    "oidc.client_secret_file": Use.SECRET,
    "intake.sftp[].key_file": Use.SECRET,
    "intake.sftp[].password_file": Use.SECRET,
    "intake.mqtt[].password_file": Use.SECRET,
    "nats.password_file": Use.SECRET,
    "keys.folder": Use.WRITTEN_FOLDER,
    "keys.ledger": Use.WRITTEN_FILE,
    "audit.key_file": Use.WRITTEN_FILE,
    "intake.spool_dir": Use.WRITTEN_FOLDER,
    "lake.bucket.cache": Use.WRITTEN_FOLDER,
    "pulse.folder": Use.OUTSIDE_FOLDER,
    "audit.witnesses[].folder": Use.OUTSIDE_FOLDER,
    "intake.watch[].path": Use.READ_FOLDER,
    "intake.watch[].mapping": Use.READ_FILE,
    "intake.poll[].mapping": Use.READ_FILE,
    "intake.sftp[].mapping": Use.READ_FILE,
    "intake.mqtt[].mapping": Use.READ_FILE,
    "intake.mqtt[].ca_file": Use.READ_FILE,
    "nats.ca_file": Use.READ_FILE,
    "log.syslog_ca_file": Use.READ_FILE,
}
"""Every setting that names a place of the machine."""


@dataclass(frozen=True)
class Place:
    """A place that a setting names, outside the home.

    Attributes:
        name: The setting's name in letters, digits and hyphens.
        key: The setting.
        path: The place; the folder of a file that is written.
        use: What is done there.
    """

    name: str
    key: str
    path: str
    use: Use

    @property
    def variable(self) -> str:
        """The variable that tells another place, empty for what a list holds."""
        return "" if "[" in self.key else PREFIX + self.key.upper().replace(".", "__")


@dataclass(frozen=True)
class Part:
    """What one kind of process is.

    Attributes:
        name: ``web``, ``jobs`` or ``record``.
        title: What it does.
        count: How many there are.
        words: The verb and its options, without the address.
        memory_mb: The most memory of one.
    """

    name: str
    title: str
    count: int
    words: tuple[str, ...]
    memory_mb: int


@dataclass(frozen=True)
class Plan:
    """What runs, where, with what.

    Attributes:
        home: Where the home stands on the machine that serves.
        settings: Its settings.
        told: Its settings as they are written, without defaults.
        parts: What runs.
        places: What stands outside the home.
    """

    home: str
    settings: Settings
    told: str
    parts: tuple[Part, ...]
    places: tuple[Place, ...]

    def of(self, *uses: Use) -> list[Place]:
        """Return the places of some uses, each path once."""
        found = {place.path: place for place in reversed(self.places) if place.use in uses}
        return sorted(found.values(), key=self.places.index)


def make_plan(home: Path, at: str = "") -> Plan:
    """Return the description of a home's cluster.

    Args:
        home: The home, or a folder that holds its ``vigie.toml`` and ``cluster.toml``.
        at: Where it stands on the machine that serves; where it stands here by default.

    Raises:
        HomeInvalid: When there are no settings.
        SettingsInvalid: When several processes cannot be served by them, or a secret stands in
            them.
    """
    environment = {k: v for k, v in os.environ.items() if k == CLUSTER_AT}
    tree = settings_tree(home, environment)
    if not tree:
        raise HomeInvalid(home=str(home), reason="no vigie.toml, no cluster.toml")
    settings = load_settings(home, environment)
    stands = at or str(home.resolve())
    _refuse(settings, stands)
    return Plan(stands, settings, tomli_w.dumps(tree), _parts(settings), _places(settings, stands))


def _refuse(settings: Settings, stands: str) -> None:
    if settings.demo:
        raise SettingsInvalid(key="demo", reason="a demonstration is one process")
    if not _is_plain(stands) or len(PurePosixPath(stands).parts) < 3:  # noqa: PLR2004
        raise SettingsInvalid(key="home", reason=f"an absolute path, not {stands}")
    if settings.desk.url:
        raise SettingsInvalid(key="desk.url", reason="it may hold a password; desk.url_file")
    if not settings.desk.url_file:
        raise SettingsInvalid(key="desk.url_file", reason="the cluster profile needs PostgreSQL")
    bucket = settings.lake.bucket
    if bucket.location and not (bucket.access_key_file and bucket.secret_key_file):
        raise SettingsInvalid(key="lake.bucket.access_key_file", reason="both keys by a file")
    if settings.deploy.user == "root":
        raise SettingsInvalid(key="deploy.user", reason="never root")


def _is_plain(path: str) -> bool:
    """Say whether a path is absolute and needs no quoting anywhere."""
    return re.fullmatch(r"(/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]*)+", path) is not None


def _parts(settings: Settings) -> tuple[Part, ...]:
    asked, lake_mb = settings.deploy, _megabytes(settings.lake.memory)
    serve = ("serve", "--profile", "cluster", "--part")

    def most(key: str, told: int, beside: int) -> int:
        if told and told < lake_mb + _LEAST_BESIDE_MB:
            least = lake_mb + _LEAST_BESIDE_MB
            raise SettingsInvalid(key=f"deploy.{key}", reason=f"{least} at least: lake.memory")
        return told or lake_mb + beside

    web_mb = most("web_memory_mb", asked.web_memory_mb, 2_048)
    jobs_mb = most("jobs_memory_mb", asked.jobs_memory_mb, 4_096)
    parts = [
        Part("web", "answers", settings.cluster.web, (*serve, "web"), web_mb),
        Part("jobs", "intake, alerts, schedule", settings.cluster.jobs, (*serve, "jobs"), jobs_mb),
    ]
    if asked.record:
        parts.append(
            Part("record", "recorders", 1, ("watch", "record"), asked.record_memory_mb),
        )
    return tuple(parts)


def _megabytes(told: str) -> int:
    found = _MEMORY.fullmatch(told)
    if found is None:
        raise SettingsInvalid(key="lake.memory", reason=f"a size such as 2GB, not {told}")
    return round(float(found[1]) * _MEGA[found[2]])


def _places(settings: Settings, stands: str) -> tuple[Place, ...]:
    found = []
    for key, name, told in named_values(settings):
        use = USES.get(key)
        if use is None or not told:
            continue
        if not _is_plain(told):
            raise SettingsInvalid(key=name, reason=f"an absolute path: {told}")
        path = str(PurePosixPath(told).parent) if use is Use.WRITTEN_FILE else told
        if PurePosixPath(path).is_relative_to(stands):
            continue
        found.append(Place(re.sub(r"[^a-z0-9]+", "-", name), name, path, use))
    return tuple(found)


def named_values(
    branch: BaseModel, key: str = "", name: str = ""
) -> Iterator[tuple[str, str, Any]]:
    """Walk the settings: each leaf with its key (lists as ``[]``), its name and its value."""
    for field in type(branch).model_fields:
        value = getattr(branch, field)
        if isinstance(value, BaseModel):
            yield from named_values(value, f"{key}{field}.", f"{name}{field}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for number, one in enumerate(value, 1):
                yield from named_values(one, f"{key}{field}[].", f"{name}{field}[{number}].")
        else:
            yield f"{key}{field}", f"{name}{field}", value
