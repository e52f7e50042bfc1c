"""A meeting is rated in one tap, once a member, by those who were there; what was said joins to nobody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from branchlife.models import AuditEvent, User
from meetings.models import Meeting, Member
from reviews.enums import Rating
from reviews.models import Rated, RatingCount
from reviews.services import ratings
from reviews.services.ratings import rate_meeting, ratings_shown
from tests.reviews.pages import html_of, words
from tests.reviews.planning import NOW
from tests.reviews.recording import DAY, at, submitted
from tests.world import World, build_world, make_user


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with at():
        yield


@pytest.fixture
def world(db: None) -> World:
    return build_world()


def account(member: Member) -> User:
    if member.user is None:
        member.user = make_user(f"m{member.pk}", member.name)
        member.save()
    return User.objects.get(pk=member.user_id)


def rate(meeting: Meeting, member: Member, rating: Rating = Rating.GOOD) -> None:
    rate_meeting(meeting=meeting, rating=rating, actor=account(member), now=NOW)


def given(meeting: Meeting) -> dict[str, int]:
    return {row.rating: row.given for row in meeting.rating_counts.all()}


def shown(meeting: Meeting) -> dict[str, int]:
    return {row.rating: row.shown for row in meeting.rating_counts.all()}


def test_one_answer_a_member(world: World) -> None:
    meeting = submitted(world)
    rate(meeting, world.members[3], Rating.POOR)
    with pytest.raises(ValidationError, match="已评价"):
        rate(meeting, world.members[3], Rating.GOOD)
    assert given(meeting) == {"good": 0, "fair": 0, "plain": 0, "poor": 1}


def test_without_the_guard_a_member_would_count_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control."""
    meeting = submitted(world)
    monkeypatch.setattr(ratings, "_take_turn", lambda meeting, actor: None)
    for _press in range(2):
        rate(meeting, world.members[3])
    assert given(meeting)["good"] == 2


def test_only_those_who_were_there(world: World) -> None:
    meeting = submitted(world, (world.members[3], "出差"))
    for actor in (account(world.members[3]), world.reviewer, world.outsider, account(world.small_members[1])):
        with pytest.raises(PermissionDenied):
            rate_meeting(meeting=meeting, rating=Rating.GOOD, actor=actor, now=NOW)


@pytest.mark.parametrize(("days", "open_then"), [(0, True), (14, True), (15, False)])
def test_for_two_weeks(world: World, days: int, open_then: bool) -> None:
    meeting = submitted(world)
    moment = NOW + (DAY + timedelta(days=days) - NOW.date())
    actor = account(world.members[3])
    if open_then:
        rate_meeting(meeting=meeting, rating=Rating.GOOD, actor=actor, now=moment)
    else:
        with pytest.raises(ValidationError):
            rate_meeting(meeting=meeting, rating=Rating.GOOD, actor=actor, now=moment)


def test_a_meeting_to_be_held_again_is_not_rated(world: World) -> None:
    meeting = submitted(world)
    meeting.state = "hold_again"
    with pytest.raises(ValidationError):
        rate(meeting, world.members[3])


def test_numbers_are_shown_from_five_on_in_steps_of_five(world: World) -> None:
    meeting = submitted(world)
    for number, member in enumerate(world.members[:9], 1):
        rate(meeting, member, Rating.POOR if number == 7 else Rating.GOOD)
        assert sum(shown(meeting).values()) == number // 5 * 5
    assert shown(meeting) == {"good": 5, "fair": 0, "plain": 0, "poor": 0}
    assert sum(given(meeting).values()) == 9


def test_nothing_is_shown_of_four_answers(world: World) -> None:
    meeting = submitted(world)
    for member in world.members[:4]:
        rate(meeting, member)
    assert ratings_shown(shown(meeting)) == []
    page = words(html_of(world.secretary, f"/meetings/{meeting.pk}/check/"))
    assert "满五人评价后显示" in page
    rate(meeting, world.members[4])
    page = words(html_of(world.secretary, f"/meetings/{meeting.pk}/check/"))
    assert "已显示 5 份" in page


def test_nothing_joins_a_person_to_an_answer(world: World) -> None:
    """No row, no column and no trail ties the two: the tables have the meeting alone in common, and every
    counter is written at every answer."""
    meeting = submitted(world)
    before = AuditEvent.objects.count()
    rate(meeting, world.members[3], Rating.POOR)
    assert {field.name for field in Rated._meta.get_fields()} == {"id", "meeting", "member"}
    assert {field.name for field in RatingCount._meta.get_fields()} == {
        "id", "meeting", "rating", "given", "shown",
    }  # fmt: skip
    assert AuditEvent.objects.count() == before
    assert meeting.rating_counts.count() == len(Rating)


def test_every_counter_is_written_at_every_answer(world: World, django_assert_num_queries) -> None:
    """Which one grew cannot be told from what was written either: one statement writes all four."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    meeting = submitted(world)
    rate(meeting, world.members[3])
    actor = account(world.members[4])
    with CaptureQueriesContext(connection) as captured:
        rate_meeting(meeting=meeting, rating=Rating.POOR, actor=actor, now=NOW)
    updates = [q["sql"] for q in captured if q["sql"].startswith("UPDATE") and "ratingcount" in q["sql"]]
    assert len(updates) == 1
    assert "WHERE" in updates[0]
    assert "poor" not in updates[0][updates[0].index(" WHERE ") :]


def press(user: User, meeting: Meeting, rating: str = "good") -> HttpResponse:
    client = Client()
    client.force_login(user)
    return client.post(reverse("meeting_rate", args=[meeting.pk]), {"rating": rating})


def test_one_tap_on_the_page(world: World) -> None:
    meeting = submitted(world)
    url = f"/meetings/{meeting.pk}/"
    assert "这次会议开得怎么样" in html_of(world.member, url)
    assert press(world.member, meeting, "nonsense").status_code == 302
    assert not Rated.objects.exists()
    assert press(world.member, meeting).status_code == 302
    assert "您已评价，谢谢" in words(html_of(world.member, url))
    assert press(world.member, meeting).status_code == 409
    assert press(world.reviewer, meeting).status_code == 403
    assert press(world.outsider, meeting).status_code == 404


def test_who_was_away_is_not_asked(world: World) -> None:
    meeting = submitted(world, (world.member.member, "出差"))
    assert "这次会议开得怎么样" not in html_of(world.member, f"/meetings/{meeting.pk}/")


@pytest.mark.django_db(transaction=True)
def test_many_presses_at_once_count_once() -> None:
    world = build_world()
    meeting = submitted(world)
    actors = [account(world.members[3]) for _press in range(8)]
    barrier = Barrier(len(actors))

    def tap(actor: User) -> bool:
        try:
            barrier.wait(timeout=30)
            rate_meeting(meeting=meeting, rating=Rating.GOOD, actor=actor, now=NOW)
        except ValidationError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(actors)) as pool:
        assert sum(pool.map(tap, actors)) == 1
    assert (Rated.objects.count(), given(meeting)["good"]) == (1, 1)
