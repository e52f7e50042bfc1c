"""Two administrators change one rule at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from meetings.models import Requirement
from meetings.services.rulebook.versions import NOTHING_SEEN, StaleRule, put_in_force
from tests.meetings.rulebook import NOW, national, new_rule, next_version

JULY = date(2026, 7, 1)
pytestmark = pytest.mark.django_db(transaction=True)


def both(make: Callable[[int], Requirement], seen: int) -> list[str]:
    """What comes of two writers who begin together and have seen the same."""
    start = Barrier(2)

    def write(number: int) -> str:
        try:
            rule = make(number)
            start.wait(timeout=30)
            put_in_force(rule=rule, actor=None, seen=seen, now=NOW)
        except StaleRule:
            return "stale"
        finally:
            connection.close()
        return "saved"

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(write, (2, 3)))


def test_of_two_new_versions_one_is_saved_and_the_other_told() -> None:
    old = national("lecture")
    assert both(lambda minimum: next_version(old, JULY, minimum=minimum), old.pk) == ["saved", "stale"]
    assert Requirement.objects.filter(code="lecture", valid_to=None).count() == 1
    assert Requirement.objects.filter(code="lecture").count() == 2


def test_of_two_rules_for_a_kind_that_had_none_as_well() -> None:
    answers = both(lambda minimum: new_rule(minimum=minimum, valid_from=date(2026, 1, 1)), NOTHING_SEEN)
    assert answers == ["saved", "stale"]
    assert Requirement.objects.filter(code="staff_branch").count() == 1
