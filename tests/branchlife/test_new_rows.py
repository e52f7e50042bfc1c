"""Rows written set by set are what the model would have written."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branchlife.models import User
from branchlife.new_rows import insert_new
from meetings.models import Letter, Notice

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 28, 1, 2, 3, 456789, tzinfo=UTC)
COLUMNS = ("recipient", "day", "message_id", "due_at", "next_attempt_at")


@pytest.fixture
def people() -> list[User]:
    return [User.objects.create_user(username=f"p{n}", password=None, name="甲") for n in range(3)]


def row(person: User, day: int = 28) -> tuple:
    return person.pk, date(2026, 11, day), f"<{person.username}-{day}@x>", AT, AT


def write(*rows: tuple) -> list[tuple]:
    return insert_new(Letter, COLUMNS, rows, same={"planned_at": AT}, returning=("id", "recipient", "day"))


def test_they_are_read_back_as_the_model_writes_them(people: list[User]) -> None:
    ((pk, recipient, day),) = write(row(people[0]))
    assert (recipient, day) == (people[0].pk, date(2026, 11, 28))
    made, usual = Letter.objects.get(pk=pk), Letter.objects.create(
        recipient=people[1], day=day, message_id="<y@x>", planned_at=AT, due_at=AT, next_attempt_at=AT
    )  # fmt: skip
    usual.refresh_from_db()
    own = {"id", "recipient_id", "message_id", "_state", "_prefetched_objects_cache"}
    assert {k: v for k, v in vars(made).items() if k not in own} == {
        k: v for k, v in vars(usual).items() if k not in own
    }
    assert Letter.objects.filter(due_at=AT, next_attempt_at__lte=AT).count() == 2


def test_what_is_there_already_is_left_out_and_not_told(people: list[User]) -> None:
    assert len(write(row(people[0]), row(people[1]))) == 2
    assert [recipient for _pk, recipient, _day in write(*map(row, people))] == [people[2].pk]
    assert Letter.objects.count() == 3


def test_json_and_odd_texts_survive(people: list[User]) -> None:
    values = {"bearer": "办公室“一”'\"\\ 𠮷", "n": [1, {"x": None}]}
    rows = [(people[0].pk, "x", values, "/a?b=1&c=%27"), (people[1].pk, "y", {}, "")]
    assert insert_new(Notice, ("recipient", "code", "values", "url"), rows, same={"created_at": AT}) == []
    notice = Notice.objects.get(code="x")
    assert (notice.values, notice.url, notice.read_at) == (values, "/a?b=1&c=%27", None)
    assert Notice.objects.filter(values__bearer=values["bearer"]).exists()


def test_of_no_rows_nothing_is_asked() -> None:
    with CaptureQueriesContext(connection) as none:
        assert insert_new(Letter, COLUMNS, [], same={}) == []
    assert len(none) == 0
