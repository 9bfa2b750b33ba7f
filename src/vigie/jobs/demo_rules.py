"""What the demonstration's room watches: alert rules and indicators set by its head of shift.

The content (``demo_rules.toml``) goes through the same use cases as everybody's; names say that it
is the demonstration.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any, Final

from vigie.desk.indicators import Asked
from vigie.situation.alerts_rules import put_rule
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.indicators import set_indicator

HEAD: Final = Caller("shift_head", "shift_head")


def demo_rules() -> dict[str, Any]:
    """Return the rules and indicators as their file says."""
    text = files("vigie.jobs").joinpath("demo_rules.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def make_demo_rules(home: Home, language: str = "fr") -> int:
    """Set the demonstration's rules and indicators where nobody set any; returns how many.

    Args:
        home: The home.
        language: ``fr`` or ``en``: that of their names, which are a person's own words.
    """
    if home.desk.alert_rules.list_all() or home.desk.indicators.in_force():
        return 0
    told = demo_rules()
    for one in told["rules"]:
        name = one.pop("name")[language]
        put_rule(home, HEAD, "", name=name, scope=one.pop("scope", {}), **one)
    for one in told["indicators"]:
        set_indicator(home, HEAD, Asked(one.pop("title")[language], **one))
    return len(told["rules"]) + len(told["indicators"])
