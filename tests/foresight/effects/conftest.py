"""One small city, fitted once for all tests of effects."""

from __future__ import annotations

import pytest
from tests.foresight.effects.small_city import City, make_model

from vigie.foresight.effects.model import EffectModel


@pytest.fixture(scope="session")
def fitted() -> tuple[City, EffectModel]:
    """A small city with known effects, and its model."""
    return make_model()
