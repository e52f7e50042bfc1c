"""Rows among any number of ids."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branchlife.models import User
from meetings.models import Letter, Notice

AT = datetime(2026, 11, 28, 1, 2, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> list[User]:
    return [User.objects.create_user(username=f"p{n}", password=None, name="甲") for n in range(3)]


def test_any_number_of_them_is_one_parameter(people: list[User]) -> None:
    ids = [*range(10**6, 10**6 + 300_000), *(person.pk for person in people[:2])]
    with CaptureQueriesContext(connection) as asked:
        assert set(User.objects.filter(pk__among=ids)) == set(people[:2])
        assert people[2] in User.objects.exclude(pk__among=ids)
    assert len(asked) == 2


def test_texts_are_found_as_they_are_written(people: list[User]) -> None:
    odd = User.objects.create_user(username="q'\"{},\\", password=None, name="甲")
    assert set(User.objects.filter(username__among={"p1", odd.username, "P2", "%"})) == {people[1], odd}


def test_what_a_query_finds_is_asked_within_the_same(people: list[User]) -> None:
    few, other = (User.objects.filter(username=name).values("pk") for name in ("p0", "p1"))
    with CaptureQueriesContext(connection) as asked:
        assert set(User.objects.filter(pk__among=few)) == {people[0]}
        assert set(User.objects.filter(pk__among=few.union(other))) == set(people[:2])
        assert not User.objects.filter(pk__among=few.none()).exists()
        assert set(User.objects.exclude(pk__among=few.filter(name="乙"))) == set(people)
    assert len(asked) <= 4


def test_what_is_neither_number_nor_text_is_refused(people: list[User]) -> None:
    for values in ([people[0]], [AT]):
        with pytest.raises(TypeError):
            list(User.objects.filter(username__among=values))


def test_somebody_elses_key_is_followed(people: list[User]) -> None:
    told = Notice.objects.create(recipient=people[0], code="x", url="/", created_at=AT)
    assert Notice.objects.filter(recipient__among={people[0].pk}).get() == told
    assert Notice.objects.filter(recipient__username__among=["p0"]).get() == told
    assert not Notice.objects.filter(recipient__among={people[1].pk}).exists()


def test_of_none_nothing_is_asked(people: list[User]) -> None:
    with CaptureQueriesContext(connection) as none:
        assert not User.objects.filter(pk__among=()).exists()
        assert not Letter.objects.filter(recipient__among=set()).exists()
    assert len(none) == 0
    assert set(User.objects.exclude(pk__among=[])) == set(people)


def test_the_list_is_no_table_to_be_joined() -> None:
    """PostgreSQL cannot know how long a table made of JSON is: it would walk through it for each row."""
    plan = Notice.objects.filter(recipient__among=range(1, 2000)).explain()
    assert "Join" not in plan
    assert "Nested Loop" not in plan
