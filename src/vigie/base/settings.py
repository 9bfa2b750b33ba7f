"""One typed tree: defaults, ``vigie.toml`` of the home, its ``cluster.toml``, then ``VIGIE_*``.

Nested keys in the environment use two underscores (``VIGIE_SERVER__PORT``). Secrets may come from
a file by a name ending in ``_FILE``. Defaults are safe: loopback only, demo off.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from vigie.base.errors import SettingsInvalid
from vigie.base.settings_allowance import AllowanceSettings
from vigie.base.settings_bucket import BucketSettings
from vigie.base.settings_cluster import ClusterSettings
from vigie.base.settings_deploy import DeploySettings
from vigie.base.settings_forecast import ForecastSettings
from vigie.base.settings_inquiry import InquirySettings
from vigie.base.settings_keys import KeysSettings, SealedSettings
from vigie.base.settings_limits import LimitSettings
from vigie.base.settings_log import LogSettings
from vigie.base.settings_nats import NatsSettings
from vigie.base.settings_part import Part
from vigie.base.settings_public import PublicSettings
from vigie.base.settings_pulse import PulseSettings
from vigie.base.settings_rights import RightsSettings
from vigie.base.settings_video import VideoSettings

SETTINGS_FILE = "vigie.toml"
CLUSTER_FILE = "cluster.toml"
CLUSTER_AT = "VIGIE_CLUSTER_FILE"
PREFIX = "VIGIE_"
TimeOfDay = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
NOT_SETTINGS = (f"{PREFIX}HOME", f"{PREFIX}SHARED", CLUSTER_AT)


class CitySettings(Part):
    """The city this home is about."""

    name: str = Field("Marseille", description="Name shown in the console.")
    timezone: str = Field("Europe/Paris", description="IANA zone of local days and hours.")
    bbox: tuple[float, float, float, float] = Field(
        (5.10, 43.10, 5.62, 43.46), description="West, south, east, north in degrees (WGS 84)."
    )
    center: tuple[float, float] = Field((5.3700, 43.2965), description="Longitude, latitude.")
    languages: tuple[str, ...] = Field(
        ("fr", "en"), description="Languages offered, first is default."
    )
    stock: dict[str, float] = Field(
        {}, description="Owned: agents, barriers, first_aid_posts; what is not named is not judged."
    )
    style_url: str | None = Field(
        None, description="MapLibre style URL; empty: own offline outline."
    )


class ServerSettings(Part):
    """The HTTP server."""

    host: str = Field("127.0.0.1", description="Address to listen on; loopback unless changed.")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/?#\s]+)?$",
        description="Address that browsers use, as https://vigie.example; needed behind a proxy.",
    )
    trusted_proxies: tuple[str, ...] = Field(
        (), description="Addresses of proxies whose X-Forwarded-For and -Proto are believed."
    )
    first_password_s: int = Field(
        7 * 86_400, gt=0, description="A first password not changed for this long is void."
    )
    session_idle_s: int = Field(8 * 3600, gt=0, description="A session unused for this long ends.")
    session_max_s: int = Field(
        12 * 3600, gt=0, description="A session ends after this long in any case."
    )
    max_body_bytes: int = Field(64 * 2**20, gt=0, description="Largest pushed payload.")
    reader: bool = Field(
        False, description="A process of its own answers questions over the facts; some 400 MiB."
    )
    require_second_factor: tuple[str, ...] = Field(
        ("*",),
        description="Roles that sign in with a second factor; `*`: every role. Never in a demo.",
    )


class ProviderSettings(Part):
    """An OpenID Connect provider that people sign in with, beside local accounts."""

    issuer: str = Field(
        "",
        pattern=r"^(https?://[^?#\s]+)?$",
        description="Issuer, exactly as the provider names itself; empty: none.",
    )
    title_fr: str = Field("Compte de la ville", description="Words on the button, in French.")
    title_en: str = Field("City account", description="Words on the button, in English.")
    client_id: str = Field("", description="Name of this Vigie at the provider.")
    client_secret_file: str = Field("", description="File holding the client's secret.")
    scopes: tuple[str, ...] = Field(("openid", "profile"), description="Scopes asked for.")
    role_claim: str = Field("groups", description="Claim of the ID token that tells the groups.")
    roles: dict[str, str] = Field(
        {}, description="Role of each group, most important first; no group here: refused."
    )
    second_factor: Literal["here", "provider"] = Field(
        "here", description="Who asks for the second factor: Vigie too, or the provider alone."
    )
    private: bool = Field(
        False, description="Allow an address of this machine or of a private network."
    )


class DeskSettings(Part):
    """The application database."""

    url: str = Field("", description="SQLAlchemy URL; empty: SQLite file in the home.")
    url_file: str = Field("", description="File holding the URL (it may hold a password).")


class LakeSettings(Part):
    """The lake and its engines."""

    threads: int = Field(0, ge=0, description="DuckDB threads; 0: as many as there are cores.")
    memory: str = Field("2GB", description="DuckDB memory limit per process.")
    spark_master: str = Field(
        "", description="Spark master URL for year-scale work; empty: DuckDB only."
    )
    bucket: BucketSettings = Field(
        default_factory=BucketSettings, description="Object storage that holds the tables."
    )


class IntakeSettings(Part):
    """Receiving data."""

    batch_rows: int = Field(200_000, gt=0, description="Most rows in one commit of a bulk load.")
    linger_ms: int = Field(
        1_000, ge=0, description="Longest wait of a live message for its commit."
    )
    apart: bool = Field(True, description="Process messages in another process than the server's.")
    spool_dir: str = Field("", description="Where large payloads wait; empty: in the home.")
    max_file_bytes: int = Field(8 * 2**30, gt=0, description="Largest file ingested.")
    max_line_bytes: int = Field(1 * 2**20, gt=0, description="Longest line of a text file.")
    max_archive_bytes: int = Field(200 * 2**20, gt=0, description="Largest unpacked archive.")
    max_archive_ratio: int = Field(100, gt=0, description="Largest ratio unpacked to packed.")
    max_archive_files: int = Field(1_000, gt=0, description="Most files in an archive.")
    quarantine_days: int = Field(7, gt=0, description="Days a refused row is kept.")
    max_backlog: int = Field(
        500_000, gt=0, description="Most messages waiting; above it, refused (429)."
    )
    priorities: dict[str, Annotated[int, Field(ge=1, le=3)]] = Field(
        {}, description="Priority of feeds, 1 (first) to 3; what is not named is 2."
    )
    live_backlog: int = Field(
        4_000,
        gt=0,
        description="Waiting messages above which priority 2 is refused (429); half of it for 3.",
    )
    min_free_bytes: int = Field(
        256 * 2**20, ge=0, description="Below this much free disk, refused (503)."
    )
    max_journal_bytes: int = Field(
        4 * 2**30, gt=0, description="Processed payloads kept for replay, at most."
    )
    geocoder_url: str = Field(
        "", description="BAN-compatible geocoder; empty: offline gazetteer only."
    )
    geocoder_outside: bool = Field(
        False, description="Allow a geocoder that is on no private network."
    )
    allowance: AllowanceSettings = Field(
        default_factory=AllowanceSettings, description="What this home may take."
    )
    watch: tuple[WatchedFolder, ...] = Field((), description="Folders watched for new files.")
    poll: tuple[PolledUrl, ...] = Field((), description="Addresses polled over HTTP.")
    sftp: tuple[SftpFolder, ...] = Field((), description="Folders fetched over SFTP.")
    mqtt: tuple[BrokerFeed, ...] = Field((), description="MQTT brokers listened to.")


class Received(Part):
    """Which feed comes by a transport, and how it is read."""

    connector: str = Field(description="Name of the connector that reads what comes.")
    source: str = Field("", description="Name of the feed; empty: the connector's or mapping's.")
    mapping: str = Field("", description="Mapping file, for the table connector.")
    options: dict[str, Any] = Field(
        default_factory=dict, description="The connector's options; empty: as registered."
    )


class WatchedFolder(Received):
    """A folder whose new files are ingested."""

    path: str = Field(description="The folder.")
    period_s: int = Field(5, gt=0, description="Seconds between two looks.")


class PolledUrl(Received):
    """An address fetched regularly, with ETag and retries."""

    url: str = Field(description="The address.")
    period_s: int = Field(60, gt=0, description="Seconds between two requests.")
    at: tuple[TimeOfDay, ...] = Field(
        (), description="Times of day in the city's zone, as 04:00; instead of the period."
    )
    private: bool = Field(
        False, description="Allow an address of this machine or of a private network."
    )


class SftpFolder(Received):
    """A folder of an SFTP server whose new files are ingested."""

    host: str = Field(min_length=1, description="Name or address of the server.")
    port: int = Field(22, ge=1, le=65535, description="Port of the server.")
    username: str = Field(min_length=1, description="Account on the server.")
    key_file: str = Field("", description="Private key, without passphrase; or a password file.")
    password_file: str = Field("", description="File holding the password.")
    host_key: str = Field(min_length=1, description="The server's public key, OpenSSH text.")
    folder: str = Field(".", min_length=1, description="Folder on the server.")
    pattern: str = Field("*", min_length=1, description="Names taken, with * and ?.")
    after: Literal["keep", "move", "delete"] = Field("keep", description="What becomes of a file.")
    moved_to: str = Field(
        "taken", pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Folder within, for `move`."
    )
    settle_s: float = Field(5.0, gt=0, le=600, description="Seconds a file must stand still.")
    period_s: int = Field(300, gt=0, description="Seconds between two looks.")
    at: tuple[TimeOfDay, ...] = Field(
        (), description="Times of day in the city's zone, as 04:00; instead of the period."
    )
    private: bool = Field(
        False, description="Allow an address of this machine or of a private network."
    )


class BrokerFeed(Received):
    """Topics of an MQTT broker, received by a lasting session."""

    host: str = Field(description="The broker.")
    port: int = Field(8883, ge=1, le=65535, description="Port; 8883 is MQTT over TLS.")
    tls: bool = Field(True, description="Encrypt; without it no password leaves this machine.")
    ca_file: str = Field("", description="Trusted certificates (PEM); empty: the system's.")
    version: Literal["3.1.1", "5"] = Field("5", description="Version of MQTT.")
    client_id: str = Field(description="Name of the session at the broker; never shared.")
    username: str = Field("", description="Account at the broker.")
    password_file: str = Field("", description="File holding the account's password.")
    topics: tuple[str, ...] = Field(description="Topic filters.")
    qos: Literal[0, 1] = Field(1, description="1: acknowledged once on disk; 0: may be lost.")
    keepalive_s: int = Field(30, gt=0, le=65535, description="Seconds between signs of life.")
    session_expiry_s: int = Field(
        7 * 86_400, gt=0, le=0xFFFF_FFFF, description="How long an MQTT 5 broker keeps the session."
    )
    max_message_bytes: int = Field(
        1 * 2**20, gt=0, description="Largest message; a larger one is dropped and counted."
    )


class AuditSettings(Part):
    """The audit: who did what to which data, and who keeps its signed heads."""

    origin: str = Field(
        "vigie.local/",
        pattern=r"^[^\s+]+$",
        description="Name of the log in its heads; one ending in / gets a random end when made.",
    )
    key_file: str = Field(
        "",
        description="Key that signs heads, best on another medium; empty: in the audit's folder.",
    )
    keep_days: int = Field(
        365, ge=180, le=1096, description="Days after which what lines say is shredded."
    )
    witnesses: tuple[WitnessSettings, ...] = Field(
        (), description="Who is sent a signed head every hour; at least two."
    )


class WitnessSettings(Part):
    """Somebody outside who keeps the audit's heads: a folder, or an address (C2SP tlog-witness)."""

    name: str = Field(min_length=1, description="What the witness is called.")
    folder: str = Field("", description="Folder that heads are put into: the DPO's, a public git.")
    url: str = Field("", description="Address of a witness that speaks C2SP tlog-witness.")
    key: str = Field(
        "", description="Its public key, name+id+key; its signature is then asked for."
    )
    private: bool = Field(
        False, description="Allow an address of this machine or of a private network."
    )


class Settings(Part):
    """The whole tree."""

    city: CitySettings = CitySettings()
    server: ServerSettings = ServerSettings()
    oidc: ProviderSettings = Field(default_factory=ProviderSettings)
    limits: LimitSettings = LimitSettings()
    desk: DeskSettings = DeskSettings()
    lake: LakeSettings = LakeSettings()
    intake: IntakeSettings = Field(default_factory=IntakeSettings)
    rights: RightsSettings = RightsSettings()
    audit: AuditSettings = Field(default_factory=AuditSettings)
    keys: KeysSettings = KeysSettings()
    sealed: SealedSettings = SealedSettings()
    forecast: ForecastSettings = Field(default_factory=ForecastSettings)
    public: PublicSettings = PublicSettings()
    video: VideoSettings = VideoSettings()
    inquiry: InquirySettings = InquirySettings()
    pulse: PulseSettings = PulseSettings()
    cluster: ClusterSettings = ClusterSettings()
    nats: NatsSettings = NatsSettings()
    deploy: DeploySettings = Field(default_factory=DeploySettings)
    demo: bool = Field(
        False, description="Demo mode: synthetic city, demo accounts, plainly marked."
    )
    log: LogSettings = LogSettings()
    clear_hosts: tuple[str, ...] = Field(
        (), description="Other machines spoken to without encryption, each by its name."
    )
    language: str = Field("fr", description="Default language of messages.")
    log_level: str = Field("INFO", description="Least level logged.")


IntakeSettings.model_rebuild()
AuditSettings.model_rebuild()
Settings.model_rebuild()


def _merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = (
            _merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
        )
    return merged


def _from_environment(environment: dict[str, str]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX) or name in NOT_SETTINGS:
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        if path[0] not in Settings.model_fields:
            continue
        branch = tree
        for key in path[:-1]:
            branch = branch.setdefault(key, {})
        branch[path[-1]] = value
    return tree


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsInvalid(file=path.name, reason=str(error)) from error


def settings_tree(home: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Return what a home's two files say, without defaults and unchecked."""
    cluster = Path(environment.get(CLUSTER_AT) or home / CLUSTER_FILE)
    return _merge(_from_file(home / SETTINGS_FILE), _from_file(cluster))


def load_settings(home: Path | None = None, environment: dict[str, str] | None = None) -> Settings:
    """Return the settings of a home.

    Args:
        home: Folder holding ``vigie.toml`` and ``cluster.toml``; missing files give the defaults.
        environment: Environment to read ``VIGIE_*`` from; the process's own by default.

    Raises:
        SettingsInvalid: With the key and the reason, when a value cannot be used.
    """
    told = dict(os.environ) if environment is None else environment
    tree: dict[str, Any] = {} if home is None else settings_tree(home, told)
    tree = _merge(tree, _from_environment(told))
    try:
        settings = Settings.model_validate(tree, strict=False)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsInvalid(key=key, reason=first["msg"]) from error
    return settings
