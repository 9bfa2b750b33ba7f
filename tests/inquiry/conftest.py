"""One home that tests of the inquiry write into, each in a case of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.inquiry.scene import Scene


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    made = Scene(tmp_path_factory.mktemp("inquiry") / "home")
    with made.home:
        yield made
