"""Polling against a real server: conditional, patient, faithful to one host."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import stamina

from vigie.base.clock import FixedClock
from vigie.base.errors import SettingsInvalid
from vigie.base.settings import PolledUrl
from vigie.intake.polling import Poller, check_url
from vigie.intake.service import Intake
from vigie.lake.store import Lake

Fact = Callable[..., dict[str, Any]]
Lines = Callable[..., bytes]


class Site:
    """A web server whose next answers a test lines up."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                last = len(site.answers) == 1
                status, headers, body = site.answers[0] if last else site.answers.pop(0)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/feed/latest.jsonl"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def site() -> Iterator[Site]:
    one = Site()
    yield one
    one.close()


@pytest.fixture
def other_site() -> Iterator[Site]:
    one = Site()
    yield one
    one.close()


@pytest.fixture
def poller(intake: Intake, site: Site, clock: FixedClock) -> Iterator[Poller]:
    one = Poller(site.url, "log", intake._journal, clock, private=True)
    with stamina.set_testing(True, attempts=3):
        yield one
    one.close()


def test_an_answer_is_journalled_and_named(
    poller: Poller, site: Site, intake: Intake, lake: Lake, fact: Fact, lines: Lines
) -> None:
    site.answers = [(200, {}, lines(fact("1")))]
    assert poller.poll().taken
    intake.drain()
    assert lake.count("facts") == 1
    assert intake.health(0)[0].last_batches[0].name == "latest.jsonl"


def test_validators_are_sent_back_and_not_modified_is_a_sign_of_life(
    poller: Poller, site: Site, intake: Intake, clock: FixedClock, fact: Fact, lines: Lines
) -> None:
    validators = {"ETag": '"v1"', "Last-Modified": "Mon, 01 Jun 2026 10:00:00 GMT"}
    site.answers = [(200, validators, lines(fact("1"))), (304, {}, b"")]
    assert poller.poll().taken
    intake.drain()
    before = intake.health(0)[0].last_received_us
    clock.advance(timedelta(hours=1))
    fetched = poller.poll()
    assert (fetched.status, fetched.taken) == (304, False)
    headers = site.asked[1][1]
    assert headers["if-none-match"] == '"v1"'
    assert headers["if-modified-since"] == "Mon, 01 Jun 2026 10:00:00 GMT"
    after = intake.health(0)[0].last_received_us
    assert before is not None
    assert after == before + 3_600_000_000


def test_the_same_content_without_validators_is_taken_once(
    poller: Poller, site: Site, fact: Fact, lines: Lines
) -> None:
    site.answers = [(200, {}, lines(fact("1")))]
    assert [poller.poll().taken for _ in range(3)] == [True, False, False]
    site.answers = [(200, {}, lines(fact("2")))]
    assert poller.poll().taken


def test_a_server_in_trouble_is_asked_again(
    poller: Poller, site: Site, fact: Fact, lines: Lines
) -> None:
    site.answers = [(503, {}, b""), (429, {}, b""), (200, {}, lines(fact("1")))]
    assert poller.poll().taken
    assert len(site.asked) == 3
    site.answers = [(500, {}, b"")]
    assert not poller.poll().taken
    site.answers = [(404, {}, b"gone")]
    assert poller.poll().status == 404


def test_nobody_there_is_a_failed_poll_not_a_crash(poller: Poller, site: Site) -> None:
    site.close()
    fetched = poller.poll()
    assert (fetched.status, fetched.taken) == (0, False)


def test_a_redirect_is_followed_only_on_the_same_host(
    poller: Poller, site: Site, other_site: Site, fact: Fact, lines: Lines
) -> None:
    site.answers = [(302, {"Location": "/elsewhere"}, b""), (200, {}, lines(fact("1")))]
    assert poller.poll().taken
    assert site.asked[-1][0] == "/elsewhere"
    other_site.answers = [(200, {}, lines(fact("2")))]
    site.answers = [(302, {"Location": other_site.url}, b"")]
    assert not poller.poll().taken
    assert other_site.asked == []
    site.answers = [(302, {"Location": "/round"}, b"")]
    assert not poller.poll().taken


def test_an_answer_above_the_limit_is_given_up(
    open_intake: Callable[..., Intake], site: Site, clock: FixedClock
) -> None:
    intake = open_intake(max_file_bytes=1000)
    intake.register("log", "probe")
    site.answers = [(200, {}, b"x" * 5000)]
    poller = Poller(site.url, "log", intake._journal, clock, private=True)
    assert not poller.poll().taken
    poller.close()
    assert intake.health(0)[0].backlog == 0


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://host/x", "http://", "gopher://x", "http://u:p@host/x", ""]
)
def test_an_address_that_may_not_be_polled(url: str) -> None:
    with pytest.raises(SettingsInvalid):
        check_url(url)


def test_the_running_intake_polls_the_addresses_of_its_settings(
    open_intake: Callable[..., Intake], site: Site, lake: Lake, fact: Fact, lines: Lines
) -> None:
    site.answers = [(200, {}, lines(fact("1")))]
    polled = PolledUrl(url=site.url, connector="probe", source="far", period_s=1, private=True)
    intake = open_intake(poll=(polled,), linger_ms=10)
    intake.start()
    try:
        waited = threading.Event()
        for _ in range(600):
            if lake.count("facts"):
                break
            waited.wait(0.05)
    finally:
        intake.stop()
    assert lake.count("facts") == 1
    assert intake.source("far").connector == "probe"
