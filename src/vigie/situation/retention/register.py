"""The register of destructions: written before, ticked off after, told to the audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from vigie.audit.line import Line, Scalar, Writer
from vigie.base.clock import Clock, now_us, to_rfc3339
from vigie.desk.retention import Destruction, RetentionDesk, digest_of
from vigie.lake.expiry import Step
from vigie.privacy.purposes import Purpose, Verb
from vigie.privacy.retention import Rule
from vigie.situation.caller import Caller

NO_VERSION = -1
"""Stands for the version of a table in stores that have none."""


class Register:
    """Lines about what is destroyed, without any personal data."""

    def __init__(
        self, desk: RetentionDesk, clock: Clock, rules_version: str, audit: Writer
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._rules_version = rules_version
        self._audit = audit

    def begin(
        self,
        rule: Rule,
        before_us: int,
        bounds: tuple[int, int],
        *,
        n: int,
        digest: str,
        table_version: int = NO_VERSION,
    ) -> str:
        """Write down what is about to be destroyed; returns the line's name."""
        return self._desk.begin(
            rule=rule.name,
            store=rule.store,
            before_us=before_us,
            first_us=bounds[0],
            last_us=bounds[1],
            n=n,
            digest=digest,
            rules_version=self._rules_version,
            table_version=table_version,
        )

    def begin_step(self, rule: Rule, before_us: int, step: Step) -> str:
        """Write down a step of the lake."""
        return self.begin(
            rule,
            before_us,
            (step.first_us, step.last_us),
            n=len(step.ids),
            digest=step.digest(),
            table_version=step.version,
        )

    def finish(self, *names: str) -> None:
        """Tick destructions off."""
        self._desk.finish(names)

    def destroy(
        self,
        rule: Rule,
        before_us: int,
        keys: Sequence[str],
        bounds: tuple[int, int],
        do: Callable[[], object],
    ) -> None:
        """Write a destruction down, do it, tick it off."""
        name = self.begin(rule, before_us, bounds, n=len(keys), digest=digest_of(keys))
        do()
        self.finish(name)

    def resume(self, happened: Callable[[Destruction], bool]) -> int:
        """Settle what an interrupted run had written down; returns how many lines had happened."""
        done: list[str] = []
        never: list[str] = []
        for one in self._desk.destructions(unfinished=True, limit=10_000):
            (done if happened(one) else never).append(one.destruction_id)
        if done:
            self._desk.finish(done)
        if never:
            self._desk.forget_begun(never)
        return len(done)

    def proofs(self, limit: int) -> list[dict[str, Any]]:
        """Return the lines as they are told, newest first."""
        return [
            {
                "id": one.destruction_id,
                "rule": one.rule,
                "store": one.store,
                "n": one.n,
                "first_at": to_rfc3339(one.first_us),
                "last_at": to_rfc3339(one.last_us),
                "before_at": to_rfc3339(one.before_us),
                "digest": one.digest,
                "rules_version": one.rules_version,
                "begun_at": to_rfc3339(one.begun_us),
                "done_at": None if one.done_us is None else to_rfc3339(one.done_us),
            }
            for one in self._desk.destructions(limit=limit)
        ]

    def tell_fields(self, by: Caller, rule: Rule, names: Iterable[str]) -> None:
        """Write a line of the audit about fields whose values are about to go.

        Raises:
            Unavailable: When the audit cannot be written: nothing may go then.
        """
        told: list[Scalar] = [*sorted(names)]
        self._write(by, rule, {"fields": told})

    def tell(
        self,
        by: Caller,
        rule: Rule,
        n: int,
        *,
        before_us: int = 0,
        reason: str = "",
        case: str = "",
    ) -> None:
        """Write a line of the audit about ``n`` records destroyed under a rule.

        Raises:
            Unavailable: When the audit cannot be written.
        """
        subject: dict[str, Scalar | list[Scalar]] = {"n": n}
        if before_us:
            subject["before"] = to_rfc3339(before_us)
        self._write(by, rule, subject, reason=reason, case=case)

    def _write(
        self,
        by: Caller,
        rule: Rule,
        subject: dict[str, Scalar | list[Scalar]],
        *,
        reason: str = "",
        case: str = "",
    ) -> None:
        subject = {"rule": rule.name, **subject, "rules": self._rules_version[:16]}
        self._audit.append(
            Line(
                at_us=now_us(self._clock),
                verb=Verb.ERASE,
                who=by.name,
                role=by.role,
                purpose=Purpose.OVERSIGHT,
                dataset=rule.store,
                subject=subject,
                reason=reason,
                case=case,
            )
        )
