"""What Vigie fetches from the demo's city: an address with its ETag, files over SFTP."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from vigie.base.clock import FixedClock
from vigie.city.ledger import Feed
from vigie.jobs.broker import free_port
from vigie.jobs.served import USER, PollSender, SftpSender, make_keys
from vigie.jobs.transports import Ways

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_an_address_serves_the_latest_message_and_says_when_it_is_the_same() -> None:
    clock = FixedClock(NOW)
    sender = PollSender(0, {"bikes": b"before"}, clock)
    with httpx.Client(base_url=f"http://127.0.0.1:{sender.port}", trust_env=False) as client:
        first = client.get("/bikes")
        same = client.get("/bikes", headers={"If-None-Match": first.headers["ETag"]})
        assert sender.send("bikes", "m", b"after")
        other = client.get("/bikes", headers={"If-None-Match": first.headers["ETag"]})
        nothing = client.get("/other")
        clock.advance(timedelta(minutes=3))
        silent = client.get("/bikes", headers={"If-None-Match": other.headers["ETag"]})
        assert sender.send("bikes", "m", b"again")
        alive = client.get("/bikes")
    sender.close()

    assert (first.status_code, first.content) == (200, b"before")
    assert (same.status_code, same.content) == (304, b"")
    assert (other.status_code, other.content) == (200, b"after")
    assert nothing.status_code == 404
    assert silent.status_code == 503
    assert (alive.status_code, alive.content) == (200, b"again")


def test_files_lie_in_a_folder_over_sftp_for_the_one_key(tmp_path: Path) -> None:
    asyncssh = pytest.importorskip("asyncssh")
    root, keys, port = tmp_path / "root", tmp_path / "keys", free_port()
    root.mkdir()
    user_key, host_key = make_keys(keys)
    assert make_keys(keys) == (user_key, host_key)
    assert user_key.stat().st_mode & 0o077 == 0
    sender = SftpSender(port, keys, root, FixedClock(NOW))
    assert sender.send("fines", "a.csv", b"A;B\r\n")

    async def look(key: object) -> tuple[list[str], bytes]:
        known = ([asyncssh.import_public_key(host_key)], [], [])
        async with (
            asyncssh.connect(
                "127.0.0.1", port, username=USER, client_keys=[key], known_hosts=known,
                config=None, agent_path=None,
            ) as connection,
            connection.start_sftp_client() as client,
        ):  # fmt: skip
            names = sorted(await client.listdir("fines"))
            async with client.open("fines/a.csv", "rb") as file:
                return [n for n in names if not n.startswith(".")], await file.read()

    try:
        assert asyncio.run(look(asyncssh.read_private_key(user_key))) == (["a.csv"], b"A;B\r\n")
        with pytest.raises(asyncssh.PermissionDenied):
            asyncio.run(look(asyncssh.generate_private_key("ssh-ed25519")))
    finally:
        sender.close()


@pytest.mark.parametrize(
    ("own", "ports", "here"),
    [
        ("mqtt", {"broker_port": 1}, "mqtt"),
        ("mqtt", {"broker_port": 0}, "hand"),
        ("sftp", {"broker_port": 0, "sftp_port": 1}, "sftp"),
        ("sftp", {"broker_port": 0}, "folder"),
        ("poll", {"broker_port": 0, "poll_port": 1}, "poll"),
        ("poll", {"broker_port": 0}, "hand"),
        ("push", {"broker_port": 0}, "push"),
    ],
)
def test_a_feed_whose_own_way_is_not_there_takes_another(
    own: str, ports: dict[str, int], here: str, tmp_path: Path
) -> None:
    feed = Feed("s", "c", "", "facts", (), rows=0, records=0, via=own)
    assert Ways(tmp_path, **ports).via(feed) == here
