"""Around the stores: is it a home, whose, of which version; settings, charter, disk, clock."""

from __future__ import annotations

import os
import pwd
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from vigie.base.clock import Clock, from_us, now_us, to_rfc3339
from vigie.base.errors import CharterMissing, SettingsInvalid, Unavailable, VigieError
from vigie.base.house_clock import doubt_of
from vigie.base.settings import SETTINGS_FILE, Settings
from vigie.base.translations import Phrase
from vigie.desk.database import connect, database_url, revisions
from vigie.intake.between.link import look
from vigie.intake.refusals import refused_lately
from vigie.jobs.doctor.finding import Finding, broken, missing, quoted
from vigie.situation.age import FORMAT_FILE, ages
from vigie.situation.assessment import assessed, is_required
from vigie.situation.home import is_home
from vigie.situation.house_time import clock_of
from vigie.situation.pulse.marks import COPIES, Marks
from vigie.situation.rights import CHARTER_FILE, load_charter

MIN_FREE_BYTES = 2 * 2**30
SOON = timedelta(days=21)
AHEAD_US = 300_000_000
"""Files that are this much ahead of the clock say that it went back."""
LATELY_S = 86_400
_OTHERS = 0o007


def look_at_folder(home: Path) -> Iterator[Finding]:
    """Yield whether the folder is a home at all, or what is left of one."""
    name = f"home {home}"
    if is_home(home):
        yield Finding(name)
    elif home.is_dir() and any(home.iterdir()):
        aside = quoted(home.with_name(f"{home.name}.half"))
        yield broken(name, "half_home", f"mv {quoted(home)} {aside}", home=home, file=FORMAT_FILE)
    else:
        yield missing(name, "no_home", f"vigie init --home {quoted(home)}", home=home)


def look_at_rights(home: Path) -> Iterator[Finding]:
    """Yield whether others may look in, and whether whoever runs Vigie may write everywhere."""
    if home.stat().st_mode & _OTHERS:
        yield missing("rights", "open_to_others", f"chmod -R o-rwx {quoted(home)}", home=home)
    owner = home.stat().st_uid
    foreign = [path for path in _first_levels(home) if path.lstat().st_uid != owner]
    if foreign:
        who = _name_of(owner)
        told = f"chown -R {who} {quoted(home)}"
        yield broken("rights", "foreign_files", told, file=foreign[0], n=len(foreign), owner=who)
    closed = [path for path in (home, *_first_levels(home)) if not os.access(path, os.W_OK)]
    if closed and not foreign:
        yield broken("rights", "not_writable", f"chmod -R u+rwX {quoted(home)}", file=closed[0])
    if not foreign and not closed and not home.stat().st_mode & _OTHERS:
        yield Finding("rights")


def _first_levels(home: Path) -> list[Path]:
    return [*home.glob("*"), *home.glob("*/*")]


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def look_at_disk(home: Path, settings: Settings) -> Iterator[Finding]:
    """Yield whether intake still takes messages, and whether it soon does not."""
    folders = {home, *(Path(p) for p in (settings.intake.spool_dir, settings.keys.folder) if p)}
    for folder in sorted(one for one in folders if one.is_dir()):
        free = shutil.disk_usage(folder).free
        largest = f"du -xh --max-depth=2 {quoted(folder)} | sort -h | tail"
        told = {"free": free // 2**20, "folder": folder}
        if free < settings.intake.min_free_bytes:
            yield broken("disk", "disk_full", largest, **told)
        elif free < max(MIN_FREE_BYTES, 2 * settings.intake.min_free_bytes):
            yield missing("disk", "disk_nearly_full", largest, **told)
        else:
            yield Finding("disk")


def look_at_charter(home: Path, settings: Settings) -> Iterator[Finding]:
    """Yield whether the city's own charter can be used."""
    try:
        load_charter(home, settings.rights.charter)
    except CharterMissing as error:
        aside = quoted(home.with_name(f"{home.name}.copy"))
        command = f"vigie restore COPIES --home {aside} --keys KEYS"
        yield broken("charter", "charter_missing", command, why=error)
    except SettingsInvalid as error:
        path = home / CHARTER_FILE
        command = f"mv {quoted(path)} {quoted(path.with_suffix('.toml.refused'))}"
        yield broken("charter", "charter_invalid", command, key=error.params.get("key"), why=error)
    else:
        yield Finding("charter")


def look_at_assessment(home: Path, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield whether forecasts and detectors may be used, and how long yet (AIA-4)."""
    name, at = "assessment", now_us(clock)
    if not is_required(settings):
        told = settings.rights.use == "study"
        yield missing(name, "assessment_study") if told else Finding(name)
        return
    found = assessed(home, settings, at)
    if found.state != "signed" or found.signature is None:
        command = f"vigie assessment check --home {quoted(home)}"
        why = Phrase(f"assessment_{found.state}")
        yield broken(name, "assessment_closed", command, why=why, reason=found.reason)
    elif found.signature.review_by - from_us(at).date() <= SOON:
        command = f"vigie assessment sign --home {quoted(home)}"
        yield missing(name, "assessment_soon", command, on=found.signature.review_by)
    else:
        yield Finding(name)


def look_at_settings(home: Path, error: SettingsInvalid) -> Finding:
    """Return that settings cannot be used."""
    command = f"${{EDITOR:-nano}} {quoted(home / SETTINGS_FILE)}"
    return broken("settings", "settings_invalid", command, why=error)


def look_at_version(home: Path, settings: Settings) -> Iterator[Finding]:
    """Yield whether this version may open the home, and whether the desk's server answers."""
    try:
        found = ages(home, settings)
    except Unavailable:
        return  # told by ``look_at_database``
    except VigieError as error:
        yield broken("version", "version_unreadable", why=error)
        return
    told = ", ".join(map(str, found))
    if any(one.age == "newer" for one in found):
        back = f"vigie upgrade --back --home {quoted(home)}"
        yield broken("version", "too_new", back, what=told)
    elif found:
        yield broken("version", "upgrade", f"vigie upgrade --home {quoted(home)}", what=told)
    else:
        yield Finding("version")


def look_at_database(home: Path, settings: Settings) -> Iterator[Finding]:
    """Yield whether PostgreSQL answers, where the desk stands there."""
    url = database_url(home, settings.desk)
    if not url.startswith("postgresql"):
        return
    engine = connect(url)
    try:
        revisions(engine)
    except Unavailable as error:
        told = error.params.get("what")
        yield broken("postgresql", "postgresql_away", "systemctl status postgresql", url=told)
    else:
        yield Finding("postgresql")
    finally:
        engine.dispose()


def look_at_nats(settings: Settings) -> Iterator[Finding]:
    """Yield whether each server of NATS answers and is of use, where the settings name any."""
    for server in settings.nats.servers:
        try:
            why, answered = look(settings.nats, server)
        except VigieError as error:
            why, answered = str(error), False
        if why:
            code = "nats_unfit" if answered else "nats_away"
            yield broken("nats", code, "systemctl status nats-server", url=server, why=why)
        else:
            yield Finding("nats")


def look_at_clock(home: Path, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield whether the clock is behind what was written, or not believed: terms would be wrong."""
    at = now_us(clock)
    house = clock_of(home, settings, lambda: now_us(clock))
    doubt = doubt_of(house)
    if doubt is not None:
        command = f"vigie doctor --clock-is-right --home {quoted(home)}"
        told = {"clock": to_rfc3339(at), "now": to_rfc3339(doubt.at_us)}
        yield broken("clock", "clock_doubt", command, **told)
        return
    written = [path.stat().st_mtime_ns // 1_000 for path in home.glob("*/*") if path.is_file()]
    marked = [mark.at_us for mark in Marks(home).read()]
    latest = max([*written, *marked], default=at)
    if latest - at > AHEAD_US:
        command = "timedatectl set-ntp true"
        told = {"now": to_rfc3339(at), "latest": to_rfc3339(latest)}
        yield broken("clock", "clock_behind", command, **told)
    else:
        yield Finding("clock")


def look_at_copies(home: Path, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield whether copies are taken as often as they should be."""
    hours, mark = settings.pulse.copy_hours, Marks(home).get(COPIES)
    take = f"vigie backup COPIES --home {quoted(home)} --keys-to KEYS"
    if mark is None:
        say: Callable[..., Finding] = broken if hours else missing
        yield say("copies", "never_copied", take)
        return
    age_hours = (now_us(clock) - mark.at_us) // 3_600_000_000
    if age_hours > 2 * (hours or 7 * 24):
        told = {"at": to_rfc3339(mark.at_us), "hours": age_hours}
        yield (broken if hours else missing)("copies", "copies_old", take, **told)
    else:
        yield Finding("copies")


def look_at_certificates(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Yield certificates named in the settings that have ended or will within three weeks."""
    told = {"log.syslog_ca_file": settings.log.syslog_ca_file}
    told |= {f"intake.mqtt {feed.client_id}": feed.ca_file for feed in settings.intake.mqtt}
    for key, file in sorted(told.items()):
        if file:
            yield _certificate(key, Path(file), clock)


def _certificate(key: str, file: Path, clock: Clock) -> Finding:
    name = f"certificate {key}"
    look = f"openssl x509 -noout -dates -in {quoted(file)}"
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        return broken(name, "certificate_unreadable", look, file=file, why=error)
    ends = min(one.not_valid_after_utc for one in found)
    now = from_us(now_us(clock))
    params = {"file": file, "at": ends.date().isoformat(), "key": key}
    if ends <= now:
        return broken(name, "certificate_ended", look, **params)
    if ends - now < SOON:
        return missing(name, "certificate_ending", look, **params)
    return Finding(name)


def look_at_refusals(home: Path, clock: Clock) -> Iterator[Finding]:
    """Yield whether pushes or questions were refused in the last day, and whose."""
    found = refused_lately(home, now_us(clock) / 1e6 - LATELY_S)
    if not found.reasons:
        yield Finding("refusals")
        return
    told = ", ".join(f"{reason} {n}" for reason, n in found.reasons.items())
    feed = next(iter(found.feeds), "-")
    command = f"vigie sources --home {quoted(home)}"
    yield missing("refusals", "refused", command, what=told, feed=feed)
