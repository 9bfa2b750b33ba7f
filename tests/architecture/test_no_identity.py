"""No identity by construction: nothing that recognises is named, imported or installed.

The words are those of recognition. A camera feed's refusals (``connectors/onvif_events*``,
``intake/messages/cameras.py``) name what they turn away; masking on export, when it comes, may name
the boxes of faces that it covers, in its own module and nowhere else.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

NAMES = re.compile(
    r"face|facial|embedding|re_?identif|\breid\b|_reid|reid_|gait|biometr|licen[cs]e_?plate|plate_?read"
    r"|\banpr\b|\balpr\b|\blapi\b|silhouette_?match|body_?(shape|feature)|recogni[sz]e|appearance"
    r"|cloth|skin|hair|ethnic|crop",
    re.IGNORECASE,
)
ROOMS = ("watch", "detectors")
"""The rooms that touch pictures: here the words may not even name a thing."""

MASKING = ("src/vigie/watch/masking", "src/vigie/watch/redaction")
"""Where boxes of faces may be named: to cover them."""

PACKAGES = re.compile(
    r"^(face[-_]?recognition|deepface|insightface|facenet|dlib|retina[-_]?face|mtcnn|openface"
    r"|arcface|torchreid|fast[-_]?reid|easyocr|openalpr|fast[-_]?alpr|paddleocr|pytesseract"
    r"|mediapipe|ultralytics|sentence[-_]transformers|open[-_]?clip.*|faiss.*|opengait|keras[-_]?facenet)$",
    re.IGNORECASE,
)
CALLS = re.compile(
    r"FaceRecognizerSF|FaceDetectorYN|face\.(LBPH|Eigen|Fisher)|LBPHFaceRecognizer|CascadeClassifier"
    r"|SIFT_create|ORB_create|AKAZE|HOGDescriptor|calcHist|wechat_qrcode|text_TextRecognition"
)
"""What of OpenCV would recognise or describe somebody."""

FIELDS = re.compile(
    r"(^|_)(face|plate|colou?r|gender|age_band|age|ethnicity|clothing|identity|embedding|feature|"
    r"signature_vector|appearance|crop|thumbnail|image|picture|snapshot)(_|$)"
)


def _rooms(sources, rooms=ROOMS):
    heads = tuple(f"src/vigie/{room}/" for room in rooms)
    return [
        one for one in sources if one.name.startswith(heads) and not one.name.startswith(MASKING)
    ]


def _names(tree: ast.AST):
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef | ast.alias):
            yield node.name
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg


def test_the_rooms_of_pictures_name_nothing_that_recognises(product) -> None:
    """Requirement: ALG-3."""
    rooms = _rooms(product)
    named = [
        f"{one.name}: {name}" for one in rooms for name in _names(one.tree) if NAMES.search(name)
    ]

    assert len(rooms) > 15, "the rooms were not found"
    assert named == []


@pytest.mark.parametrize("name", ["face_box", "embedding", "reid_model", "gait", "person_crop"])
def test_the_guard_sees_such_names(name: str) -> None:
    assert NAMES.search(name)


def test_nothing_of_opencv_that_describes_somebody_is_called(product) -> None:
    """Requirement: ALG-3."""
    assert [
        one.name for one in product if CALLS.search(one.text) and not one.name.startswith(MASKING)
    ] == []


def test_no_package_that_recognises_is_required(repo_root: Path) -> None:
    """Requirement: ALG-3."""
    named = set()
    for path in (repo_root / "requirements").glob("*"):
        if path.is_file():
            named |= {
                found[1]
                for line in path.read_text("utf-8").splitlines()
                if (found := re.match(r"([A-Za-z0-9][\w.-]*)", line))
            }
    project = tomllib.loads((repo_root / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [one for some in project["optional-dependencies"].values() for one in some]
    named |= {re.split(r"[\[<>=~! ;]", one)[0] for one in [*project["dependencies"], *extras]}

    assert len(named) > 50
    assert [name for name in named if PACKAGES.match(name)] == []


def test_no_module_imports_what_recognises(product) -> None:
    """Requirement: ALG-3."""
    imported = {
        (one.name, name.split(".")[0])
        for one in product
        for node in ast.walk(one.tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
    }
    assert [pair for pair in imported if PACKAGES.match(pair[1])] == []


def test_no_field_or_column_of_a_detection_is_about_looks(product) -> None:
    """Requirement: ALG-3."""
    rooms = {one.name for one in _rooms(product, ("watch/vision", "detectors"))}
    fields = [
        f"{one.name}: {node.target.id}"
        for one in product
        if "detection" in one.name or one.name in rooms
        for owner in ast.walk(one.tree)
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and FIELDS.search(node.target.id)
    ]
    assert fields == []
