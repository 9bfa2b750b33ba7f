"""Who is on duty: weekly hours by role, turns that go before them, and when nobody is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.desk.duty_turns import HELD, STATES, DutyTurn
from vigie.desk.roles import ROLES
from vigie.foresight.entry import scrubbed_reason
from vigie.judge.duty import DAY_MIN, Roster
from vigie.model.times import DAY_US
from vigie.privacy.purposes import Verb
from vigie.situation.alerts_read import roster_of
from vigie.situation.caller import Caller
from vigie.situation.home import Home

MOST_WATCHES = 60
LONGEST_POST = 120
LONGEST_TURN_US = 31 * DAY_US
FURTHEST_US = 366 * DAY_US
GAPS_US = 7 * DAY_US


def read_duty(home: Home, caller: Caller) -> dict[str, Any]:
    """Return who is on duty now and by hour, and the hours of the coming week when nobody is.

    How a role is reached is for those who act on alerts.

    Raises:
        Forbidden: When the role may not see alerts.
    """
    home.rights.ask(caller, "alerts", subject={"duty": True})
    told = home.rights.may(caller, "alerts", Verb.ALTER)
    found = home.desk.alert_rules.roster()
    at_us, zone = now_us(home.clock), home.settings.city.timezone
    roster = roster_of(home)
    coming = home.desk.duty_turns.between(at_us, at_us + FURTHEST_US)
    ahead = roster.stretches(at_us, at_us + GAPS_US, zone)
    return {
        "number": 0 if found is None else found.number,
        "after_min": roster.after_min,
        "watches": [
            {
                "role": one.role,
                "weekdays": list(one.weekdays),
                "from_min": one.from_min,
                "to_min": one.to_min,
            }
            for one in roster.watches
        ],
        "at": None if found is None else to_rfc3339(found.at_us),
        "now": [_now(roster, role, at_us, told=told) for role in roster.on_duty(at_us, zone)],
        "next_at": _instant(roster.next_us(at_us, zone)),
        "gaps": [
            {"from": to_rfc3339(one.from_us), "to": to_rfc3339(one.to_us)}
            for one in ahead
            if not one.roles
        ],
        "turns": [_turn_json(one, told=told) for one in coming],
        "roles": list(ROLES),
        "may_write": home.rights.may(caller, "alerts", Verb.COLLECT),
    }


def _instant(at_us: int | None) -> str | None:
    return None if at_us is None else to_rfc3339(at_us)


def _now(roster: Roster, role: str, at_us: int, *, told: bool) -> dict[str, Any]:
    turn = roster.turn_of(role, at_us)
    post = turn.post if turn is not None and told else ""
    return {"role": role, "post": post, "until": None if turn is None else to_rfc3339(turn.to_us)}


def _turn_json(turn: DutyTurn, *, told: bool) -> dict[str, Any]:
    return {
        "turn_id": turn.turn_id,
        "role": turn.role,
        "held": turn.state == HELD,
        "from": to_rfc3339(turn.from_us),
        "to": to_rfc3339(turn.to_us),
        "post": turn.post if told else "",
        "by": turn.who if told else None,
    }


def put_duty(
    home: Home,
    caller: Caller,
    *,
    after_min: int,
    watches: Sequence[Mapping[str, Any]],
    after: int,
) -> dict[str, Any]:
    """Write the next version of the weekly hours: roles and hours, never persons.

    Raises:
        Forbidden: When the role does not set rules.
        WrongUsage: When something told cannot be used.
        StaleVersion: When somebody has written meanwhile.
    """
    home.rights.ask(caller, "alerts", Verb.COLLECT, {"duty": True, "watches": len(watches)})
    if not 1 <= after_min <= DAY_MIN:
        raise WrongUsage(reason=f"after_min: 1 to {DAY_MIN}", field="after_min")
    if not 1 <= len(watches) <= MOST_WATCHES:
        raise WrongUsage(reason=f"watches: 1 to {MOST_WATCHES}", field="watches")
    kept = [_watch(one) for one in watches]
    home.desk.alert_rules.put_roster(
        after=after, after_min=after_min, watches=kept, who=caller.name
    )
    return read_duty(home, caller)


def _watch(told: Mapping[str, Any]) -> dict[str, Any]:
    role, days = _role(str(told.get("role", ""))), sorted(set(told.get("weekdays", ())))
    low, high = told.get("from_min", 0), told.get("to_min", DAY_MIN)
    if not days or not set(days) <= set(range(7)):
        raise WrongUsage(reason="weekdays: 0 to 6", field="weekdays")
    if not (0 <= low < DAY_MIN and 0 < high <= DAY_MIN):
        raise WrongUsage(reason="minutes of the day", field="from_min")
    return {"role": role, "weekdays": days, "from_min": low, "to_min": high}


def _role(role: str) -> str:
    if role not in ROLES:
        raise WrongUsage(reason=f"role {role[:40]}", field="role")
    return role


def enter_turn(
    home: Home,
    caller: Caller,
    role: str,
    *,
    from_us: int,
    to_us: int,
    state: str = HELD,
    post: str = "",
) -> dict[str, Any]:
    """Enter a turn: a role held, or left empty, from one instant to another.

    Args:
        home: The home.
        caller: Who enters it.
        role: The role.
        from_us: First instant, epoch µs.
        to_us: End, exclusive.
        state: held, or vacant.
        post: How the role is reached: a desk, a call sign. What belongs to a person does not
            survive.

    Raises:
        Forbidden: When the role does not set rules.
        WrongUsage: When something told cannot be used.
    """
    subject = {"duty": True, "role": role[:40], "from_us": from_us, "to_us": to_us}
    home.rights.ask(caller, "alerts", Verb.COLLECT, subject)
    at_us = now_us(home.clock)
    if state not in STATES:
        raise WrongUsage(reason=f"state {state[:20]}", field="state")
    if not from_us < to_us <= from_us + LONGEST_TURN_US:
        raise WrongUsage(reason="a turn lasts 31 days at most", field="to")
    if to_us <= at_us or from_us > at_us + FURTHEST_US:
        raise WrongUsage(reason="a turn ends in the future, and begins within a year", field="from")
    reached = scrubbed_reason(post)
    if len(reached) > LONGEST_POST:
        raise WrongUsage(reason=f"post: {LONGEST_POST} characters at most", field="post")
    made = home.desk.duty_turns.enter(
        _role(role), from_us, to_us, who=caller.name, state=state, post=reached
    )
    return _turn_json(made, told=True)


def withdraw_turn(home: Home, caller: Caller, turn_id: str) -> dict[str, Any]:
    """Withdraw a turn: it counts no more, and stays on record.

    Raises:
        Forbidden: When the role does not set rules.
        NotFound: When there is no such turn.
        Conflict: When it is withdrawn already.
    """
    home.rights.ask(caller, "alerts", Verb.COLLECT, {"duty": True, "turn": turn_id[:40]})
    return _turn_json(home.desk.duty_turns.withdraw(turn_id, who=caller.name), told=True)
