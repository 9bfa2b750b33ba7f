"""Put a copy back into an empty folder: checked byte by byte, then erased again what was since.

``FORMAT`` is written last: a folder that was being filled when the power went is no home.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vigie.audit.line import Line
from vigie.base.clock import Clock, now_us, to_rfc3339
from vigie.base.errors import HomeInvalid, StoreBroken, Unavailable, WrongUsage
from vigie.base.settings import Settings, load_settings
from vigie.desk.copying import read_tables
from vigie.desk.database import database_url
from vigie.jobs.copies.shelf import NEWEST, Manifest, Shelf, write_whole
from vigie.jobs.copies.taking import DESK, RETENTION, SECRETS
from vigie.keys.keystore import KEYSTORE, LEDGER, MASTER
from vigie.lake.tables import Tables
from vigie.privacy.purposes import Purpose, Verb
from vigie.situation.age import FORMAT as HOME_FORMAT
from vigie.situation.age import FORMAT_FILE, OLDER
from vigie.situation.home import Home, open_home
from vigie.situation.house_time import clock_of
from vigie.situation.pulse.marks import COPIES, Marks
from vigie.situation.retention.ledger import FILE as ERASURES

_MOST_PROOFS = 10_000


@dataclass(frozen=True, slots=True)
class PutBack:
    """What came of putting a copy back.

    Attributes:
        copy: Its manifest.
        records: Records of each kind that the home now has.
        erased: Records that were erased again.
        waiting: Messages of the journal that intake goes on with when the home is served.
    """

    copy: Manifest
    records: Mapping[str, int]
    erased: int
    waiting: int


def put_back(
    shelf: Shelf,
    home: Path,
    clock: Clock | None = None,
    *,
    who: str,
    name: str = "",
    keys: Path | None = None,
    without_keys: bool = False,
) -> PutBack:
    """Make a home from a copy.

    Args:
        shelf: The folder of copies.
        home: Folder of the new home; absent or empty.
        clock: Its clock; by default one that does not believe the machine's blindly.
        who: Who asks, for the audit.
        name: Which copy; empty takes the newest.
        keys: Where the keys were copied to; None when the copy's settings name a folder of keys
            that is there.
        without_keys: Do without: what is sealed cannot be read then.

    Raises:
        WrongUsage: When the folder holds something, or no keys are named nor there.
        NotFound: When there is no such copy.
        HomeInvalid: When it is of a version that this one cannot open.
        StoreBroken: When a content of the copy is missing or altered: the folder is no home then.
        Conflict: When the bucket that the settings name has a lake already.
        Unavailable: When disk, database or bucket refuse.
    """
    manifest = shelf.manifest(name)
    if manifest.home_format != str(HOME_FORMAT) and manifest.home_format not in OLDER:
        raise HomeInvalid(home=manifest.name, reason=f"format {manifest.home_format}")
    if home.exists() and any(home.iterdir()):
        raise WrongUsage(reason=f"{home}: not empty", field="home")
    if keys is not None and not (keys / MASTER).is_file():
        raise WrongUsage(reason=f"{keys}: no {MASTER}", field="keys")
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.chmod(0o700)
    except OSError as error:
        raise Unavailable(what=str(home), reason=str(error)) from error
    for kept in manifest.files:
        if kept.path != FORMAT_FILE and not kept.path.startswith(f"{DESK}/"):
            shelf.fetch(kept, _inside(home, kept.path))
    _put_keys(home, keys, needed=not without_keys)
    settings = load_settings(home)
    _put_desk(shelf, manifest, home, settings)
    _put_lake(home, settings)
    newest = shelf.folder / NEWEST / ERASURES
    if newest.exists():
        write_whole(home / RETENTION / ERASURES, newest.read_bytes())
    write_whole(home / FORMAT_FILE, f"{manifest.home_format}\n".encode("ascii"))
    Marks(home).note(COPIES, 0, manifest.begun_us)
    clock = clock or clock_of(home, settings)
    begun = to_rfc3339(now_us(clock))
    with open_home(home, clock=clock, upgrade=True) as opened:
        return _look(opened, manifest, who, begun)


def _put_desk(shelf: Shelf, manifest: Manifest, home: Path, settings: Settings) -> None:
    """Fill the database that the settings name, where the copy's desk is none of SQLite."""
    url = database_url(home, settings.desk)
    tables = [kept for kept in manifest.files if kept.path.startswith(f"{DESK}/")]
    if not tables:
        if not url.startswith("sqlite"):
            raise WrongUsage(reason="the copy's desk is a file of SQLite", field="desk.url")
        return
    with tempfile.TemporaryDirectory(dir=home) as folder:
        files = [Path(folder) / Path(kept.path).name for kept in tables]
        for kept, file in zip(tables, files, strict=True):
            shelf.fetch(kept, file)
        read_tables(url, files)


def _put_lake(home: Path, settings: Settings) -> None:
    """Put the tables into the bucket that the settings name, if they name one."""
    Tables(home / "lake", settings.lake).move_in()


def _inside(home: Path, path: str) -> Path:
    target = home / path
    if not target.resolve().is_relative_to(home.resolve()):
        raise StoreBroken(reason=f"copies: {path!r} leads outside")
    return target


def _put_keys(home: Path, keys: Path | None, *, needed: bool) -> None:
    """Put keys and secrets where the copy's settings want them; never over a newer ledger."""
    told = load_settings(home).keys
    folder = Path(told.folder) if told.folder else home / "keys"
    there = (folder / MASTER).is_file()
    if keys is None:
        if needed and not there:
            raise WrongUsage(
                reason=f"{folder}: no keys; --keys FOLDER or --without-keys", field="keys"
            )
        return
    if there and folder.resolve() != keys.resolve():
        raise WrongUsage(reason=f"{folder}: keys are there already", field="keys")
    for name in (KEYSTORE, MASTER, LEDGER):
        if not there and (keys / name).exists():
            write_whole(folder / name, (keys / name).read_bytes())
    secrets = keys / SECRETS
    for path in secrets.rglob("*"):
        if path.is_file():
            write_whole(_inside(home, str(path.relative_to(secrets))), path.read_bytes())


def _look(home: Home, manifest: Manifest, who: str, begun: str) -> PutBack:
    """Count what is there, and write the line that says so."""
    kinds = ("facts", "measures", "plans", "places", "means")
    records = {kind: home.lake.count(kind) for kind in kinds}
    proofs = home.retention.proofs(_MOST_PROOFS)
    erased = sum(proof["n"] for proof in proofs if proof["begun_at"] >= begun)
    waiting = sum(one.backlog for one in home.intake.health(now_us(home.clock)))
    line = Line(
        now_us(home.clock),
        Verb.ALTER,
        who,
        "system",
        Purpose.ADMINISTRATION,
        RETENTION,
        {"act": "put_back", "copy": manifest.name, "erased": erased},
    )
    home.audit.append(line)
    return PutBack(manifest, records, erased, waiting)
