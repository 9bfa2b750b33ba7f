"""The hypercube queue: how busy each unit is, how long help takes, how often it must wait.

R. C. Larson, "A hypercube queuing model for facility location and redistricting in urban emergency
services", Computers and Operations Research 1 (1974) 67-95; exact, over the ``2^N`` states of N
units. Above 12 units: R. C. Larson, "Approximating the performance of urban emergency service
systems", Operations Research 23 (1975) 845-868.

Calls come as Poisson streams, one per atom of place, each with its order of preference among units;
service times are exponential; a call goes to the first free unit of its order. A unit is a generic
one: first-aid post, ambulance, steward, patrol.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import scipy

from vigie.base.errors import WrongUsage

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Queue = Literal["infinite", "zero"]

MOST_EXACT: Final = 12
TOLERANCE: Final = 1e-12
MOST_SWEEPS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Hypercube:
    """What the queue does in the long run.

    Attributes:
        exact: Whether solved over all states, or by Larson's approximation.
        workloads: Share of the time each unit is busy, ``(N,)``.
        all_busy: Probability that all units are busy: that a call waits (or is lost).
        waiting: Probability that at least one call is waiting; 0 without a queue.
        wait: Mean wait of all calls, in the unit of ``1 / service``; 0 without a queue.
        dispatch: Share of all answered calls that are of atom j and taken by unit n, ``(J, N)``.
        states: Probability of each state, bit n set where unit n is busy, the queue in the last;
            None for the approximation.
    """

    exact: bool
    workloads: Floats
    all_busy: float
    waiting: float
    wait: float
    dispatch: Floats
    states: Floats | None

    def travel(self, times: Floats) -> float:
        """Return the mean travel time of an answered call, ``times`` being ``(J, N)`` from home.

        A call that waited is answered from the home of the unit that becomes free: where units go
        on from call to call directly, it is somewhat shorter or longer.
        """
        return float((self.dispatch * times).sum() / self.dispatch.sum())

    def within(self, times: Floats, most: float) -> float:
        """Return the share of calls that a unit reaches within ``most``, the wait left aside."""
        return float(self.dispatch[times <= most].sum() / self.dispatch.sum())


def _checked(
    rates: npt.ArrayLike, preferences: npt.ArrayLike, service: npt.ArrayLike, queue: Queue
) -> tuple[Floats, Ints, Floats]:
    calls = np.asarray(rates, np.float64)
    order = np.asarray(preferences, np.int64)
    if order.ndim != 2 or len(order) != len(calls):  # noqa: PLR2004 - atoms by ranks
        raise WrongUsage(reason="one order of preference per atom", field="preferences")
    units = order.shape[1]
    if not (np.sort(order, axis=1) == np.arange(units)).all():
        raise WrongUsage(reason="each order names every unit once", field="preferences")
    speed = np.broadcast_to(np.asarray(service, np.float64), (units,))
    if not (np.isfinite(calls).all() and (calls >= 0.0).all() and calls.sum() > 0.0):
        raise WrongUsage(reason="rates are not negative, and not all zero", field="rates")
    if not (np.isfinite(speed).all() and (speed > 0.0).all()):
        raise WrongUsage(reason="service rates are positive", field="service")
    if queue == "infinite" and calls.sum() >= speed.sum():
        raise WrongUsage(
            reason="more calls than the units can serve: no steady state", field="rates"
        )
    return calls, order, speed


def hypercube(
    rates: npt.ArrayLike,
    preferences: npt.ArrayLike,
    service: npt.ArrayLike = 1.0,
    *,
    queue: Queue = "infinite",
) -> Hypercube:
    """Return the long-run behaviour of N units, exactly up to 12 and approximately above.

    Args:
        rates: Calls per unit of time of each atom, ``(J,)``.
        preferences: Units in the order in which each atom asks for them, ``(J, N)``.
        service: Calls that a busy unit completes per unit of time, one value or ``(N,)``; above 12
            units their mean is taken.
        queue: ``infinite``: a call waits when all are busy; ``zero``: it is lost (to others).

    Raises:
        WrongUsage: When sizes do not fit or, with a queue, the calls exceed what can be served.
    """
    calls, order, speed = _checked(rates, preferences, service, queue)
    if order.shape[1] > MOST_EXACT:
        return approximate(calls, order, float(speed.mean()), queue=queue)
    lists, which = np.unique(order, axis=0, return_inverse=True)
    which = which.reshape(-1)
    merged = np.zeros(len(lists))
    np.add.at(merged, which, calls)
    chosen = _chosen(lists)
    states = _steady(_ups(merged, chosen), speed)
    total, power = float(calls.sum()), float(speed.sum())
    load = total / power
    if queue == "infinite":
        states /= states[:-1].sum() + states[-1] / (1.0 - load)
        empty_queue = states[-1]
        states[-1] /= 1.0 - load
        waiting = float(states[-1] - empty_queue)
    else:
        states /= states.sum()
        waiting = 0.0
    all_busy = float(states[-1])
    bits = _bits(order.shape[1])
    workloads = states @ bits
    taken = np.zeros((len(lists), len(speed)))
    for number in range(len(lists)):
        np.add.at(taken[number], chosen[number], states[:-1])
    if queue == "infinite":
        taken += all_busy * speed / power
    dispatch = taken[which] * (calls / total)[:, None]
    wait = all_busy / (power - total) if queue == "infinite" else 0.0
    return Hypercube(True, workloads, all_busy, waiting, wait, dispatch, states)


def _bits(units: int) -> npt.NDArray[np.bool_]:
    """Return which units are busy in each state, ``(2^N, N)``."""
    states = np.arange(2**units)
    return (states[:, None] >> np.arange(units)) & 1 > 0


def _chosen(lists: Ints) -> Ints:
    """Return the unit that each list sends in each state but the last, ``(lists, 2^N - 1)``."""
    units = lists.shape[1]
    free = ~_bits(units)[:-1]
    chosen = np.empty((len(lists), len(free)), np.int64)
    for number, order in enumerate(lists):
        chosen[number] = order[np.argmax(free[:, order], axis=1)]
    return chosen


def _ups(rates: Floats, chosen: Ints) -> scipy.sparse.csr_matrix:
    """Return the rates of becoming busier: from a state to the state with one more unit busy."""
    size = chosen.shape[1] + 1
    sources = np.broadcast_to(np.arange(size - 1), chosen.shape)
    targets = sources | (1 << chosen)
    weights = np.broadcast_to(rates[:, None], chosen.shape)
    shape = (size, size)
    return scipy.sparse.csr_matrix(
        (weights.ravel(), (sources.ravel(), targets.ravel())), shape=shape
    )


def _steady(ups: scipy.sparse.csr_matrix, speed: Floats) -> Floats:
    """Return the weight of each state, the last one without its queue, up to a factor.

    States of an even and an odd number of busy units take turns (neighbours differ by one unit);
    after each sweep the weights of the levels are set so that what goes up from each level comes
    down to it, which is exact and makes the sweeps few. The full state balances in the same way
    with a queue and without.
    """
    units = len(speed)
    busy = _bits(units)
    level = np.asarray(busy.sum(axis=1), np.int64)
    rows, columns, weights = [], [], []
    for unit in range(units):
        here = np.flatnonzero(busy[:, unit])
        rows.append(here)
        columns.append(here & ~(1 << unit))
        weights.append(np.full(len(here), speed[unit]))
    downs = scipy.sparse.csr_matrix(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=ups.shape
    )
    rise = np.asarray(ups.sum(axis=1), np.float64).ravel()
    fall = np.asarray(busy @ speed, np.float64)
    inflow = (ups + downs).T.tocsr()
    halves = [np.flatnonzero(level % 2 == parity) for parity in (0, 1)]
    parts = [(half, inflow[half], (rise + fall)[half]) for half in halves]
    states = _levelled(np.ones(len(level)), level, rise, fall)
    for _ in range(MOST_SWEEPS):
        before = states.copy()
        for half, part, out in parts:
            states[half] = (part @ states) / out
        states = _levelled(states, level, rise, fall)
        if float(np.abs(states - before).max()) < TOLERANCE:
            break
    return states


def _levelled(states: Floats, level: Ints, rise: Floats, fall: Floats) -> Floats:
    """Return the weights, of sum 1, with as much going up from each level as comes down to it."""
    share = states / np.bincount(level, states)[level]
    up, down = np.bincount(level, share * rise), np.bincount(level, share * fall)
    weight = np.concatenate(([1.0], np.cumprod(up[:-1] / down[1:])))
    levelled = share * weight[level]
    return np.asarray(levelled / levelled.sum(), np.float64)


def approximate(
    rates: npt.ArrayLike,
    preferences: npt.ArrayLike,
    service: float = 1.0,
    *,
    queue: Queue = "infinite",
) -> Hypercube:
    """Return the behaviour by Larson's approximation, for any number of units.

    Units are taken as busy independently, corrected by the factor that holds exactly where units
    are drawn at random; its error on workloads was 1 to 2 % in Larson's trials.

    Raises:
        WrongUsage: As ``hypercube``.
    """
    calls, order, speed = _checked(rates, preferences, service, queue)
    units, mu = order.shape[1], float(speed[0])
    total = float(calls.sum())
    level = _levels(total / mu, units, queue)
    all_busy = float(level[-1])
    mean = total * (1.0 if queue == "infinite" else 1.0 - all_busy) / (units * mu)
    correction = _corrections(level, mean)
    queued = all_busy * mean if queue == "infinite" else 0.0
    busy = np.full(units, mean)
    for _ in range(MOST_SWEEPS):
        sent = _sent(calls, order, busy, correction)
        asked = np.zeros(units)
        np.add.at(asked, order, sent)
        asked /= mu
        new = (asked + queued) / (1.0 + asked)
        new *= units * mean / new.sum()
        if float(np.abs(new - busy).max()) < TOLERANCE:
            break
        busy = (busy + new) / 2.0
    sent = _sent(calls, order, busy, correction) * (1.0 - busy[order])
    dispatch = np.zeros(order.shape)
    np.put_along_axis(dispatch, order, sent, axis=1)
    answered = 1.0 - all_busy
    share = dispatch.sum(axis=1, keepdims=True)
    wanted = (calls / total)[:, None] * answered
    dispatch *= np.where(share > 0.0, wanted / np.where(share > 0.0, share, 1.0), 0.0)
    waiting = wait = 0.0
    if queue == "infinite":
        dispatch += (calls / total)[:, None] * all_busy / units
        waiting = all_busy * mean
        wait = all_busy / (units * mu - total)
    return Hypercube(False, busy, all_busy, waiting, wait, dispatch, None)


def _levels(offered: float, units: int, queue: Queue) -> Floats:
    """Return the probability of k busy units of M/M/N, the queue in the last."""
    weights = np.array([offered**k / factorial(k) for k in range(units + 1)])
    if queue == "infinite":
        weights[-1] /= 1.0 - offered / units
    return np.asarray(weights / weights.sum(), np.float64)


def _corrections(level: Floats, mean: float) -> Floats:
    """Return Q(j): P(j drawn units busy, the next free) over ``mean^j (1 - mean)``."""
    units = len(level) - 1
    result = np.zeros(units)
    for j in range(units):
        for k in range(j, units):
            drawn = np.prod([(k - i) / (units - i) for i in range(j)])
            result[j] += drawn * (units - k) / (units - j) * level[k]
        result[j] /= mean**j * (1.0 - mean)
    return result


def _sent(calls: Floats, order: Ints, busy: Floats, correction: Floats) -> Floats:
    """Return the rate at which each rank of each atom is asked for, if its unit were free."""
    ranked = busy[order]
    before = np.concatenate((np.ones((len(order), 1)), np.cumprod(ranked, axis=1)[:, :-1]), axis=1)
    return np.asarray(calls[:, None] * correction * before, np.float64)


def erlang_c(offered: float, units: int) -> float:
    """Return the probability that a call waits in M/M/c (A. K. Erlang, 1917).

    Args:
        offered: Calls x mean service, below ``units``.
        units: Servers.

    Raises:
        WrongUsage: When the queue would grow without end.
    """
    if not 0.0 <= offered < units:
        raise WrongUsage(reason="more calls than the units can serve", field="offered")
    blocked = 1.0
    for k in range(1, units + 1):
        blocked = offered * blocked / (k + offered * blocked)
    return blocked / (1.0 - offered / units * (1.0 - blocked))
