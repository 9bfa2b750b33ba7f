"""Settings: defaults are safe, files and environment override, mistakes are named."""

from pathlib import Path

import pytest

from vigie.base.errors import SettingsInvalid
from vigie.base.settings import Settings, load_settings


def test_defaults_listen_on_loopback_only_and_are_no_demo() -> None:
    settings = load_settings(environment={})

    assert settings.server.host == "127.0.0.1"
    assert settings.demo is False


def test_environment_wins_over_the_file(home: Path) -> None:
    (home / "vigie.toml").write_text("[server]\nport = 8100\nsession_idle_s = 60\n")
    settings = load_settings(home, {"VIGIE_SERVER__PORT": "8200", "VIGIE_HOME": "x", "OTHER": "y"})

    assert settings.server.port == 8200
    assert settings.server.session_idle_s == 60


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[server]\nport = 0\n", "server.port"),
        ("[server]\nprot = 1\n", "server.prot"),
        ("[city]\nbbox = [1, 2]\n", "city.bbox"),
    ],
)
def test_a_wrong_value_names_its_key(home: Path, text: str, key: str) -> None:
    (home / "vigie.toml").write_text(text)
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(home, {})

    assert caught.value.params["key"].startswith(key)


def test_a_broken_file_is_a_sentence(home: Path) -> None:
    (home / "vigie.toml").write_text("[server\n")
    with pytest.raises(SettingsInvalid) as caught:
        load_settings(home, {})

    assert caught.value.exit_code == 2


def test_every_setting_says_what_it_is() -> None:
    for name, field in Settings.model_fields.items():
        branch = getattr(field.annotation, "model_fields", None)
        if branch is None:
            assert field.description, name
            continue
        for leaf, inner in branch.items():
            assert inner.description, f"{name}.{leaf}"
