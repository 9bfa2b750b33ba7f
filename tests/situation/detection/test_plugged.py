"""A detector that a city brings: refused unless it is what it says, and told what it is."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from tests.detectors.scenes import encode

from vigie.base.errors import DetectionClosed, NotFound, WrongUsage
from vigie.cli.main import run
from vigie.situation.caller import Caller
from vigie.situation.detection.looking import Looking, analyse, try_clip
from vigie.situation.detection.shelf import find_detector, parameters_of, types_json
from vigie.situation.home import Home
from vigie.watch.vision.geometry import WHOLE
from vigie.watch.vision.pictures import Picture

HEAD = Caller("head", "shift_head", "account-2")
WIDTH, HEIGHT, CELL = 64, 36, 4


def field(number: int, value: bytes | int | str) -> bytes:
    """Return a field of a protocol buffer: a number as a varint, the rest with its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """Return a whole number in groups of seven bits."""
    out = b""
    while value > 0x7F:
        out += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return out + struct.pack("B", value)


def tiny_model(cell: int = CELL) -> bytes:
    """Return an ONNX file of one node: the mean brightness of each cell is its score."""

    def tensor(name: str, *shape: int) -> bytes:
        sides = b"".join(field(1, field(1, side)) for side in shape)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, sides)))

    def pair(name: str) -> bytes:
        return field(5, field(1, name) + field(8, cell) + field(8, cell) + field(20, 7))

    node = field(1, "in") + field(2, "out") + field(3, "mean") + field(4, "AveragePool")
    node += pair("kernel_shape") + pair("strides")
    graph = field(1, node) + field(2, "tiny")
    graph += field(11, tensor("in", 1, 1, HEIGHT, WIDTH))
    graph += field(12, tensor("out", 1, 1, HEIGHT // cell, WIDTH // cell))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


def bring(home: Path, content: bytes | None = None, **changes: object) -> Path:
    """Put a model and its description into a home; return the description."""
    folder = home / "detectors"
    folder.mkdir(exist_ok=True)
    content = tiny_model() if content is None else content
    (folder / "flame.onnx").write_bytes(content)
    told: dict[str, object] = {
        "path": "flame.onnx",
        "sha256": hashlib.sha256(content).hexdigest(),
        "type": "fire",
        "licence": "CC0, made in a test",
        "output": "grid",
        "width": WIDTH,
        "height": HEIGHT,
        "channels": 1,
    } | changes
    classes = told.pop("classes", {"0": "fire"})
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in told.items())
    text += "[classes]\n" + "".join(f'{n} = "{name}"\n' for n, name in classes.items())
    path = folder / "flame.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, sample: ModuleType) -> Iterator[Home]:
    built, _ = sample.build(tmp_path_factory.mktemp("plugged") / "home")
    with built:
        yield built


@pytest.fixture(scope="module")
def burning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of six seconds: a bright patch right of the middle from second 2 to 5."""

    def picture(number: int) -> Picture:
        gray = np.full((360, 640), 60, np.uint8)
        if 10 <= number < 25:
            gray[160:240, 400:480] = 250
        return Picture(number * 200_000, gray)

    return encode(
        tmp_path_factory.mktemp("clips") / "burning.mp4", (picture(n) for n in range(30)), fps=5
    )


def asked(home: Home, clip: Path) -> Looking:
    found = find_detector("fire.onnx", home.path)
    return Looking("", str(clip), found, parameters_of(found, {"threshold": 0.8}), WHOLE, 0)


def test_it_tells_a_region_and_a_score_of_its_one_type(home: Home, burning: Path) -> None:
    """Requirement: ALG-3. What comes out is where, how strongly and when; nothing of a person."""
    bring(home.path)
    found, looked = try_clip(home, HEAD, asked(home, burning), "synthetic")

    (one,) = found
    assert looked.pictures >= 25
    assert (str(one.event), one.detector) == ("fire", "fire.onnx")
    assert 1.8 <= one.from_us / 1e6 <= 2.2
    assert 0.9 <= one.score <= 1.0
    for _, box in one.path:
        assert 0.6 <= box.left < box.right <= 0.78
        assert 0.4 <= box.top < box.bottom <= 0.7
    fire = next(it for it in types_json(home.path) if it["type"] == "fire")
    assert (fire["detector"], fire["proof"]) == ("fire.onnx", "not_validated")
    assert "CC0, made in a test" in fire["limits"]["en"]
    weapon = next(it for it in types_json(home.path) if it["type"] == "weapon")
    assert weapon["detector"] is None


def test_without_a_grant_the_model_is_not_even_opened(home: Home, burning: Path) -> None:
    """Requirement: ALG-1, ALG-2."""
    bring(home.path)
    told = asked(home, burning)
    (home.path / "detectors" / "flame.onnx").write_bytes(b"another by now: opening it would raise")
    look = Looking("L0", str(burning), told.detector, told.params, told.zone, None)
    with pytest.raises(DetectionClosed):
        analyse(home, HEAD, look, lambda _: None)
    with pytest.raises(WrongUsage, match="sha256"):
        try_clip(home, HEAD, told, "synthetic")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sha256": "0" * 64}, "sha256"),
        ({"type": "face"}, "type"),
        ({"type": "loitering"}, "type"),
        ({"classes": {"0": "dog"}}, "classes"),
        ({"path": "../flame.onnx"}, "path"),
        ({"licence": ""}, "licence"),
        ({"embedding": "yes"}, "embedding"),
    ],
)
def test_what_is_not_as_described_or_none_of_the_eight_is_refused(
    home: Home, changes: dict[str, object], why: str
) -> None:
    """Requirement: ALG-2. Refused by name, and the page of the types goes on without it."""
    bring(home.path, **changes)
    with pytest.raises(WrongUsage) as told:
        find_detector("fire.onnx", home.path)
    assert why in str(told.value.params["reason"])
    with pytest.raises(WrongUsage):
        find_detector("density", home.path)
    kinds = {it["type"]: it["detector"] for it in types_json(home.path)}
    assert (kinds["fire"], kinds["density"], len(kinds)) == (None, "density", 8)


def test_only_a_class_of_its_type_is_read(home: Home, burning: Path) -> None:
    bring(home.path, classes={"0": "person", "1": "fire"})
    with pytest.raises(WrongUsage, match="grid"):
        try_clip(home, HEAD, asked(home, burning), "synthetic")


def test_a_file_that_is_no_network_is_refused(home: Home, burning: Path) -> None:
    bring(home.path, content=b"no network at all")
    with pytest.raises(WrongUsage, match="ONNX"):
        try_clip(home, HEAD, asked(home, burning), "synthetic")


def test_a_labelled_set_validates_exactly_this_model(
    home: Home, burning: Path, tmp_path: Path, capsys
) -> None:
    """The result bears date and hashes; another model is not validated again."""
    bring(home.path)
    labelled = tmp_path / "set.toml"
    clip = json.dumps(str(burning))
    labelled.write_text(
        'title = "Essai de flammes"\nfootage = "synthetic"\n'
        f"[[clip]]\nfile = {clip}\ntruth = [[2.0, 5.0]]\n",
        "utf-8",
    )
    words = ["watch", "validate", "fire.onnx", str(labelled), "-p", "threshold=0.8"]
    words += ["--home", str(home.path), "--role", "shift_head", "--json"]
    assert run(words) == 0, capsys.readouterr().err
    result = json.loads(capsys.readouterr().out)

    assert [result[it] for it in ("events", "found", "false_alarms")] == [1, 1, 0]
    assert (result["found_low"], result["found_high"]) == (0.025, 1.0)
    assert result["model_sha256"] == hashlib.sha256(tiny_model()).hexdigest()
    fire = next(it for it in types_json(home.path) if it["type"] == "fire")
    assert fire["proof"] == "measured"
    assert "1/1 found (95 %: 0.03–1.00), 0 false alarm(s)" in fire["limits"]["en"]
    assert result["at"][:10] in fire["limits"]["fr"]
    bring(home.path, content=tiny_model(cell=6))
    fire = next(it for it in types_json(home.path) if it["type"] == "fire")
    assert fire["proof"] == "not_validated"
    with pytest.raises(NotFound):
        find_detector("weapon.onnx", home.path)
