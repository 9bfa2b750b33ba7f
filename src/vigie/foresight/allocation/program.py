"""Linear and integer programs, built row by row and solved by HiGHS.

HiGHS: Q. Huangfu and J. A. J. Hall, "Parallelizing the dual revised simplex method", Mathematical
Programming Computation 10 (2018) 119-142; MIT licence. An answer says whether it is proved
optimal; where time ran out it carries its gap, so that none is silently worse than it could be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import highspy
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Status = Literal["optimal", "time_limit", "infeasible"]

INFINITY: Final = float("inf")
GAP: Final = 1e-9
"""Relative gap at which an answer counts as optimal."""
TIME_LIMIT_S: Final = 5.0


class _Quiet(highspy.Highs):
    """A solver that writes nothing: the common one prints its banner while it is being made."""

    def enableCallbacks(self) -> None:  # noqa: N802 - HiGHS's own name
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]  # HiGHS leaves it untyped


@dataclass(frozen=True, slots=True)
class Solved:
    """The answer of the solver.

    Attributes:
        status: ``optimal``; ``time_limit`` (the best found, or nothing found when ``values`` is
            empty); ``infeasible``.
        values: One value per column; empty without an answer.
        objective: Value of the objective; NaN without an answer.
        bound: No answer can be better than this.
        gap: Relative distance between objective and bound; 0 when optimal, NaN without an answer.
        seconds: Time HiGHS took.
    """

    status: Status
    values: Floats
    objective: float
    bound: float
    gap: float
    seconds: float

    @property
    def found(self) -> bool:
        """Whether there is an answer at all."""
        return self.values.size > 0


@dataclass
class Program:
    """A program being built: columns first, then rows over them.

    Attributes:
        maximise: Whether the objective is to be as large as possible.
    """

    maximise: bool = False
    _cost: list[Floats] = field(default_factory=list)
    _lower: list[Floats] = field(default_factory=list)
    _upper: list[Floats] = field(default_factory=list)
    _integer: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    _columns: int = 0
    _row_lower: list[float] = field(default_factory=list)
    _row_upper: list[float] = field(default_factory=list)
    _index: list[Ints] = field(default_factory=list)
    _value: list[Floats] = field(default_factory=list)

    def columns(
        self,
        cost: npt.ArrayLike,
        *,
        upper: npt.ArrayLike = INFINITY,
        lower: npt.ArrayLike = 0.0,
        integer: bool = False,
    ) -> Ints:
        """Add columns with their weight in the objective, and return their numbers."""
        weights = np.atleast_1d(np.asarray(cost, np.float64))
        size = len(weights)
        self._cost.append(weights)
        self._lower.append(np.broadcast_to(np.asarray(lower, np.float64), size))
        self._upper.append(np.broadcast_to(np.asarray(upper, np.float64), size))
        self._integer.append(np.full(size, integer))
        first = self._columns
        self._columns += size
        return np.arange(first, self._columns, dtype=np.int64)

    def row(
        self,
        columns: Sequence[int] | Ints,
        values: npt.ArrayLike = 1.0,
        *,
        lower: float = -INFINITY,
        upper: float = INFINITY,
    ) -> None:
        """Add ``lower <= sum(values * columns) <= upper``; a column stands in a row once."""
        index = np.asarray(columns, np.int64)
        self._index.append(index)
        self._value.append(np.broadcast_to(np.asarray(values, np.float64), index.shape))
        self._row_lower.append(lower)
        self._row_upper.append(upper)

    def _model(self) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._columns, len(self._index)
        model.col_cost_ = _joined(self._cost)
        model.col_lower_, model.col_upper_ = _joined(self._lower), _joined(self._upper)
        model.row_lower_ = np.asarray(self._row_lower, np.float64)
        model.row_upper_ = np.asarray(self._row_upper, np.float64)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        sizes = [len(one) for one in self._index]
        model.a_matrix_.start_ = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
        index = np.concatenate(self._index) if self._index else np.zeros(0)
        model.a_matrix_.index_ = index.astype(np.int32)
        model.a_matrix_.value_ = _joined(self._value)
        if any(one.any() for one in self._integer):
            kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
            model.integrality_ = [kinds[int(one)] for one in np.concatenate(self._integer)]
        if self.maximise:
            model.sense_ = highspy.ObjSense.kMaximize
        return model

    def solve(self, time_limit_s: float = TIME_LIMIT_S, *, gap: float = GAP) -> Solved:
        """Solve; the same program gives the same answer (one thread, fixed seed).

        Args:
            time_limit_s: After so long the best found is given with its gap.
            gap: Relative gap at which to stop.
        """
        solver = _Quiet()  # type: ignore[no-untyped-call]
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("mip_rel_gap", gap)
        solver.setOptionValue("time_limit", time_limit_s)
        solver.passModel(self._model())
        solver.run()
        return _read(solver, mixed=any(one.any() for one in self._integer))


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate(parts) if parts else np.zeros(0)


def _read(solver: highspy.Highs, *, mixed: bool) -> Solved:
    status = solver.getModelStatus()
    seconds = float(solver.getRunTime())
    info = solver.getInfo()
    states = highspy.HighsModelStatus
    if status in {states.kInfeasible, states.kUnboundedOrInfeasible}:
        return Solved("infeasible", np.zeros(0), np.nan, np.nan, np.nan, seconds)
    bound = float(info.mip_dual_bound if mixed else info.objective_function_value)
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    if not feasible:
        return Solved("time_limit", np.zeros(0), np.nan, bound, np.nan, seconds)
    values = np.asarray(solver.getSolution().col_value, np.float64)
    objective = float(info.objective_function_value)
    if status == states.kOptimal:
        return Solved("optimal", values, objective, bound, 0.0, seconds)
    gap = abs(bound - objective) / max(abs(objective), 1e-12)
    return Solved("time_limit", values, objective, bound, gap, seconds)
