"""What happens in one seed, and a run of it: the same seed, the same history, byte for byte."""

from __future__ import annotations

import errno
import json
import random
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.simulation.disk import Disk, Plan
from tests.simulation.machine import FEEDS, Clocks, Machine, one_by_one
from tests.simulation.model import Broken, Model
from tests.simulation.network import MINUTE_US, Network, Sent
from tests.simulation.steps import Run, Step, steps_of

from vigie.audit.line import Line
from vigie.base.clock import from_us, to_us
from vigie.base.errors import VigieError
from vigie.base.house_clock import HouseClock, note_time
from vigie.privacy.purposes import Purpose, Verb

HOUR_US = 60 * MINUTE_US
DAY_US = 24 * HOUR_US
PARIS = ZoneInfo("Europe/Paris")
STARTS = [
    to_us(datetime(*day, tzinfo=PARIS).astimezone(UTC))
    for day in ((2026, 3, 28, 22), (2026, 10, 24, 22), (2028, 2, 28, 20), (2026, 12, 30, 12))
]
"""Before both changes of hour, 29 February and a new year."""
ERRORS = (errno.ENOSPC, errno.EIO)
AUDIT_KEPT_US = 3 * DAY_US
LARGE = 40_000


def run(seed: int, template: Path, folder: Path, steps: Sequence[Step] | None = None,
        *, steady: bool = True) -> Run:  # fmt: skip
    """Run a seed on a copy of an empty home.

    Args:
        seed: The seed.
        template: The empty home.
        folder: Where the copies stand; removed again.
        steps: Only these of its steps.
        steady: Whether Vigie's clock takes no notice of leaps, as it does.
    """
    told = Run(seed, steps_of(seed) if steps is None else steps)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with one_by_one(str(seed)):
            _Story(told, template, folder.resolve(), steady=steady).tell()
    except (Broken, VigieError, OSError) as broken:
        told.broken = str(broken)
        told.history.append(f"BROKEN {broken}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return told


class _Story:
    def __init__(self, told: Run, template: Path, folder: Path, *, steady: bool) -> None:
        self.told, self._folder = told, folder
        first = random.Random(f"start {told.seed}")
        self.clocks = Clocks(first.choice(STARTS) + first.randrange(6 * HOUR_US), steady=steady)
        self.network = Network(random.Random(f"network {told.seed}"))
        self.model = Model(self.network)
        self._homes = 0
        self._mounted = ExitStack()
        home = folder / "home-0"
        shutil.copytree(template, home)
        self._mount(home)

    # --- Disk and machine --------------------------------------------------------------------

    def _mount(self, home: Path) -> None:
        self._homes += 1
        self._mounted.close()
        after = self._folder / f"home-{self._homes}"
        self.home, self.disk = home, Disk(home, f"{self.told.seed}", after)
        self._after = after
        self._mounted.enter_context(self.disk.mounted())
        self._open()

    def _open(self) -> None:
        """Open the home: at once, unless the disk is told to fail."""
        try:
            self.machine = Machine(self.home, self.clocks.clock(self.home))
        except (VigieError, OSError) as error:
            if self.disk.dead:
                self._reboot()
                return
            if not (self.disk.full or self.disk.refused):
                raise Broken(
                    f"the home does not open: {error!r} {getattr(error, 'params', '')}"
                ) from error
            self._note(f"not opened: {type(error).__name__}")
            self._heal_disk()
            self._open()

    def _heal_disk(self) -> None:
        self.told.refused += self.disk.refused
        self.disk.plan, self.disk.full, self.disk.refused = Plan(), False, 0

    def _reboot(self) -> None:
        """Start again on what the power cut left."""
        self.told.cuts += 1
        self._note(f"power cut before operation {self.disk.operations}")
        self._mounted.close()
        if hasattr(self, "machine"):
            self.machine.close()
            del self.machine
        self.clocks.pass_to(self.clocks.true_us + 5 * MINUTE_US)
        self.clocks.boot()
        self._mount(self._after)

    def _pass_to(self, at_us: int) -> None:
        """Let time go by; who serves the home writes it down all the while."""
        self.clocks.pass_to(at_us)
        if not self.disk.dead:
            note_time(self.machine.clock)

    def _note(self, text: str) -> None:
        at = from_us(self.clocks.true_us).isoformat()
        self.told.history.append(f"{at} {self.disk.operations} {text}")

    # --- The story ---------------------------------------------------------------------------

    def tell(self) -> None:
        try:
            for number, step in enumerate(self.told.steps):
                chance = random.Random(step.chance)
                self._note(f"step {number} {step}")
                self._step = step
                getattr(self, f"_{step.what}")(chance)
                if self.disk.dead:
                    self._reboot()
            self._end()
        finally:
            if hasattr(self, "machine"):
                self.machine.close()
            self._mounted.close()

    def _end(self) -> None:
        """Heal everything, let everybody be answered, and look whether all promises were kept.

        A clock that was set right by hand is believed by somebody's word.
        """
        self._heal_disk()
        self._pass_to(self.clocks.true_us + 21 * HOUR_US)
        if isinstance(self.machine.clock, HouseClock):
            self._note(f"the clock is right: {self.machine.clock.confirm()}")
        self.network.healed = True
        for _ in range(200):
            if self.network.quiet:
                break
            self._deliver(self.clocks.true_us + HOUR_US)
        else:
            raise Broken("senders are never answered on a machine that is well")
        self.told.acknowledged = len(self.network.sent)
        self._pass_to(self.clocks.true_us + 2 * HOUR_US)
        self._drain(None)
        if self.machine.intake._journal.backlog():
            raise Broken(f"messages wait for ever: {self.machine.intake.processing.errors}")
        self.model.check(self.machine, self.clocks.true_us)
        self._note(self.model.digest(self.machine))
        self._pass_to(self.clocks.true_us + 5 * DAY_US)
        self._clean(None)
        self._pass_to(self.clocks.true_us + 7 * DAY_US + HOUR_US)
        self._clean(None)
        self._shred(None)
        self.model.check_terms(self.machine, self.clocks.true_us)
        self.model.check_audit(self.machine)

    def _deliver(self, to_us: int) -> None:
        """Let packets arrive until an instant."""
        while (due := self.network.next_us()) is not None and due <= to_us:
            self._pass_to(due)
            self._take(self.network.arrived(self.clocks.true_us))
            if self.disk.dead:
                self._reboot()
        self._pass_to(to_us)

    def _take(self, messages: list[Sent]) -> None:
        if not messages:
            return
        answers = self.machine.accept_together([(one.feed, one.content) for one in messages])
        for message, answer in zip(messages, answers, strict=True):
            if self.disk.dead:
                self._note(f"message {message.number}: nobody answered")
            elif isinstance(answer, str):
                self._note(f"message {message.number}: taken")
                self.network.answer(message.number, self.clocks.true_us)
            else:
                self._note(f"message {message.number}: {answer.code}")
                self._must_be_ill(answer)
        self.model.observe(self.machine, self.clocks.true_us, self.disk)

    def _must_be_ill(self, error: Exception) -> None:
        """What is refused while nothing is wrong with the disk is a fault of ours."""
        if not (self.disk.full or self.disk.refused or self.disk.dead):
            told = getattr(error, "params", "")
            raise Broken(f"refused on a disk that is well: {error!r} {told}")

    def _try(self, what: str, do: object) -> bool:
        """Do something that the disk may refuse; say whether it was done."""
        try:
            answer = do()  # type: ignore[operator]
        except (VigieError, OSError) as error:
            self._note(f"{what}: {type(error).__name__}")
            self._must_be_ill(error)
            return False
        if not self.disk.dead:
            self._note(f"{what}: {answer}")
        return not self.disk.dead

    # --- Steps -------------------------------------------------------------------------------

    def _send(self, chance: random.Random) -> None:
        number = len(self.network.sent)
        message = Sent(number, chance.choice(FEEDS), b"")
        lines = []
        for row in range(chance.choice((1, 1, 1, 3))):
            kind = chance.random()
            if kind < 0.2:
                message.bad.append(f"no JSON {number} {row}".encode())
                lines.append(message.bad[-1])
                continue
            if kind < 0.4 and self.model.refs(message.feed):
                ref = chance.choice(self.model.refs(message.feed))
                revision = chance.randint(0, 3)
            else:
                ref, revision = f"{number}-{row}", 0
            message.refs[ref] = max(revision, message.refs.get(ref, 0))
            at = from_us(
                self.clocks.true_us - chance.randrange(60 * DAY_US, 65 * DAY_US)
            ).isoformat()
            told = {"ref": ref, "at": at, "revision": revision}
            if chance.random() < 0.08:
                told["filling"] = "x" * LARGE
            if chance.random() < 0.04:
                told["boom"] = True
            lines.append(json.dumps(told).encode())
        message.content = b"".join(line + b"\n" for line in lines)
        self.model.sent(message)
        self.network.send(message, self.clocks.true_us)
        self._note(f"message {number} sent: {sorted(message.refs.items())} {len(message.bad)}")

    def _burst(self, chance: random.Random) -> None:
        for _ in range(chance.randint(2, 5)):
            self._send(chance)
        self._deliver(self.clocks.true_us)

    def _wait(self, chance: random.Random) -> None:
        self._deliver(self.clocks.true_us + chance.randint(1, 180) * MINUTE_US)

    def _days(self, chance: random.Random) -> None:
        self._deliver(self.clocks.true_us + chance.randint(1, 4) * DAY_US)

    def _drain(self, _chance: random.Random | None) -> None:
        n = self.machine.intake.drain()
        errors = dict(self.machine.intake.processing.errors)
        if not self.disk.dead:
            self._note(f"drained {n} {sorted(errors.items())}")
            if errors:
                self._must_be_ill(Broken(str(errors)))
        self.model.observe(self.machine, self.clocks.true_us, self.disk)

    def _clean(self, _chance: random.Random | None) -> None:
        self.model.observe(self.machine, self.clocks.true_us, self.disk)
        if self._try("clean", self.machine.intake.housekeeping.clean):
            self.model.check_terms(self.machine, self.clocks.true_us)

    def _answer(self, chance: random.Random) -> None:
        number = chance.getrandbits(31)
        told = Line(
            self.clocks.true_us, Verb.CONSULT, "amelie", "operator", Purpose.LIVE_RESPONSE,
            "facts", {"n": number},
        )  # fmt: skip
        if self._try("answer", lambda: self.machine.audit.append(told)):
            self.model.answered[number] = self.clocks.true_us

    def _head(self, _chance: random.Random) -> None:
        def keep() -> int:
            size = self.machine.audit.count()
            note = self.machine.audit.head()
            if not self.disk.dead:
                self.model.heads[size] = self.machine.audit.root(size).hex()
            return len(note)

        self._try("head", keep)

    def _shred(self, _chance: random.Random | None) -> None:
        before, days = self.clocks.true_us - AUDIT_KEPT_US, self.machine.audit.segments()
        done = self._try("shred", lambda: self.machine.audit.shred(before))
        # Refused once days are gone, it told of them all the same: by its line, which comes first.
        if done or (not self.disk.dead and set(days) - set(self.machine.audit.segments())):
            self.model.shredded_us = max(self.model.shredded_us, before)

    def _leap(self, chance: random.Random) -> None:
        hours = chance.choice((-24, -2, -1, 1, 2, 24))
        self.clocks.leap(hours * HOUR_US, chance.randint(1, 50) * MINUTE_US)
        self._note(f"the machine's clock leaps by {hours} h")
        if chance.random() < 0.5:
            self._send(chance)
            self._deliver(self.clocks.true_us)
        if chance.random() < 0.5:
            self._clean(chance)

    def _wrong(self, chance: random.Random) -> None:
        """Have the clock wrong for hours: from a start after the machine was off, or while it runs.

        It is right again by a source of time, or by somebody's hand.
        """
        error = chance.choice((-3_650, -1, 1, 3_650)) * DAY_US
        for_us, by_hand = chance.randint(1, 20) * HOUR_US, chance.random() < 0.4
        if chance.random() < 0.3:
            self.clocks.leap(error, for_us, by_hand=by_hand)
            self._note(f"the machine's clock stands wrong by {error // HOUR_US} h")
        else:
            self.machine.close()
            off_us = chance.choice((5 * MINUTE_US, 3 * HOUR_US, 30 * HOUR_US, 3 * DAY_US))
            self.clocks.pass_to(self.clocks.true_us + off_us)
            self.model.off_us += off_us
            self.clocks.boot_wrong(error, for_us, by_hand=by_hand)
            self._note(f"off for {off_us // HOUR_US} h, started wrong by {error // HOUR_US} h")
            if not self.disk.dead:
                self._open()
        for _ in range(chance.randint(1, 4)):
            if self.disk.dead:
                return
            getattr(self, chance.choice(("_send", "_drain", "_wait", "_clean")))(chance)

    def _fault(self, chance: random.Random) -> None:
        self._heal_disk()
        first = self.disk.operations + chance.choice((chance.randint(1, 6), chance.randint(1, 40)))
        error = chance.choice(ERRORS)
        self.disk.plan = Plan(
            self.disk.plan.cut, self.disk.plan.kind, first, chance.choice((1, 1, 2, 5)), error
        )
        self._note(f"operation {first} will fail: {errno.errorcode[error]}")

    def _nth(self, chance: random.Random) -> None:
        """Refuse one operation, told by its number; see ``each``."""
        number, error = divmod(self._step.chance, len(ERRORS))
        self.disk.plan = Plan(fail=number, errors=1, errno=ERRORS[error])

    def _full(self, chance: random.Random) -> None:
        """Fill the disk; reading goes on; when there is room again, so does everything."""
        self.disk.full = True
        self._send(chance)
        self._deliver(self.clocks.true_us)
        if not self.disk.dead:
            self._drain(None)
        if not self.disk.dead:
            self._read(chance)
        if not self.disk.dead:
            self._heal_disk()

    def _read(self, _chance: random.Random) -> None:
        try:
            found = self.machine.lake.count("facts"), len(self.machine.intake.health(0))
        except (VigieError, OSError) as error:
            if self.disk.dead or self.disk.plan.fail:
                return
            raise Broken(f"nothing can be read on a full disk: {error!r}") from error
        self._note(f"read {found}")

    def _cut(self, chance: random.Random) -> None:
        kind = chance.choice(("", "", "delta", "sync", "rename", "unlink", "truncate"))
        first = self.disk.operations + chance.randint(1, 3 if kind else 60)
        self.disk.plan.cut, self.disk.plan.kind = first, kind
        self._note(f"the power will go at operation {first} {kind}")

    def _reopen(self, _chance: random.Random) -> None:
        self.machine.close()
        self.clocks.boot()
        if not self.disk.dead:
            self._open()
