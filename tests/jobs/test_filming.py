"""The demo's cameras: marked as fiction, served, looked at under a grant that whoever may ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

cv2 = pytest.importorskip("cv2")
av = pytest.importorskip("av")

from tests.detectors.scenes import encode  # noqa: E402

from vigie.base.clock import FixedClock, now_us, to_us  # noqa: E402
from vigie.base.errors import WrongUsage  # noqa: E402
from vigie.city.feeds import cameras  # noqa: E402
from vigie.city.feeds.writing import csv_bytes  # noqa: E402
from vigie.city.filmed.clips import Reel, make_reel  # noqa: E402
from vigie.city.filmed.scenes import FPS, FilmedScene, filmed_scenes  # noqa: E402
from vigie.jobs import demo_cameras  # noqa: E402
from vigie.jobs.camera_streams import by_rtsp, by_tcp  # noqa: E402
from vigie.jobs.filming import FICTION, HEAD, look, place, put_grant, put_sheets, run  # noqa: E402
from vigie.situation.detection.grants import end_grant  # noqa: E402
from vigie.situation.home import Home, init_home, open_home  # noqa: E402
from vigie.watch.masking.burning import Burning  # noqa: E402
from vigie.watch.recording.masks import mask_history, masks_in_force  # noqa: E402
from vigie.watch.recording.recorder import Recorder  # noqa: E402
from vigie.watch.recording.source import FileSource  # noqa: E402
from vigie.watch.vision.pictures import Picture  # noqa: E402

STREET = filmed_scenes()[0]


NOW = datetime(2026, 3, 30, 12, 0, tzinfo=UTC)


class Once(threading.Event):
    """Told to stop as soon as one would wait."""

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        self.set()
        return True


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A demo home whose register of cameras is the synthetic city's."""
    folder = tmp_path_factory.mktemp("filming")
    register = folder / "cameras.csv"
    rows = [tuple(one.values()) for one in cameras.rows(13, to_us(NOW))]
    register.write_bytes(csv_bytes(cameras.HEADER, rows[:6]))
    init_home(folder / "home", {"demo": True})
    with open_home(folder / "home", clock=FixedClock(NOW)) as built:
        built.intake.ingest_paths("camera_register", [register], source=cameras.SOURCE)
        yield built


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Reel:
    return make_reel(STREET, tmp_path_factory.mktemp("reel"))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def gray(scene: FilmedScene) -> Iterator[Picture]:
        for number, one in enumerate(scene.pictures("happening", fps=5)):
            yield Picture(number * 200_000, cv2.cvtColor(one, cv2.COLOR_BGR2GRAY))

    return encode(tmp_path_factory.mktemp("clip") / "street.mp4", gray(STREET))


def test_sheet_and_grant_say_that_they_are_fiction_and_an_ended_grant_stays_ended(
    home: Home, clip: Path
) -> None:
    """Requirement: ALG-1, VID-1. A signal comes by the ordinary way, and none after the end."""
    (placed,) = place(home, [STREET])
    put_sheets(home, [placed], {STREET.name: str(clip)})
    (sheet,) = home.video.cameras()
    assert sheet.authorisation.startswith(FICTION)
    assert sheet.camera_id == placed.row["source_ref"]

    def looked() -> list[str]:
        look(home, placed, str(clip), Once())
        found = home.desk.detections.between(0, 1 << 60, limit=10)
        return [one["type"] for one in found]

    assert looked() == []
    assert put_grant(home, [placed])
    assert put_grant(home, [placed])
    (grant,) = home.desk.detections.grants()
    told = grant.terms
    assert all(
        FICTION in text
        for text in (told.legal_basis, told.prefect_order, told.attestation, told.signed_by)
    )
    assert told.to_us - told.from_us <= timedelta(days=30) // timedelta(microseconds=1)
    assert now_us(home.clock) >= told.signed_us
    assert looked() == [STREET.truth.event]

    end_grant(home, HEAD, grant.grant_id, reason="essai terminé")
    assert not put_grant(home, [placed])
    assert looked() == [STREET.truth.event]


def test_one_camera_of_the_demo_is_masked_before_anything_is_stored(
    home: Home, tmp_path: Path
) -> None:
    """Requirement: VID-6. Its building is black on what is recorded, the yard before it is not."""
    yard = next(one for one in filmed_scenes() if one.hidden)
    quiet = next(yard.pictures("quiet"))
    film = (Picture(n * 200_000, cv2.cvtColor(quiet, cv2.COLOR_BGR2GRAY)) for n in range(10))
    clip = encode(tmp_path / "yard.mp4", film, fps=5)
    (placed,) = place(home, [yard])
    put_sheets(home, [placed], {yard.name: f"file:{clip}"})
    put_sheets(home, [placed], {yard.name: f"file:{clip}"})
    (version,) = mask_history(home.video.index, placed.camera_id)
    assert (version.rings, version.version) == (yard.hidden, 1)
    source = Burning(
        FileSource(clip, home.clock, start_us=now_us(home.clock)),
        lambda: masks_in_force(home.video.index, placed.camera_id),
    )
    Recorder(home.video.index, placed.camera_id, source, home.clock, threading.Event()).run(most=1)
    (piece, *_) = home.video.segments(placed.camera_id, 0, 1 << 60)
    with av.open(str(piece.path)) as held:
        picture = next(held.decode(video=0)).to_ndarray(format="gray")
    assert picture[4:74, 392:580].max() <= 24
    assert picture[100:200, 392:580].mean() > 40


def test_a_home_that_is_no_demo_films_nothing(home: Home) -> None:
    home.settings = home.settings.model_copy(update={"demo": False})
    with pytest.raises(WrongUsage):
        run(home, 1, threading.Event())
    assert not (home.path / "filmed").exists()


def received(url: str) -> list[tuple[bool, float]]:
    """Return of the first pictures of a stream whether each is a keyframe, and its second."""
    options = {"rtsp_transport": "tcp"} if url.startswith("rtsp") else {}
    found = []
    with av.open(url, options=options, timeout=(20.0, 20.0)) as held:
        for packet in held.demux(video=0):
            if packet.pts is not None:
                found.append((packet.is_keyframe, float(packet.pts * packet.time_base)))
            if len(found) > 2 * FPS:
                return found
    return found


def check(told: list[tuple[bool, float]]) -> None:
    assert any(key for key, _ in told)
    assert told[-1][1] - told[0][1] == pytest.approx(2.0, abs=0.5)


def test_a_reel_is_served_as_files_paced_over_tcp(reel: Reel) -> None:
    with by_tcp([reel]) as urls:
        check(received(urls[STREET.name]))


def test_a_reel_is_served_by_rtsp(needs_rtsp: Path, reel: Reel) -> None:
    assert needs_rtsp
    with by_rtsp([reel], FPS) as urls:
        check(received(urls[STREET.name]))


def test_without_the_video_extra_no_process_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest of the demo goes on; whoever started it is told in words."""
    monkeypatch.setattr(demo_cameras, "VIDEO", ("no_such_package",))
    assert not demo_cameras.can_film()
    with demo_cameras.DemoCameras(tmp_path, 1):
        assert list(tmp_path.iterdir()) == []
