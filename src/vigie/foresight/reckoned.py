"""What is reckoned about the events of one home, kept while the home is open and no longer.

A model holds every fact of two years within reach of events: kept by the module it would outlive
the home it tells of, and a process that opens several would hold them all. The home owns this and
closes it; nothing of it is written.
"""

from __future__ import annotations

from types import MappingProxyType

from vigie.base.settings import CitySettings
from vigie.base.settings_forecast import ForecastSettings
from vigie.base.stopping import Stop, stoppable
from vigie.foresight.agenda import Threes
from vigie.foresight.effects.history import Models, Reach, Standing, read_standing
from vigie.foresight.plans import Plans
from vigie.lake.store import Lake

NOTHING: Threes = MappingProxyType({})


class Reckoned:
    """Effect models by reach, and what the coming plans were found to bring and to need.

    Attributes:
        excess: Facts above the usual that plans are expected to bring, low, likely and high, as
            worked out last.
        needed: Agents that plans need, likewise.
    """

    def __init__(
        self,
        lake: Lake,
        plans: Plans,
        city: CitySettings,
        stop: Stop,
        forecast: ForecastSettings | None = None,
    ) -> None:
        self._lake = lake
        self._plans = plans
        self._city = city
        self._stop = stop
        self._days_off = forecast or ForecastSettings()
        self.models = Models()
        self.excess: Threes = NOTHING
        self.needed: Threes = NOTHING

    def standing(self, now_us: int, reach: Reach | None = None) -> Standing:
        """Return the effect model of a reach, fitted when first asked for and once a day.

        Args:
            now_us: Now.
            reach: Whose facts and plans; all by default.

        Raises:
            Stopping: When the home is to be closed.
        """
        wanted = reach or Reach()
        with stoppable(self._stop):
            return self.models.get(wanted, now_us, lambda: self._fit(now_us, wanted))

    def _fit(self, now_us: int, reach: Reach) -> Standing:
        return read_standing(
            self._lake,
            self._plans,
            center=self._city.center,
            timezone=self._city.timezone,
            now_us=now_us,
            reach=reach,
            country=self._days_off.country,
            breaks=self._days_off.breaks(),
        )

    def close(self) -> None:
        """Drop everything."""
        self._stop.set()
        self.models.close()
        self.excess = self.needed = NOTHING
