"""The settings of a cluster that is deployed, and the files of its credentials."""

from __future__ import annotations

from pathlib import Path

AT = "/srv/vigie/home"
MARK = "not-to-be-told"
PORT = 8335
IMAGE = "registry.example/vigie:0.1.0"

VIGIE = """
[server]
port = 8335
public_url = "https://vigie.example"
trusted_proxies = ["10.0.0.0/8"]
[keys]
folder = "/srv/vigie-keys"
ledger = "/srv/vigie-ledger/destroyed.jsonl"
[audit]
key_file = "/srv/vigie-keys/signing"
[[audit.witnesses]]
name = "dpo"
folder = "/mnt/dpo"
[[intake.watch]]
connector = "table"
mapping = "/etc/vigie/log.toml"
path = "/srv/depot"
[[intake.mqtt]]
connector = "sensors_mqtt"
host = "broker.example"
client_id = "vigie"
username = "vigie"
password_file = "{folder}/broker"
topics = ["a/#"]
"""
CLUSTER = """
[cluster]
web = 3
jobs = 2
[desk]
url_file = "{folder}/desk-url"
[lake.bucket]
location = "s3://vigie/port"
access_key_file = "{folder}/s3-access"
secret_key_file = "{folder}/s3-secret"
cache = "/srv/cache"
cache_bytes = 50_000_000_000
[deploy]
program = "{program}"
image = "registry.example/vigie:0.1.0"
record = true
"""


def put(home: Path, secrets: Path, more: str = "", program: str = "/bin/true") -> Path:
    home.mkdir(exist_ok=True)
    (home / "vigie.toml").write_text(VIGIE.format(folder=secrets))
    (home / "cluster.toml").write_text(CLUSTER.format(folder=secrets, program=program) + more)
    return home


def put_secrets(folder: Path) -> Path:
    for name in ("desk-url", "s3-access", "s3-secret", "broker"):
        (folder / name).write_text(f"{MARK}-{name}")
    return folder
