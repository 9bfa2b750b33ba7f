"""A thousand invented patients go through the edge; they are looked for in every byte it left."""

from __future__ import annotations

import ast
import asyncio
import json
import re
import socket
from datetime import date, timedelta
from pathlib import Path

from vigie.base.logging import configure_logging
from vigie.intake import hospital
from vigie.intake.hospital.courier import FolderCourier, HttpCourier
from vigie.intake.hospital.passages import METRICS
from vigie.intake.hospital.running import Folder, run

NIGHT = timedelta(hours=17)  # from Sunday noon to Monday 5 a.m.
MESSAGES = 1_000


def test_only_the_courier_can_send():
    """The edge has no network code but its listener and the sender of counts (law, HEA-1).

    Requirement: HEA-1.
    """
    network = {"httpx", "socket", "urllib", "http", "requests", "smtplib", "ftplib", "asyncssh"}
    folder = Path(hospital.__file__).parent
    senders = {
        path.name
        for path in folder.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        if name.partition(".")[0] in network and name != "urllib.parse"
    }

    assert senders == {"courier.py"}


def traffic(said) -> bytes:
    """Return a morning of messages, some of them broken in every way that might be logged."""
    found = []
    for n in range(MESSAGES):
        kind = {0: "ORU^R01", 1: "ADT^A02"}.get(n % 100, "ADT^A04")
        hour = f"20261122{n % 11:02d}{n % 60:02d}"
        change = {3: {"acuity": "MORVANDIAU"}, 4: {"site": "Dr MORVANDIAU"}}.get(n % 100, {})
        at = "MORVANDIAU" if n % 97 == 0 else hour
        found.append(said.framed(said.adt(f"visite{n}", at=at, type=kind, id=f"M{n}", **change)))
    found.append(said.framed(said.adt("cut"))[:150])
    found.append(said.framed(b"MORVANDIAU Clotilde 0699887766"))
    return b"".join(found)


async def reached(address):
    """Connect once somebody listens."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await asyncio.open_connection(*address)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)


async def sunday(edge, said, clock, vigie, folders, state_path) -> tuple[bytes, bytes]:
    """Let an edge live through a day; return its answers, and its state while it counted."""
    watched, out = folders
    stop = asyncio.Event()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = ("127.0.0.1", probe.getsockname()[1])
    answers = bytearray()
    with HttpCourier(vigie.url, "hospital", "s3cret") as pushed:
        couriers = [FolderCourier(out), pushed]
        running = asyncio.create_task(
            run(
                edge,
                listen=address,
                folder=Folder(watched),
                couriers=couriers,
                every_s=0.02,
                stop=stop,
            )
        )
        reader, writer = await reached(address)
        writer.write(traffic(said))
        await writer.drain()
        (watched / "rpu.xml").write_bytes(said.rpu(30, day="21/11/2026"))
        (watched / "bad.xml").write_bytes(said.rpu(3)[:-40])
        while answers.count(b"\x1c\r") < MESSAGES + 2:
            answers.extend(await asyncio.wait_for(reader.read(65_536), 60))
        during = state_path.read_bytes()
        clock.advance(NIGHT)
        await asyncio.to_thread(vigie.wait_for, 2)
        writer.close()
        stop.set()
        await running
    return bytes(answers), during


def test_a_thousand_patients_leave_nothing_behind_but_counts(
    edge, said, clock, vigie, tmp_path, state_path, capfd
):
    """Requirement: HEA-1."""

    configure_logging(level="DEBUG", json=True)
    folders = (tmp_path / "in", tmp_path / "out")
    for folder in folders:
        folder.mkdir()

    answers, during = asyncio.run(sunday(edge, said, clock, vigie, folders, state_path))

    logged = "".join(capfd.readouterr())
    bodies = [body for _, _, body, _ in vigie.taken]
    places = {"log": logged.encode(), "answers": answers, "state while counting": during}
    places |= {f"body {number}": body for number, body in enumerate(bodies)}
    places |= {
        path.relative_to(tmp_path).as_posix(): path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.parent != folders[0]  # what the hospital itself wrote
    }
    assert {"edge/state.json", "out/counts-130000001-2026-11-21.json"} <= set(places)
    assert len(json.loads(during)["days"]["2026-11-22"]["marks"]) > 900
    assert '"why": "counted"' in logged
    # A facility is no patient: MSH-4 is answered as it came, and nowhere else.
    places["answers"] = answers.replace(b"Dr MORVANDIAU", b"")
    found = [
        (place, value)
        for place, content in places.items()
        for value in (*said.PLANTED, "visite", "202611220", "20261122 0")
        if value.encode().lower() in content.lower()
    ]
    assert found == []
    assert len(bodies) == 2
    for body in bodies:
        _check_closed(json.loads(body))
    assert json.loads(state_path.read_bytes())["days"] == {}


def _check_closed(message):
    """No text of a message of counts is free: each has one of a few forms (law, HEA-1)."""
    assert message.keys() == {"format", "version", "site", "made_at", "days"}
    assert (message["format"], message["version"]) == ("vigie.counts", 1)
    assert re.fullmatch(r"[0-9A-Za-z_-]{1,32}", message["site"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", message["made_at"])
    for one in message["days"]:
        assert one.keys() == {"day", "figures"}
        date.fromisoformat(one["day"])
        for figure in one["figures"]:
            assert figure.keys() == {"metric", "slots"}
            assert figure["metric"] in METRICS
            assert all(type(n) is int for slot in figure["slots"] for n in slot)
            assert all(slot[2] >= 11 for slot in figure["slots"])
