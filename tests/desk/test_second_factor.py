"""The second factor: RFC 6238 to the digit, each code once, secrets sealed."""

import base64
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.clock import FixedClock, now_us
from vigie.base.errors import StoreBroken, TooManyRequests, WrongCode
from vigie.desk.sealing import KEY_FILE, FileSealer
from vigie.desk.second_factor import (
    DRIFT_STEPS,
    LOCK_US,
    MAX_FAILURES,
    RECOVERY_CODES,
    STEP_US,
    code_at,
    matching_step,
    new_recovery_code,
    plain_code,
    step_of,
)
from vigie.desk.store import Desk

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
STEP = timedelta(microseconds=STEP_US)


@pytest.fixture
def someone(desk: Desk) -> str:
    return desk.accounts.create("amina", name="A", role="operator", password="x").account_id


def code_of(desk: Desk, secret: str, clock: FixedClock, *, later: int = 0) -> str:
    return code_at(secret, step_of(now_us(clock)) + later)


@pytest.fixture
def device(desk: Desk, someone: str, clock: FixedClock) -> tuple[str, list[str]]:
    """The secret of a confirmed device, and its recovery codes; a step has passed since."""
    secret = desk.second_factors.begin(someone)
    codes = desk.second_factors.confirm(someone, code_of(desk, secret, clock))
    clock.advance(STEP)
    return secret, codes


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B (SHA-1); six digits are the last six of its eight."""
    assert code_at(RFC_SECRET, step_of(seconds * 1_000_000)) == code[-6:]


@given(st.integers(100, 10**8), st.integers(-4, 4), st.integers(-3, 3))
def test_a_code_counts_for_its_step_and_its_neighbours_and_never_again(
    now: int, off: int, used: int
) -> None:
    """Whatever the step, its distance from now, and the last step used."""
    code = code_at(RFC_SECRET, now + off)
    found = matching_step(RFC_SECRET, code, now * STEP_US + 5, now + used)
    if abs(off) <= DRIFT_STEPS and off > used:
        assert found is not None
        assert code_at(RFC_SECRET, found) == code
    elif found is not None:  # one chance in a million: two steps with the same six digits
        assert found > now + used
        assert code_at(RFC_SECRET, found) == code


def test_a_device_serves_once_it_has_been_confirmed(
    desk: Desk, someone: str, clock: FixedClock
) -> None:
    secret = desk.second_factors.begin(someone)
    assert not desk.second_factors.state(someone).confirmed
    with pytest.raises(WrongCode):
        desk.second_factors.check(someone, code_of(desk, secret, clock))
    codes = desk.second_factors.confirm(someone, code_of(desk, secret, clock))

    assert len(set(codes)) == RECOVERY_CODES
    assert desk.second_factors.state(someone).confirmed
    assert desk.second_factors.state(someone).codes_left == RECOVERY_CODES


def test_the_old_device_serves_until_the_new_one_is_confirmed(
    desk: Desk, someone: str, device: tuple[str, list[str]], clock: FixedClock
) -> None:
    old, old_codes = device
    new = desk.second_factors.begin(someone)
    assert desk.second_factors.check(someone, code_of(desk, old, clock)) == "totp"
    clock.advance(STEP)
    with pytest.raises(WrongCode):
        desk.second_factors.confirm(someone, code_of(desk, old, clock))
    desk.second_factors.confirm(someone, code_of(desk, new, clock))
    clock.advance(STEP)
    for code in (code_of(desk, old, clock), old_codes[0]):
        with pytest.raises(WrongCode):
            desk.second_factors.check(someone, code)

    assert desk.second_factors.check(someone, code_of(desk, new, clock)) == "totp"


def test_the_code_that_confirmed_does_not_sign_in(
    desk: Desk, someone: str, clock: FixedClock
) -> None:
    secret = desk.second_factors.begin(someone)
    code = code_of(desk, secret, clock)
    desk.second_factors.confirm(someone, code)
    with pytest.raises(WrongCode):
        desk.second_factors.check(someone, code)


def test_a_used_step_and_those_before_it_are_refused(
    desk: Desk, someone: str, device: tuple[str, list[str]], clock: FixedClock
) -> None:
    secret, _ = device
    clock.advance(STEP * 3)
    ahead = code_of(desk, secret, clock, later=1)
    assert desk.second_factors.check(someone, f"{ahead[:3]} {ahead[3:]}") == "totp"
    for later in (1, 0, -1):
        with pytest.raises(WrongCode):
            desk.second_factors.check(someone, code_of(desk, secret, clock, later=later))


def test_one_code_given_many_times_at_once_is_taken_once(
    desk: Desk, someone: str, device: tuple[str, list[str]], clock: FixedClock
) -> None:
    secret, _ = device
    code = code_of(desk, secret, clock)
    taken: list[str] = []
    barrier = threading.Barrier(4)

    def give() -> None:
        barrier.wait()
        try:
            taken.append(desk.second_factors.check(someone, code))
        except WrongCode:
            return

    threads = [threading.Thread(target=give) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert taken == ["totp"]


def test_a_recovery_code_serves_once(
    desk: Desk, someone: str, device: tuple[str, list[str]]
) -> None:
    _, codes = device
    assert desk.second_factors.check(someone, codes[3].lower()) == "recovery"
    assert desk.second_factors.state(someone).codes_left == RECOVERY_CODES - 1
    with pytest.raises(WrongCode):
        desk.second_factors.check(someone, codes[3])


def test_a_recovery_code_of_somebody_else_does_not_serve(
    desk: Desk, device: tuple[str, list[str]], clock: FixedClock
) -> None:
    other = desk.accounts.create("bob", name="B", role="operator", password="x").account_id
    secret = desk.second_factors.begin(other)
    desk.second_factors.confirm(other, code_of(desk, secret, clock))
    with pytest.raises(WrongCode):
        desk.second_factors.check(other, device[1][0])


def test_fresh_recovery_codes_void_the_old(
    desk: Desk, someone: str, device: tuple[str, list[str]]
) -> None:
    fresh = desk.second_factors.new_codes(someone)
    with pytest.raises(WrongCode):
        desk.second_factors.check(someone, device[1][0])

    assert desk.second_factors.check(someone, fresh[0]) == "recovery"


def test_five_wrong_codes_lock_for_a_while(
    desk: Desk, someone: str, device: tuple[str, list[str]], clock: FixedClock
) -> None:
    secret, codes = device
    wrong = code_of(desk, secret, clock, later=40)
    for _ in range(MAX_FAILURES):
        with pytest.raises(WrongCode):
            desk.second_factors.check(someone, wrong)
    for right in (code_of(desk, secret, clock), codes[0]):
        with pytest.raises(TooManyRequests):
            desk.second_factors.check(someone, right)
    clock.advance(timedelta(microseconds=LOCK_US) + STEP)

    assert desk.second_factors.check(someone, code_of(desk, secret, clock)) == "totp"


def test_a_reset_forgets_device_and_codes(
    desk: Desk, someone: str, device: tuple[str, list[str]], clock: FixedClock
) -> None:
    desk.second_factors.reset(someone)
    assert not desk.second_factors.state(someone).confirmed
    for code in (code_of(desk, device[0], clock), device[1][0]):
        with pytest.raises(WrongCode):
            desk.second_factors.check(someone, code)


def test_neither_secret_nor_recovery_code_is_on_disk_in_clear(
    desk: Desk, home: Path, device: tuple[str, list[str]]
) -> None:
    everything = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())
    secret, codes = device
    needles = [secret.encode(), base64.b32decode(secret)]
    needles += [form.encode() for code in codes for form in (code, plain_code(code))]

    assert all(everything.find(needle) < 0 for needle in needles)


@given(st.data())
def test_recovery_codes_survive_the_hand_that_copies_them(data: st.DataObject) -> None:
    code = new_recovery_code()
    shown = code.replace("-", data.draw(st.sampled_from(["-", " ", "", " - "])))
    if data.draw(st.booleans()):
        shown = shown.lower()

    assert plain_code(shown) == plain_code(code)
    assert len(base64.b32decode(plain_code(code) + "======")) == 16


def test_the_key_is_made_once_and_only_its_owner_reads_it(home: Path) -> None:
    path = home / KEY_FILE
    sealers = [FileSealer(path) for _ in range(8)]
    sealed: list[str] = []
    threads = [
        threading.Thread(target=lambda one=one: sealed.append(one.seal(b"secret", "a")))
        for one in sealers
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [FileSealer(path).unseal(one, "a") for one in sealed] == [b"secret"] * 8
    assert len(set(sealed)) == 8
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in home.iterdir() if KEY_FILE in one.name] == [KEY_FILE]


def test_a_sealed_secret_opens_where_it_belongs_and_unaltered_only(home: Path) -> None:
    sealer = FileSealer(home / KEY_FILE)
    sealed = sealer.seal(b"secret", "amina")
    raw = bytearray(base64.b64decode(sealed))
    raw[20] ^= 1
    for text, context in ((sealed, "bob"), (base64.b64encode(bytes(raw)).decode(), "amina")):
        with pytest.raises(StoreBroken):
            sealer.unseal(text, context)
    (home / KEY_FILE).write_bytes(b"short")
    with pytest.raises(StoreBroken):
        sealer.unseal(sealed, "amina")
