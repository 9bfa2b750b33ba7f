"""The time of a package, asked of a real time-stamp server and checked by openssl."""

from __future__ import annotations

import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from tests.inquiry.scene import Scene

from vigie.base.settings_inquiry import InquirySettings
from vigie.desk.evidence_shelf import EvidenceShelf
from vigie.inquiry import evidence
from vigie.inquiry.timestamp import MEDIA, ask, post
from vigie.inquiry.verify_evidence import verify

OPENSSL = shutil.which("openssl") or ""
pytestmark = pytest.mark.skipif(not OPENSSL, reason="openssl is not installed")
SETTINGS = """
[req]
distinguished_name = who
prompt = no
[who]
CN = Horodatage d'essai
[stamps]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
default_tsa = tsa_config
[tsa_config]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
"""


def openssl(*arguments: str) -> str:
    """Run openssl; returns what it said."""
    done = subprocess.run(
        [OPENSSL, *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an authority, and a time-stamp certificate of it."""
    folder = tmp_path_factory.mktemp("tsa")
    config = folder / "tsa.cnf"
    config.write_text(SETTINGS.format(folder=folder), "utf-8")
    (folder / "serial").write_text("01\n", "ascii")
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    ca, key = str(folder / "ca.pem"), str(folder / "ca.key")
    openssl("req", "-x509", *new_key, "-keyout", key, "-out", ca, "-subj", "/CN=Racine d'essai")
    asked, own = str(folder / "tsa.csr"), str(folder / "tsa.key")
    openssl("req", "-new", *new_key, "-keyout", own, "-out", asked, "-config", str(config))
    signing = ("x509", "-req", "-in", asked, "-CA", ca, "-CAkey", key, "-CAcreateserial")
    made = ("-out", str(folder / "tsa.pem"), "-extfile", str(config), "-extensions", "stamps")
    openssl(*signing, *made)
    return folder


@pytest.fixture(scope="module")
def server(authority: Path) -> Iterator[str]:
    """A server that answers each request as ``openssl ts`` does; returns its address."""

    class Stamps(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == MEDIA
            asked, told = authority / "asked.tsq", authority / "told.tsr"
            asked.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            config = ("-config", str(authority / "tsa.cnf"))
            openssl("ts", "-reply", *config, "-queryfile", str(asked), "-out", str(told))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(told.read_bytes())

        def log_message(self, *_: object) -> None:
            """Say nothing on the terminal."""

    running = HTTPServer(("127.0.0.1", 0), Stamps)
    thread = threading.Thread(target=running.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_real_server_stamps_a_package_and_openssl_agrees(
    tmp_path: Path, authority: Path, server: str
) -> None:
    """Requirement: REQ-4."""
    scene = Scene(tmp_path / "home", inquiry={"timestamp_url": "https://tsa.example.org/stamp"})

    def send(url: str, content: bytes, timeout_s: float) -> bytes:
        assert url == scene.home.settings.inquiry.timestamp_url
        return post(server, content, timeout_s)

    with scene.home as home:
        case_id = scene.case()
        name = scene.requisition(case_id)
        sha = scene.approved(case_id, name)
        told = evidence.run(home, scene.door("ines"), case_id, name, sha, send=send)
        path = EvidenceShelf(home.path).path(str(told["package_id"]))
    assert told["time"] == "stamped"
    assert verify(path)["timestamp"] is True
    with zipfile.ZipFile(path) as package:
        for one in ("manifest.json", "manifest.tsq", "manifest.tsr"):
            (tmp_path / one).write_bytes(package.read(one))
    stamp = ("-in", str(tmp_path / "manifest.tsr"), "-CAfile", str(authority / "ca.pem"))
    for against in (("-data", "manifest.json"), ("-queryfile", "manifest.tsq")):
        said = openssl("ts", "-verify", against[0], str(tmp_path / against[1]), *stamp)
        assert "Verification: OK" in said
    assert "Status: Granted." in openssl("ts", "-reply", *stamp[:2], "-text")


def test_an_answer_to_something_else_is_no_time(server: str) -> None:
    """Requirement: REQ-4."""
    settings = InquirySettings(timestamp_url="https://tsa.example.org")
    other = b"something else"
    answer, state = ask(settings, other, lambda _, content, wait: post(server, content, wait))
    assert (state, answer is None) == ("stamped", False)
    assert ask(settings, b"a manifest", lambda *_: answer or b"") == (None, "refused")
    assert ask(settings, b"a manifest", lambda *_: b"0") == (None, "refused")
