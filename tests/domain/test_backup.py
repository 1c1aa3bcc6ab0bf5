"""When a backup is due, what it is called, and which may go."""

from datetime import UTC, datetime, timedelta

import pytest

from asura.domain import backup
from asura.domain.backup import Failed, Ledger, Made

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LONG_AGO = NOW - 10 * DAY


def made(at: datetime = NOW, **other: object) -> Made:
    named = {"name": backup.name_of(at, encrypted=False), "bytes": 1, "encrypted": False, "took_s": 1.0}
    return Made(at=at, **(named | other))  # type: ignore[arg-type]


def broken(times: int, at: datetime = NOW, **other: object) -> Failed:
    return Failed(since=at, at=at, times=times, message="no", **other)  # type: ignore[arg-type]


def due(
    ledger: Ledger, now: datetime = NOW, every: timedelta = DAY, started_at: datetime = LONG_AGO
) -> datetime | None:
    return backup.due_at(ledger, now, every=every, started_at=started_at)


def test_a_name_says_when_and_is_read_back() -> None:
    assert backup.name_of(NOW, encrypted=False) == "asura-20260302T120000Z.backup"
    assert backup.name_of(NOW, encrypted=True) == "asura-20260302T120000Z.backup.age"
    assert backup.at_of("asura-20260302T120000Z.backup.age") == NOW
    assert backup.name_of(NOW, encrypted=True, manual=True) == "asura-20260302T120000Z-manual.backup.age"
    assert backup.at_of("asura-20260302T120000Z-manual-0123abcd.backup.age") == NOW
    assert backup.of_migration("asura-schema-5-20260302T120000Z.db") == NOW


@pytest.mark.parametrize(
    "name",
    [
        "",
        "asura.backup",
        "asura-20261332T120000Z.backup",
        "asura-20260302T120000Z.backup.gz",
        "asura-20260302T120000Z-other.backup",
        "asura-20260302T120000Z-0123ABCD.backup",
        "../asura-20260302T120000Z.backup",
        "before-upgrade-20260302T120000Z.backup",
        "asura-20260302T120000Z.backup\n",
    ],
)
def test_other_names_are_not_ours(name: str) -> None:
    assert backup.at_of(name) is None


def test_of_a_ledger_from_elsewhere_only_names_of_ours_are_believed() -> None:
    naive = NOW.replace(tzinfo=None)
    lies = (made(name="../secret.key"), made(name=""), made(naive, name=made().name))
    assert backup.believed(Ledger(made=(made(), *lies), failures=3)) == Ledger(made=(made(),), failures=3)
    assert backup.believed(Ledger(failed=broken(1, naive))) == Ledger()
    assert backup.believed(Ledger(failed=broken(0))) == Ledger()
    assert backup.believed(Ledger(failed=broken(2))) == Ledger(failed=broken(2))


def test_none_is_due_where_none_are_wanted() -> None:
    assert due(Ledger(made=(made(),), failed=broken(1)), every=timedelta()) is None


def test_the_first_one_waits_only_for_the_start() -> None:
    assert due(Ledger(), started_at=NOW) == NOW + timedelta(minutes=1)


def test_it_is_due_a_period_after_the_last_good_one_whenever_we_started() -> None:
    ledger = Ledger(made=(made(NOW - 3 * DAY), made(NOW - DAY / 2)))
    assert due(ledger) == NOW + DAY / 2
    assert due(Ledger(made=(made(LONG_AGO),)), started_at=NOW) == NOW + timedelta(minutes=1)


def test_one_that_was_asked_for_puts_nothing_off() -> None:
    asked = made(NOW, name=backup.name_of(NOW, encrypted=False, manual=True))
    daily = made(NOW - DAY / 4)
    assert due(Ledger(made=(daily, asked))) == daily.at + DAY
    assert due(Ledger(made=(asked,)), started_at=NOW) == NOW + timedelta(minutes=1)
    waiting = Ledger(made=(daily, asked), failed=broken(1, upload=asked.name))
    assert backup.only_upload(waiting, NOW + DAY / 2, every=DAY) == asked
    assert backup.only_upload(waiting, daily.at + DAY, every=DAY) is None
    assert backup.only_upload(Ledger(made=(asked,), failed=waiting.failed), NOW, every=DAY) is None
    assert backup.only_upload(Ledger(made=(asked,), failed=waiting.failed), NOW, every=timedelta()) == asked


def test_after_a_clock_that_was_ahead_one_is_due_now_and_not_always_later() -> None:
    ahead = NOW + 400 * DAY
    for later in (timedelta(), DAY, 9 * DAY):
        assert due(Ledger(made=(made(ahead),)), NOW + later) == NOW + later
        assert due(Ledger(failed=broken(1, ahead)), NOW + later) == NOW + later
        assert due(Ledger(made=(made(NOW - DAY),)), NOW + later, started_at=ahead) == NOW + later
    waiting = Ledger(made=(made(ahead),), failed=broken(1, upload=made(ahead).name))
    assert backup.only_upload(waiting, NOW, every=DAY) is None


def test_in_a_bucket_a_name_says_whose_it_is_and_only_ours_that_are_encrypted_leave() -> None:
    far = backup.name_in_bucket("asura-20260302T120000Z-manual.backup.age", "0123abcd")
    assert far == "asura-20260302T120000Z-manual-0123abcd.backup.age"
    assert backup.is_of(far, "0123abcd")
    for other in ("asura-20260302T120000Z.backup.age", "notes", far.replace("0123", "4567")):
        assert not backup.is_of(other, "0123abcd")
    assert backup.may_leave("asura-20260302T120000Z.backup.age")
    for lie in ("../secret.key", "secret.key", "../asura-20260302T120000Z.backup.age", "asura-20260302T120000Z.backup"):
        assert not backup.may_leave(lie)


@pytest.mark.parametrize(("times", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (50, 60)])
def test_after_failures_the_pause_grows(times: int, minutes: int) -> None:
    assert due(Ledger(made=(made(LONG_AGO),), failed=broken(times))) == NOW + timedelta(minutes=minutes)


def test_the_pause_is_never_longer_than_the_period() -> None:
    assert due(Ledger(failed=broken(9)), every=timedelta(minutes=10)) == NOW + timedelta(minutes=10)


def test_a_good_one_ends_what_failed_and_counts_stay() -> None:
    ledger = backup.failed(backup.failed(Ledger(), NOW, "one"), NOW + DAY, "two")
    assert ledger.failed == Failed(since=NOW, at=NOW + DAY, times=2, message="two")
    after = backup.made(ledger, made())
    assert (after.failed, after.failures, after.last) == (None, 2, made())
    assert backup.made(after, made(uploaded=True)).made == (made(uploaded=True),)


def test_people_are_told_once_and_not_of_the_first_failure() -> None:
    first = backup.failed(Ledger(), NOW, "no")
    second = backup.failed(first, NOW, "no")
    assert [backup.is_worth_telling(one) for one in (Ledger(), first, second)] == [False, False, True]
    assert not backup.is_worth_telling(Ledger(failed=broken(3, told=True)))


def test_what_could_only_not_be_uploaded_is_only_uploaded_again() -> None:
    name = made().name
    waiting = Ledger(made=(made(),), failed=broken(1, upload=name))
    assert backup.only_upload(waiting, NOW + DAY / 2, every=DAY) == made()
    assert backup.only_upload(waiting, NOW + 2 * DAY, every=DAY) is None
    assert backup.only_upload(Ledger(made=(made(),), failed=broken(1)), NOW, every=DAY) is None
    assert backup.only_upload(Ledger(made=(made(),)), NOW, every=DAY) is None


def test_the_oldest_of_ours_are_too_many_and_never_the_newest() -> None:
    names = [backup.name_of(NOW + n * DAY, encrypted=n % 2 == 0) for n in range(4)]
    later, newest = NOW + 9 * DAY, names[-1]
    others = ["mine.backup", "asura.db"]
    assert backup.surplus([*reversed(names), *others], keep=2, now=later, just=newest) == names[:2]
    assert backup.surplus(names[:1], keep=1, now=later, just=names[0]) == []
    assert backup.surplus(names, keep=0, now=later, just=newest) == names[:3]


def test_names_of_a_clock_that_was_ahead_are_not_the_newest_and_the_one_just_made_stays() -> None:
    ahead = [backup.name_of(NOW + (400 + n) * DAY, encrypted=False) for n in range(3)]
    now = [backup.name_of(NOW + n * DAY, encrypted=False) for n in range(2)]
    for keep, gone in ((4, ahead[:1]), (2, ahead), (1, [*ahead, now[0]])):
        assert backup.surplus([*ahead, *now], keep=keep, now=NOW + DAY, just=now[1]) == gone
    assert backup.surplus([*ahead, *now], keep=1, now=NOW + DAY, just=ahead[0]) == [*ahead[1:], *now]


def test_those_that_were_asked_for_push_no_other_out() -> None:
    daily = [backup.name_of(NOW + n * DAY, encrypted=False) for n in range(3)]
    asked = [backup.name_of(NOW + n * DAY, encrypted=False, manual=True) for n in range(5)]
    assert backup.surplus([*daily, *asked], keep=3, now=NOW + 9 * DAY, just=asked[-1]) == asked[:2]
