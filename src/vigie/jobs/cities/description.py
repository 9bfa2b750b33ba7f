"""The one file that names the cities of an installation, and what keeps them apart.

Nothing is shared but the machine and the address: two cities that would share a home, a place that
either writes, a secret, a database, a bucket's prefix or a name are refused before one starts.
"""

from __future__ import annotations

import pwd
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, ValidationError

from vigie.base.errors import SettingsInvalid
from vigie.base.settings import PREFIX, Settings, load_settings
from vigie.base.settings_allowance import AllowanceSettings
from vigie.base.settings_part import Part
from vigie.desk.database import database_url
from vigie.jobs.deploy.plan import USES, Use, named_values
from vigie.situation.home import is_home

FILE = "cities.toml"
FOREIGN = (PREFIX, "AWS_")
"""Variables of the whole installation would hold for every city: no city is given any."""
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
HostName = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9-]{1,63})*$")
]
_ITS_OWN = (Use.SECRET, Use.WRITTEN_FOLDER, Use.WRITTEN_FILE, Use.OUTSIDE_FOLDER)


class FrontSettings(Part):
    """The one address."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 for any.")
    figures: str = Field("", description="File of its figures (Prometheus text); empty: none.")
    user: str = Field("", description="Account it runs under; empty: as it was started.")


class CityBounds(AllowanceSettings):
    """What one city may take of the machine; goes over the settings of its home."""

    answers_at_once: int = Field(0, ge=0, description="Answers being made at one time.")


class CityPart(Part):
    """One city."""

    home: Path = Field(description="Its home, with its own keys and accounts.")
    names: tuple[HostName, ...] = Field(min_length=1, description="Host names it answers to.")
    user: str = Field("", description="Account it runs under; empty: as it was started.")
    allowance: CityBounds = CityBounds()


class Installation(Part):
    """The whole file."""

    front: FrontSettings = FrontSettings()
    cities: dict[Name, CityPart] = Field(min_length=1)


@dataclass(frozen=True)
class City:
    """A city, with the settings of its home.

    Attributes:
        name: Its name in the installation.
        part: What the file says of it.
        settings: What its home says, without the environment.
    """

    name: str
    part: CityPart
    settings: Settings

    def environment(self, told: Mapping[str, str]) -> dict[str, str]:
        """Return what its processes find in their environment.

        Args:
            told: The environment of the installation.
        """
        bounds = self.part.allowance.model_dump()
        answers = bounds.pop("answers_at_once")
        own = {
            f"{PREFIX}INTAKE__ALLOWANCE__{key.upper()}": str(n) for key, n in bounds.items() if n
        }
        if answers:
            own[f"{PREFIX}LIMITS__ANSWERS_AT_ONCE"] = str(answers)
        return {k: v for k, v in told.items() if not k.startswith(FOREIGN)} | own


def read_installation(file: Path) -> tuple[FrontSettings, list[City]]:
    """Return the address and the cities of an installation.

    Raises:
        SettingsInvalid: When the file or a home's settings cannot be used, or two cities would
            share what only one may have.
    """
    try:
        told = Installation.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as error:
        raise SettingsInvalid(key=str(file), reason=error.strerror) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(key=str(file), reason=str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsInvalid(key=key, reason=first["msg"]) from error
    cities = []
    for name, part in told.cities.items():
        home = part.home if part.home.is_absolute() else file.parent.absolute() / part.home
        placed = part.model_copy(update={"home": home.resolve()})
        if not is_home(home):
            raise SettingsInvalid(key=f"cities.{name}.home", reason=f"no home: {home}")
        cities.append(City(name, placed, load_settings(home, {})))
    for one in cities:
        _refuse_alone(one)
    for one, other in combinations(cities, 2):
        for what in shared(one, other):
            raise SettingsInvalid(key=f"cities.{other.name}", reason=f"{one.name}: {what}")
    return told.front, cities


def _refuse_alone(city: City) -> None:
    public = urlsplit(city.settings.server.public_url).hostname
    if public and public not in city.part.names:
        raise SettingsInvalid(key=f"cities.{city.name}.names", reason=f"server.public_url {public}")
    if city.part.user:
        try:
            pwd.getpwnam(city.part.user)
        except KeyError as error:
            key = f"cities.{city.name}.user"
            raise SettingsInvalid(key=key, reason=f"no account {city.part.user}") from error


def shared(one: City, other: City) -> Iterator[str]:
    """Yield everything that two cities would share and must not."""
    for name in sorted(set(one.part.names) & set(other.part.names)):
        yield f"names {name}"
    places, others = dict(_places(one)), dict(_places(other))
    for key, path in places.items():
        for their_key, their_path in others.items():
            if path == their_path or path in their_path.parents or their_path in path.parents:
                yield f"{key} {path}, {their_key} {their_path}"
    if (url := _database(one)) and url == _database(other):
        yield "desk.url"
    buckets = [city.settings.lake.bucket.location.rstrip("/") + "/" for city in (one, other)]
    if min(map(len, buckets)) > 1 and (
        buckets[0].startswith(buckets[1]) or buckets[1].startswith(buckets[0])
    ):
        yield "lake.bucket.location"
    sessions = [
        {(feed.host, feed.client_id) for feed in city.settings.intake.mqtt} for city in (one, other)
    ]
    for _, client in sorted(sessions[0] & sessions[1]):
        yield f"intake.mqtt.client_id {client}"


def _places(city: City) -> Iterator[tuple[str, Path]]:
    """Yield what only this city's processes may have: its home, what they write, its secrets."""
    yield "home", city.part.home
    for key, name, told in named_values(city.settings):
        if told and USES.get(key) in _ITS_OWN:
            path = Path(told).resolve()
            if not path.is_relative_to(city.part.home):
                yield name, path


def _database(city: City) -> str:
    """Return the address of the desk; what only the city's account can read is its own."""
    try:
        return database_url(city.part.home, city.settings.desk)
    except SettingsInvalid:
        return ""
