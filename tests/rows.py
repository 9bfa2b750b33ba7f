"""One test for a table of rows that share all they need; each row that fails is named.

A test of its own costs two to three thousandths of a second before it does anything, in each of
two processes: more than many a row of a table takes. ``pytest.mark.parametrize`` stays the way of
rows that each make something, take long, or use a fixture that is made for a test.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

Test = Callable[..., None]


def for_each(
    argument: str, rows: Callable[..., Iterable[Any]] | Iterable[Any], *by: str
) -> Callable[[Test], Test]:
    """Run a test's body for every row, and fail naming each row that does not hold.

    Args:
        argument: The argument of the test that a row is given as.
        rows: The rows; or what returns them, from the arguments named in ``by``.
        by: Arguments of the test that the rows depend on.
    """

    def over(test: Test) -> Test:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def every(**given: Any) -> None:
            wrong: list[str] = []
            some = list(rows(*(given[name] for name in by)) if callable(rows) else rows)
            assert some, f"there is no {argument}"
            for row in some:
                try:
                    test(**given, **{argument: row})
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001
                    wrong.append(f"{argument} {row}: {type(error).__name__}: {error}")
            assert not wrong, f"{len(wrong)} of {len(some)}\n" + "\n".join(wrong)

        kept = [one for name, one in signature.parameters.items() if name != argument]
        every.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
        return every

    return over
