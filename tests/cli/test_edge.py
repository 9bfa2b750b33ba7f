"""`vigie edge hospital`: from a folder at the hospital to measures in the city's lake."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from vigie.base.clock import SystemClock
from vigie.cli import main
from vigie.situation.home import open_home

PEOPLE = "".join(
    f"<PATIENT><NAISSANCE>17/03/1987</NAISSANCE><ENTREE>DAY {n // 6:02d}:{n % 6}0</ENTREE>"
    f"<TRANSPORT>PERSO</TRANSPORT><GRAVITE>2</GRAVITE></PATIENT>"
    for n in range(100)
)


@pytest.fixture
def folders(tmp_path):
    """A hospital's folder with an RPU file of some days ago, and a folder for counts."""
    day = (SystemClock().now() - timedelta(days=3)).strftime("%d/%m/%Y")
    inside, out = tmp_path / "rpu", tmp_path / "out"
    inside.mkdir()
    out.mkdir()
    (inside / "nuit.xml").write_text(
        "<OSCOUR><ETABLISSEMENT><FINESS>130000001</FINESS></ETABLISSEMENT>"
        f"<PASSAGES>{PEOPLE.replace('DAY', day)}</PASSAGES></OSCOUR>"
    )
    return inside, out


def test_files_at_the_hospital_become_measures_in_the_city(folders, tmp_path, capsys):
    """Requirement: HEA-3. Nothing of the site is told before its own weeks allow it."""
    inside, out = folders
    state, home = tmp_path / "state.json", tmp_path / "city"
    line = ["edge", "hospital", "--folder", str(inside), "--out", str(out), "--state"]
    assert main.run([*line, str(tmp_path / "young.json"), "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": 1, "made": 0, "waiting": 0}
    archive = tmp_path / "archive"
    archive.mkdir()
    whole = (inside / "nuit.xml").read_text()
    day = SystemClock().now() - timedelta(days=3)
    for week in range(1, 9):
        past = day - timedelta(weeks=week)
        told = whole.replace(f"{day:%d/%m/%Y}", f"{past:%d/%m/%Y}")
        (archive / f"{week}.xml").write_text(told)
    line += [str(state), "--history", str(archive)]

    assert main.run([*line, "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": 1, "made": 1, "waiting": 0}
    assert main.run([*line, "--once", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"files": 1, "made": 0, "waiting": 0}
    (sent,) = out.iterdir()
    assert "1987" not in sent.read_text()
    assert main.run(["edge", "sites", "--state", str(state), "--json"]) == 0
    rules = json.loads(capsys.readouterr().out)
    assert [one["weeks"] for one in rules if one["alone"]] == [9]

    assert main.run(["init", "--home", str(home)]) == 0
    capsys.readouterr()
    ingest = ["ingest", "hospital_edge", str(out), "--home", str(home), "--json"]
    assert main.run(ingest) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["read"], answer["accepted"], answer["quarantined"]) == (4, 96, 0)
    assert main.run(ingest) == 0
    assert json.loads(capsys.readouterr().out)["accepted"] == 0


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1, 2, 1)], ids=str)
def test_a_sliding_week_leaves_the_lake_as_the_last_file_says(order, tmp_path, capsys):
    """Thirty arrivals, then three hundred by the hour, then sixty: nothing is counted twice."""
    home, then = tmp_path / "hospital", SystemClock().now() - timedelta(days=7)
    main.run(["init", "--home", str(home)])
    at_hospital = tmp_path / "options.toml"
    at_hospital.write_text("at_hospital = true\n")
    said = ["--options", str(at_hospital)]
    for night in order:
        count = (30, 300, 60)[night]
        extract = f"{then + timedelta(days=night + 1):%d/%m/%Y} 03:30:00"
        people = "".join(
            f"<PATIENT><ENTREE>{then:%d/%m/%Y} {n % 24:02d}:{n // 24:02d}</ENTREE></PATIENT>"
            for n in range(count)
        )
        path = tmp_path / f"{night}.xml"
        path.write_text(
            "<OSCOUR><ETABLISSEMENT><FINESS>130000001</FINESS>"
            f"<EXTRACT>{extract}</EXTRACT></ETABLISSEMENT>"
            f"<PASSAGES>{people}</PASSAGES></OSCOUR>"
        )
        assert main.run(["ingest", "hospital_edge", str(path), *said, "--home", str(home)]) == 0
        said = []  # a feed stays as it was registered
    capsys.readouterr()

    with open_home(home) as opened:
        rows = opened.lake.scan("measures").to_pylist()
    good = [row for row in rows if row["quality"] == "good"]
    assert {row["metric"] for row in good} == {"health.arrivals"}
    assert sum(row["value"] for row in good) == 60
    assert all(row["value"] == 0 for row in rows if row["quality"] != "good")


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--folder", "."],
        ["--out", "."],
        ["--listen", "nowhere", "--out", "."],
        ["--listen", "127.0.0.1:x", "--out", "."],
        ["--listen", "192.0.2.7:2575", "--out", "."],
        ["--listen", "127.0.0.1:0", "--out", ".", "--once"],
        ["--folder", ".", "--push", "http://vigie.example", "--token-file", "token"],
        ["--folder", ".", "--push", "https://vigie.example"],
        ["--folder", ".", "--push", "https://vigie.example", "--token-file", "missing"],
        ["--folder", ".", "--out", ".", "--timezone", "Mars/Olympus", "--once"],
        ["--folder", ".", "--out", ".", "--options", "missing.toml", "--once"],
    ],
    ids=str,
)
def test_a_command_line_that_cannot_be_meant_says_so(options, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text("s3cret")

    assert main.run(["edge", "hospital", "--state", "state.json", *options]) == 2
    assert "vigie:" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_told(tmp_path, capsys):
    line = ["--state", str(tmp_path / "s.json"), "--folder", str(tmp_path / "no"), "--out", "."]

    assert main.run(["edge", "hospital", *line, "--once"]) == 1
    assert "Traceback" not in capsys.readouterr().err


def test_it_listens_until_it_is_stopped(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    line = ["--state", str(tmp_path / "s.json"), "--out", str(tmp_path)]
    running = subprocess.Popen(
        [sys.executable, "-m", "vigie", "edge", "hospital", *line, "--listen", str(port)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stderr=subprocess.PIPE,
    )
    try:
        for _ in range(200):
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                    client.sendall(b"\x0bhello\x1c\r")
                    answer = client.recv(1_000)
                    break
            except ConnectionRefusedError:
                time.sleep(0.1)
        assert b"MSA|AE|" in answer
        running.send_signal(signal.SIGTERM)
        _, told = running.communicate(timeout=30)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 0
    assert b"hello" not in told
