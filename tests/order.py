"""Which file of tests starts when; ``tests/conftest.py`` sorts by it."""

from __future__ import annotations

LONGEST = (
    "tests/docs/test_studies.py",
    "tests/acceptance/test_demo.py",
    "tests/acceptance/test_alive.py",
    "tests/acceptance/test_stopping.py",
    "tests/acceptance/test_no_trace.py",
    "tests/web/test_description.py",
    "tests/connectors/test_every_connector.py",
    "tests/web/test_answers.py",
    "tests/lake/test_parity.py",
    "tests/architecture/test_kernel.py",
    "tests/web/test_roles.py",
    "tests/web/test_oidc.py",
    "tests/privacy/test_unseen.py",
    "tests/situation/retention/test_400_days.py",
    "tests/foresight/forecasting/models/test_models.py",
    "tests/analyses/test_every_analysis.py",
    "tests/analyses/test_on_the_city.py",
    "tests/city/test_feeds_enter.py",
)
"""Files that take longest, the longest first: begun last, one of them would run alone at the end.

Where they stand in this list decides when they run and nothing else.
"""
