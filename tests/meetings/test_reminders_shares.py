"""How announcements are parted among transactions and writers."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from meetings.reminder_enums import ReminderStage
from meetings.reminding import Matter
from meetings.services.reminders.find import Found
from meetings.services.reminders.shares import in_batches, two_heaps

DAY = date(2026, 11, 30)


def told(recipient: int, subject: int, place: int | None = None) -> Found:
    """At a place of their own, if none is named."""
    where = f"{place or 100 + recipient:04}"
    return Found(recipient, Matter(subject, DAY, 1, where), ReminderStage.OVERDUE, DAY, where)


few = st.integers(1, 12)
found = st.lists(st.builds(told, few, few, st.none() | few), unique=True, max_size=60)


def people(rows: list[Found]) -> set[int]:
    return {each.recipient for each in rows}


def deadlines(rows: list[Found]) -> set[int]:
    return {each.matter.subject for each in rows}


def places(rows: list[Found]) -> set[str]:
    return {each.place for each in rows}


@given(found)
def test_two_writers_never_meet(rows: list[Found]) -> None:
    mine, others = two_heaps(rows)
    assert sorted(mine + others) == sorted(rows)
    assert not people(mine) & people(others)
    assert not deadlines(mine) & deadlines(others)
    assert not places(mine) & places(others)


@given(st.lists(few, unique=True))
def test_what_does_not_hang_together_is_shared_alike(numbers: list[int]) -> None:
    mine, others = two_heaps([told(number, number) for number in numbers])
    assert 0 <= len(mine) - len(others) <= 1


def test_what_hangs_together_by_one_person_stays_in_one_hand() -> None:
    chain = [told(1, 1), told(2, 1), told(2, 2), told(3, 2)]
    mine, others = two_heaps([*chain, told(4, 9)])
    assert (sorted(mine), others) == (sorted(chain), [told(4, 9)])
    assert two_heaps([*chain, told(3, 9), told(4, 9)])[1] == []


def test_what_is_told_at_one_place_stays_in_one_hand() -> None:
    """Its chat group has one letter."""
    assert two_heaps([told(1, 1, place=7), told(2, 2, place=7)])[1] == []


@given(found, st.integers(1, 9))
def test_a_person_is_told_in_one_transaction_if_it_holds_that_much(rows: list[Found], most: int) -> None:
    batches = in_batches(rows, most)
    assert sorted(each for batch in batches for each in batch) == sorted(rows)
    keys = [(each.recipient, each.matter.key) for batch in batches for each in batch]
    assert keys == sorted(keys)
    assert all(0 < len(batch) <= most for batch in batches)
    for person in people(rows):
        mine = sum(each.recipient == person for each in rows)
        assert sum(person in people(batch) for batch in batches) == -(-mine // most)
    fewest = -(-len(rows) // most)
    assert fewest <= len(batches) <= max(2 * fewest, 1) + len(people(rows)) * (most < len(rows))
