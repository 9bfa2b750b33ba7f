"""Bad days: a real home is broken, the doctor names it in both languages, its remedy works."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from tests.nats_servers import NatsServer, free_ports

from vigie.audit.reading import Query, Reader, read
from vigie.base.clock import Clock, FixedClock, SystemClock, now_us
from vigie.base.time_record import Record, RecordFile
from vigie.base.translations import LANGUAGES
from vigie.cli.main import run
from vigie.desk.database import known_revisions
from vigie.jobs.copies.taking import take_copy
from vigie.jobs.doctor.examination import examine
from vigie.jobs.doctor.finding import Finding
from vigie.situation.home import init_home, open_home

LOG = (
    "NUMERO;DATE_DEBUT;HEURE_DEBUT;CODE_NATURE;NATURE;LONGITUDE;LATITUDE;GRAVITE;ETAT;OBSERVATIONS"
    "\r\n1;01/06/2026;08:00;TN;Tapage;5,3700;43,2960;2;VERT;texte\r\n"
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor")
    init_home(folder / "home")
    with open_home(folder / "home") as home:
        home.intake.register("log", "main_courante")
        home.intake.accept("log", "a.csv", LOG.encode(), "text/csv")
        home.intake.drain()
        take_copy(home, folder / "copies", who="os:test", keys_to=folder / "keys")
    return folder


@pytest.fixture
def place(tmp_path: Path, whole: Path) -> Path:
    """A folder with a home, its copies and its keys."""
    return Path(shutil.copytree(whole, tmp_path / "place"))


@pytest.fixture
def home(place: Path) -> Path:
    return place / "home"


def wrong(home: Path, clock: Clock | None = None) -> dict[str, Finding]:
    """Return what is broken or missing of a home, by code, told in both languages."""
    found = {one.code: one for one in examine(home, clock or SystemClock()) if one.code}
    found = {code: one for code, one in found.items() if not code.startswith("disk_nearly")}
    for one in found.values():
        texts = {language: one.text(language) for language in LANGUAGES}
        assert texts["fr"] != texts["en"], one
        for text in texts.values():
            assert not text.startswith("doctor_"), one
            assert "{" not in text.partition(" → ")[0], one
            assert one.command in text
    return found


def only(home: Path, code: str, clock: Clock | None = None) -> Finding:
    found = wrong(home, clock)
    assert set(found) == {code}
    return found[code]


def remedy(one: Finding, place: Path | None = None) -> None:
    """Run the remedy's command as a person would, with the places of copies and keys filled in."""
    if place is not None:
        command = one.command.replace("COPIES", str(place / "copies"))
        command = command.replace("KEYS", str(place / "keys"))
    else:
        command = one.command
    words = shlex.split(command)
    if words[0] == "vigie":
        assert run(words[1:]) == 0, command
    else:
        subprocess.run(words, check=True)


def test_a_whole_home_has_nothing_wrong(home: Path) -> None:
    assert wrong(home) == {}


def test_the_command_says_it_and_its_exit_code_too(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    assert run(["doctor", "--home", str(home)]) == 0
    (home / "charter.toml").write_text("nonsense = 1\n", "utf-8")
    assert run(["doctor", "--home", str(home)]) == 1
    assert "La charte de la ville est inutilisable" in " ".join(capsys.readouterr().out.split())


def test_half_a_restore(home: Path, place: Path) -> None:
    (home / "FORMAT").unlink()
    remedy(only(home, "half_home"))
    assert only(home, "no_home").state == "missing"
    command = f"restore {place / 'copies'} --home {home} --keys {place / 'keys'}"
    assert run(command.split()) == 0
    assert wrong(home) == {}


def test_others_may_look_in(home: Path) -> None:
    home.chmod(0o755)
    remedy(only(home, "open_to_others"))
    assert wrong(home) == {}


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_command_was_run_under_another_account(home: Path) -> None:
    os.chown(home / "intake" / "intake.db", 12_345, 12_345)
    found = only(home, "foreign_files")
    assert found.params["file"] == home / "intake" / "intake.db"
    remedy(found)
    assert wrong(home) == {}


def test_the_disk_is_full(home: Path) -> None:
    (home / "vigie.toml").write_text(f"[intake]\nmin_free_bytes = {2**60}\n", "utf-8")
    found = only(home, "disk_full")
    assert found.state == "broken"
    subprocess.run(["bash", "-c", found.command], check=True, capture_output=True)


def test_a_charter_that_is_none(home: Path) -> None:
    (home / "charter.toml").write_text("nonsense = 1\n", "utf-8")
    remedy(only(home, "charter_invalid"))
    assert wrong(home) == {}


def test_a_charter_that_is_gone(home: Path) -> None:
    shipped = files("vigie.privacy").joinpath("charter.toml").read_text("utf-8")
    (home / "charter.toml").write_text(shipped, "utf-8")
    open_home(home).close()
    assert wrong(home) == {}
    (home / "charter.toml").unlink()
    found = only(home, "charter_missing")
    assert found.state == "broken"
    assert run(["sources", "list", "--home", str(home)]) == 2
    (home / "vigie.toml").write_text('[rights]\ncharter = "shipped"\n', "utf-8")
    assert wrong(home) == {}
    open_home(home).close()


def test_an_authority_without_its_assessment(home: Path) -> None:
    """Requirement: AIA-4."""
    (home / "vigie.toml").write_text('[rights]\nuse = "authority"\n', "utf-8")
    assert only(home, "assessment_closed").state == "broken"
    (home / "vigie.toml").write_text('[rights]\nuse = "study"\n', "utf-8")
    assert only(home, "assessment_study").state == "missing"


def test_a_setting_that_is_none(home: Path) -> None:
    (home / "vigie.toml").write_text("[server]\nport = 99999\n", "utf-8")
    assert "server.port" in only(home, "settings_invalid").text("en")


def test_the_index_is_damaged(home: Path) -> None:
    (home / "lake" / "index.db").write_bytes(b"no database at all, and long enough to be read")
    remedy(only(home, "index_broken"))
    with open_home(home) as opened:
        assert opened.lake.count("facts") == 1
        opened.intake.accept("log", "again.csv", LOG.encode(), "text/csv")
        opened.intake.drain()
        assert opened.lake.count("facts") == 1, "the index knows again what is there"
    assert wrong(home) == {}


def test_the_journal_is_damaged(home: Path, place: Path) -> None:
    file = home / "intake" / "intake.db"
    content = bytearray(file.read_bytes())
    content[4_096 : 4_096 * 3] = os.urandom(8_192)
    file.write_bytes(content)
    found = wrong(home)["database_broken"]
    assert found.params["file"] == "intake/intake.db"
    remedy(found, place)
    assert wrong(home.with_name("home.restored")) == {}


def test_a_file_of_the_lake_is_missing(home: Path, place: Path) -> None:
    next((home / "lake" / "facts").rglob("*.parquet")).unlink()
    found = only(home, "file_missing")
    assert (found.params["table"], found.params["n"]) == ("facts", 1)
    remedy(found, place)
    with open_home(home.with_name("home.restored")) as opened:
        assert opened.lake.count("facts") == 1


def test_the_log_of_a_table_is_spoilt(home: Path) -> None:
    for entry in (home / "lake" / "facts" / "_delta_log").iterdir():
        entry.write_bytes(b"{")
    assert only(home, "table_unreadable").params["table"] == "facts"


def test_a_line_of_the_audit_was_changed(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    segment = next(path for path in (home / "audit" / "lines").rglob("*") if path.is_file())
    content = bytearray(segment.read_bytes())
    content[-3] ^= 1
    segment.write_bytes(content)
    found = only(home, "audit_broken")
    assert found.params["n"] >= 1
    assert run(shlex.split(found.command)[1:]) == 1, "it tells each fault"
    assert capsys.readouterr().err


def test_a_witness_is_late(home: Path, place: Path) -> None:
    folder = place / "witness"
    settings = f'[[audit.witnesses]]\nname = "cnil"\nfolder = "{folder}"\n'
    (home / "vigie.toml").write_text(settings, "utf-8")
    with open_home(home) as opened:
        for _ in range(3):
            opened.audit.head()
            opened.intake.accept("log", "more.csv", LOG.encode(), "text/csv")
            opened.intake.drain()
            opened.retention.run()
    found = only(home, "witness_late")
    folder.mkdir()
    remedy(found)
    assert wrong(home) == {}


def test_the_keys_are_away(home: Path) -> None:
    (home / "keys").rename(home.parent / "volume")
    found = only(home, "keys_away")
    assert not (home / "keys" / "master.key").exists(), "looking makes no new one"
    assert str(home / "keys") in found.command


def test_the_keys_stand_open(home: Path) -> None:
    (home / "keys" / "master.key").chmod(0o644)
    remedy(only(home, "keys_refuse"))
    assert wrong(home) == {}


@pytest.fixture
def holder(home: Path) -> Iterator[subprocess.Popen[str]]:
    program = (
        "import sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]);"
        "lock.acquire();"
        "print('held', flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", program, str(home / "audit" / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_process_holds_the_audit(
    home: Path, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.audit.store.LOCK_TIMEOUT_S", 0.1)  # it is held for ten minutes
    found = wrong(home)["lock_held"]
    assert found.command == f"kill {holder.pid}"
    remedy(found)
    holder.wait(30)
    assert wrong(home) == {}


def test_a_dead_process_leaves_no_lock(home: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait(30)
    assert (home / "audit" / "lock").exists()
    assert wrong(home) == {}


def test_files_are_later_than_a_clock_that_is_synchronised(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.situation.house_time.synchronised", lambda: True)
    found = only(home, "clock_behind", FixedClock(SystemClock().now() - timedelta(days=2)))
    assert "timedatectl" in found.command


@pytest.mark.parametrize("days", [-2, 2, 3_650])
def test_the_clock_is_not_believed_until_an_administrator_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    """The record stands ``days`` on the other side of the clock, as after a start that is wrong."""
    monkeypatch.setattr("vigie.situation.house_time.synchronised", lambda: False)
    monkeypatch.setattr("vigie.situation.house_time.RELEASED_US", 0)
    file = RecordFile(home)
    file.write(Record(now_us(SystemClock()) - days * 86_400_000_000))
    found = only(home, "clock_doubt")
    assert found.state == "broken"
    remedy(found)
    assert wrong(home) == {}
    known = file.read()
    assert known is not None
    assert abs(known.at_us - now_us(SystemClock())) < 60_000_000
    remedy(found)  # nothing is in doubt any more, nothing is written
    with open_home(home) as opened:
        page = read(opened.audit, Query(limit=1_000), Reader("t", "t", "test"))
    (told,) = [line.subject for _, line in page.lines if line.dataset == "clock"]
    assert told["ahead_s"] == pytest.approx(days * 86_400, abs=60)


def test_copies_are_too_old(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "vigie.toml").write_text("[pulse]\ncopy_hours = 24\n", "utf-8")
    monkeypatch.setattr("vigie.situation.house_time.synchronised", lambda: True)
    found = only(home, "copies_old", FixedClock(SystemClock().now() + timedelta(days=3)))
    assert (found.state, found.params["hours"]) == ("broken", 72)
    remedy(found, place)
    (home / "pulse" / "copies.json").unlink()
    assert only(home, "never_copied").state == "broken"


def test_an_older_and_a_newer_home(home: Path) -> None:
    with closing(sqlite3.connect(home / "desk.db")) as base, base:
        base.execute("DROP TABLE field_uses")
        base.execute("DROP TABLE forecast_overrides")
        base.execute("DROP TABLE duty_turns")
        base.execute("UPDATE alembic_version SET version_num = '0016'")
    remedy(only(home, "upgrade"))
    assert wrong(home) == {}
    with closing(sqlite3.connect(home / "desk.db")) as base, base:
        base.execute("UPDATE alembic_version SET version_num = '9999'")
    remedy(only(home, "too_new"))
    assert only(home, "upgrade").params["what"].startswith("desk 0016")


def test_postgresql_is_away(home: Path) -> None:
    pytest.importorskip("psycopg")
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        url = f"postgresql+psycopg://vigie:secret@127.0.0.1:{taken.getsockname()[1]}/vigie"
        (home / "vigie.toml").write_text(f'[desk]\nurl = "{url}"\n', "utf-8")
        found = only(home, "postgresql_away")
    assert "secret" not in found.text("en")


def test_nats_is_away_or_of_no_use(home: Path, needs_nats: Path, tmp_path: Path) -> None:
    port = free_ports(1)[0]
    told = f'[nats]\nservers = ["nats://127.0.0.1:{port}"]\n'
    (home / "vigie.toml").write_text(told, "utf-8")
    assert f"127.0.0.1:{port}" in only(home, "nats_away").text("en")
    server = NatsServer(needs_nats, tmp_path / "nats", port, jetstream=False).start()
    try:
        assert wrong(home) == {}
        (home / "vigie.toml").write_text(f"{told}journal = true\n", "utf-8")
        assert "JetStream is off" in only(home, "nats_unfit").text("en")
    finally:
        server.kill()


def certificate(file: Path, ends: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "collector.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(ends)
        .sign(key, SHA256())
    )
    file.write_bytes(made.public_bytes(Encoding.PEM))


def test_a_certificate_ends(home: Path) -> None:
    file, now = home.parent / "ca.pem", SystemClock().now()
    (home / "vigie.toml").write_text(f'[log]\nsyslog_ca_file = "{file}"\n', "utf-8")
    certificate(file, now + timedelta(days=300))
    assert wrong(home) == {}
    certificate(file, now + timedelta(days=10))
    assert only(home, "certificate_ending").state == "missing"
    certificate(file, now - timedelta(days=1))
    assert only(home, "certificate_ended").state == "broken"
    file.write_text("none", "utf-8")
    assert only(home, "certificate_unreadable").state == "broken"


def test_a_look_that_fails_hides_no_other(home: Path) -> None:
    (home / "audit" / "witnesses.json").write_text("no JSON", "utf-8")
    (home / "charter.toml").write_text("nonsense = 1\n", "utf-8")
    found = wrong(home)
    assert set(found) == {"look_failed", "charter_invalid"}
    assert found["look_failed"].params["look"] == "audit"


def test_revisions_named_here_are_known() -> None:
    assert {"0016", "0012"} <= set(known_revisions())
