"""The desk as one object: an engine and what stands on it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from vigie.base.clock import Clock
from vigie.base.settings import Settings
from vigie.desk.accounts import Accounts
from vigie.desk.alert_acts import AlertActs
from vigie.desk.alert_rules import AlertRules
from vigie.desk.alerts import Alerts
from vigie.desk.case_acts import CaseActs
from vigie.desk.clash_states import ClashStates
from vigie.desk.credentials import Credentials
from vigie.desk.database import connect, database_url, upgrade
from vigie.desk.detections import Detections
from vigie.desk.duty_turns import DutyTurns
from vigie.desk.event_files import EventFiles
from vigie.desk.field_uses import FieldUses
from vigie.desk.forecast_overrides import ForecastOverrides
from vigie.desk.forecasts import Forecasts
from vigie.desk.glasses import Glasses
from vigie.desk.indicators import Indicators
from vigie.desk.plan_versions import PlanVersions
from vigie.desk.provider_starts import ProviderStarts
from vigie.desk.public_messages import PublicMessages
from vigie.desk.questions import Questions
from vigie.desk.reads import Reads
from vigie.desk.retention import RetentionDesk
from vigie.desk.scopes import Reasons, Scopes
from vigie.desk.sealing import KEY_FILE, FileSealer, Sealer
from vigie.desk.second_factor import SecondFactors
from vigie.desk.sessions import Sessions
from vigie.desk.shift import Shift
from vigie.desk.tokens import Tokens


class Desk:
    """People, tokens and alerts in one database.

    Attributes:
        accounts: People and their passwords.
        sessions: Sign-ins in progress.
        provider_starts: Ways to the identity provider begun and not finished.
        second_factors: Devices and recovery codes.
        tokens: Machines' keys.
        alerts: What rules found.
        alert_rules: Instances of alert rules, version by version, and the duty roster.
        alert_acts: What was done about alerts.
        forecasts: Runs of the forecast.
        forecast_overrides: What persons expect instead of one.
        field_uses: When fields of the lake were last told, and what was dropped.
        indicators: What people count and when it matters.
        questions: Questions that people saved, and the reports made of them.
        shift: Lines of the shift, dispatches that persons confirmed, handovers.
        duty_turns: Turns of duty, which go before the roster's weekly hours.
        public_messages: What the city tells everybody, act by act.
        reads: How much accounts have read in the hour.
        retention: Legal holds and the register of destructions.
        scopes: Partner services and their accounts.
        reasons: The last reason of each person.
        plan_versions: Plans entered or changed by hand.
        clash_states: What was decided about clashes.
        detections: Legal grants, what was detected under them, and what persons said of it.
        case_acts: Cases and requisitions, act by act; closed cases as counts.
        glasses: What was opened against the charter, and its reviews.
        event_files: The files of events, version by version.
    """

    def __init__(self, engine: Engine, settings: Settings, clock: Clock, sealer: Sealer) -> None:
        self.engine = engine
        self.sessions = Sessions(engine, settings.server, clock)
        self.accounts = Accounts(
            engine,
            clock,
            words=settings.city.name.split(),
            first_password_s=None if settings.demo else settings.server.first_password_s,
        )
        self.provider_starts = ProviderStarts(engine, clock)
        self.second_factors = SecondFactors(engine, sealer, clock)
        self.tokens = Tokens(engine, clock)
        self.credentials = Credentials(engine, self.sessions.lives)
        self.alerts = Alerts(engine, clock)
        self.alert_rules = AlertRules(engine, clock)
        self.alert_acts = AlertActs(engine, clock)
        self.shift = Shift(engine, clock)
        self.duty_turns = DutyTurns(engine, clock)
        self.reads = Reads(engine)
        self.forecasts = Forecasts(engine, clock)
        self.forecast_overrides = ForecastOverrides(engine, clock)
        self.field_uses = FieldUses(engine, clock)
        self.indicators = Indicators(engine, clock)
        self.questions = Questions(engine, clock)
        self.detections = Detections(engine, clock)
        self.public_messages = PublicMessages(engine, clock)
        self.retention = RetentionDesk(engine, clock)
        self.scopes = Scopes(engine, clock)
        self.glasses = Glasses(engine, clock)
        self.reasons = Reasons(engine, clock)
        self.event_files = EventFiles(engine, clock)
        self.plan_versions = PlanVersions(engine, clock)
        self.clash_states = ClashStates(engine, clock)
        self.case_acts = CaseActs(engine, clock)

    @classmethod
    def open(cls, folder: Path, *, settings: Settings, clock: Clock) -> Desk:
        """Open the desk of a home, bringing its database to the newest revision.

        Raises:
            Unavailable: The database does not answer.
            HomeInvalid: The database is of a newer version.
        """
        engine = connect(database_url(folder, settings.desk))
        upgrade(engine)
        return cls(engine, settings, clock, FileSealer(folder / KEY_FILE))

    def close(self) -> None:
        """Let go of the connections."""
        self.engine.dispose()
