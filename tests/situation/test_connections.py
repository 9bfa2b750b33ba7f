"""Connections: nothing crosses a network in clear unless its host is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.errors import SettingsInvalid
from vigie.base.settings import Settings, load_settings
from vigie.situation.connections import in_clear, is_this_machine, refuse_clear
from vigie.situation.home import init_home, open_home
from vigie.web.server import make_server

FEED = 'connector = "table"\nsource = "x"\n'
CLEAR = {
    "intake.poll.url": ('[[intake.poll]]\nurl = "http://{host}/x"\n' + FEED, "feed.example"),
    "intake.mqtt.tls": (
        '[[intake.mqtt]]\nhost = "{host}"\ntls = false\nclient_id = "v"\ntopics = ["a"]\n' + FEED,
        "10.0.0.7",
    ),
    "lake.bucket.endpoint": ('[lake.bucket]\nendpoint = "http://{host}:8333"\n', "s3.example"),
    "intake.geocoder_url": ('[intake]\ngeocoder_url = "http://{host}:7878"\n', "192.168.1.4"),
    "oidc.issuer": ('[oidc]\nissuer = "http://{host}/realm"\n', "id.example"),
    "audit.witnesses.url": (
        '[[audit.witnesses]]\nname = "w"\nurl = "http://{host}"\n',
        "witness.example",
    ),
    "desk.url, sslmode": ('[desk]\nurl = "postgresql+psycopg://v@{host}/vigie"\n', "db.example"),
}


def settings_of(text: str, folder: Path) -> Settings:
    (folder / "vigie.toml").write_text(text, encoding="utf-8")
    return load_settings(folder, {})


@pytest.mark.parametrize("key", CLEAR)
def test_a_connection_in_clear_to_another_machine_is_refused(key, tmp_path):
    text, host = CLEAR[key]
    with pytest.raises(SettingsInvalid) as caught:
        refuse_clear(settings_of(text.format(host=host), tmp_path), tmp_path)

    assert caught.value.params["key"] == key
    assert host in caught.value.params["reason"]


@pytest.mark.parametrize("key", CLEAR)
def test_on_this_machine_or_by_name_it_is_let_through(key, tmp_path):
    text, host = CLEAR[key]
    refuse_clear(settings_of(text.format(host="127.0.0.1"), tmp_path), tmp_path)
    named = f'clear_hosts = ["{host}"]\n' + text.format(host=host)
    refuse_clear(settings_of(named, tmp_path), tmp_path)


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("v@db.example/vigie?sslmode=require", ["db.example"]),
        ("v@db.example/vigie?sslmode=prefer", ["db.example"]),
        ("v@db.example/vigie?sslmode=verify-full", []),
        ("v@db.example/vigie?sslmode=verify-ca", []),
        ("v@/vigie", []),
        ("v@/vigie?host=/run/postgresql", []),
        ("v@[::1]/vigie", []),
        ("v@/vigie?host=127.0.0.1:5432&host=b.example:5432", ["b.example"]),
        ("v@localhost/vigie?hostaddr=192.0.2.9", ["192.0.2.9"]),
    ],
)
def test_postgresql_elsewhere_must_be_encrypted_and_known(address, hosts, tmp_path):
    url = f"postgresql+psycopg://{address}"
    found = list(in_clear(Settings(desk={"url": url}), tmp_path))

    assert [host for _, host in found] == hosts


def test_what_the_environment_says_of_postgresql_counts(tmp_path, monkeypatch):
    settings = Settings(desk={"url": "postgresql+psycopg:///vigie"})
    monkeypatch.setenv("PGHOST", "db.example")
    assert list(in_clear(settings, tmp_path)) == [("desk.url, sslmode", "db.example")]
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    assert list(in_clear(settings, tmp_path)) == []


def test_encrypted_addresses_pass(tmp_path):
    for text, host in CLEAR.values():
        if "http" in text:
            safe = text.format(host=host).replace("http:", "https:")
            refuse_clear(settings_of(safe, tmp_path), tmp_path)


@given(st.ip_addresses())
def test_an_address_is_this_machine_when_it_is_loopback(address):
    assert is_this_machine(str(address)) == address.is_loopback


def test_a_home_with_a_connection_in_clear_is_not_opened(tmp_path):
    init_home(tmp_path / "home", {"desk": {"url": "postgresql+psycopg://v@db.example/vigie"}})
    with pytest.raises(SettingsInvalid):
        open_home(tmp_path / "home")


def test_beyond_this_machine_it_listens_only_behind_tls(tmp_path):
    init_home(tmp_path / "home")
    with open_home(tmp_path / "home") as home:
        with pytest.raises(SettingsInvalid):
            make_server(home, "0.0.0.0", 0, workers=False)
        server = home.settings.server.model_copy(update={"public_url": "https://vigie.example"})
        home.settings = home.settings.model_copy(update={"server": server})
        assert make_server(home, "0.0.0.0", 0, workers=False)
