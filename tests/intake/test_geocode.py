"""The address service: asked once per address, never outside unless allowed, never a burden."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import stamina

from vigie.base.errors import SettingsInvalid
from vigie.intake.geocode import HttpGeocoder, is_inside


class Service:
    """Answers as the Base Adresse Nationale's ``/search/`` does."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status = 200
        self.body: Any = None
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                question = parse_qs(urlsplit(self.path).query)["q"][0]
                service.asked.append(question)
                body = service.body
                if body is None:
                    body = json.dumps(answer(0.9 if "Paradis" in question else 0.2))
                data = body.encode()
                self.send_response(service.status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def answer(score: float) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "geometry": {"type": "Point", "coordinates": [5.38, 43.29]},
                "properties": {"score": score, "type": "housenumber", "label": "10 Rue Paradis"},
            }
        ],
    }


@pytest.fixture
def service() -> Iterator[Service]:
    one = Service()
    with stamina.set_testing(True, attempts=2):
        yield one
    one.close()


@pytest.fixture
def geocoder(service: Service) -> Iterator[HttpGeocoder]:
    one = HttpGeocoder(service.url)
    yield one
    one.close()


def test_a_good_answer(geocoder: HttpGeocoder, service: Service) -> None:
    found = geocoder.locate("10  rue Paradis", None)
    assert found is not None
    assert (found.lon, found.lat, found.accuracy_m) == (5.38, 43.29, 15.0)
    assert geocoder.locate("10 rue Paradis", "autre") == found
    assert service.asked == ["10 rue Paradis"]


def test_a_poor_or_empty_answer_is_none_and_remembered(
    geocoder: HttpGeocoder, service: Service
) -> None:
    assert geocoder.locate("nulle part", None) is None
    assert geocoder.locate("nulle part", None) is None
    assert service.asked == ["nulle part"]
    service.body = '{"features": []}'
    assert geocoder.locate(None, "rien") is None
    assert geocoder.locate(None, None) is None
    assert geocoder.locate("  ", "") is None


@pytest.mark.parametrize("body", ["garbage", "[]", '{"features": [{}]}', '{"features": 3}', "null"])
def test_a_strange_answer_is_no_crash_and_the_service_is_left_alone(
    geocoder: HttpGeocoder, service: Service, body: str
) -> None:
    service.body = body
    assert geocoder.locate("10 rue Paradis", None) is None
    assert geocoder.locate("12 rue Paradis", None) is None
    assert len(service.asked) == 1


def test_a_service_that_is_away(geocoder: HttpGeocoder, service: Service) -> None:
    service.close()
    assert geocoder.locate("10 rue Paradis", None) is None
    assert geocoder.locate("10 rue Paradis", None) is None


def test_an_address_never_leaves_for_the_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Law MIN-2: the geocoder's host must be local, unless the settings say otherwise.

    Requirement: MIN-2.
    """
    with pytest.raises(SettingsInvalid):
        HttpGeocoder("http://203.0.114.7/geocoder")
    with pytest.raises(SettingsInvalid):
        HttpGeocoder("ftp://127.0.0.1/")
    with pytest.raises(SettingsInvalid):
        HttpGeocoder("http://")
    HttpGeocoder("http://203.0.114.7/geocoder", outside=True).close()
    assert is_inside("127.0.0.1")
    assert is_inside("10.0.0.8")
    assert not is_inside("8.8.8.8")
    assert not is_inside("no-such-host.invalid")
