"""What a record's page and form say is needed to vote: as the vote itself will be judged."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meetings.enums import ExclusionReason, Outcome, PostTitle, ResolutionKind, StandingKind
from meetings.forms.record import RecordForm
from meetings.models import Exclusion, Meeting, MeetingPart, Post, Standing, VoteRule
from meetings.services.attendance import Summary, summarize
from meetings.services.forecast import forecast_of
from meetings.services.vote_ground import ground_columns, ground_of
from reviews.enums import Action
from reviews.services.workflow import perform
from tests.meetings.voting import adopted, grow_to, held, on_calendar, put, voters, write
from tests.reviews.recording import DAY, NOW, at, sign_in, text_of
from tests.world import World

pytestmark = pytest.mark.django_db
K = ResolutionKind


def form_of(meeting: Meeting) -> RecordForm:
    with at():
        return RecordForm(meeting=meeting)


def numbers(summary: Summary) -> tuple[int, int, int | None]:
    return summary.voters, summary.voters_present, summary.needed


def shown(client: Client, world: World, meeting: Meeting) -> Summary:
    """On the page of the meeting; the sentence stands there without a script."""
    with at():
        response = sign_in(client, world.secretary).get(reverse("meeting_detail", args=[meeting.pk]))
    summary: Summary = response.context["summary"]
    assert ("人数不足" in text_of(response)) is (summary.needed is not None)
    return summary


def more_than_half(world: World, **said: object) -> VoteRule:
    rule = {
        "code": K.GENERAL,
        "quorum_part": 1,
        "quorum_whole": 2,
        "quorum_strict": True,
        "owner": world.committee,
    }
    return VoteRule.objects.create(**(rule | {"confidence": "local", "valid_from": "2026-01-01"} | said))


@pytest.mark.parametrize(
    "kinds", [("theme_day",), ("lecture",), ("theme_day", "lecture"), ("secretary_report",)]
)
def test_where_nothing_is_voted_on_nothing_is_needed(
    client: Client, world: World, kinds: tuple[str, ...]
) -> None:
    meeting = on_calendar(world, kinds)
    assert form_of(meeting).summary.needed is None
    assert {row["counted"] for row in form_of(meeting).rows} == {""}
    assert shown(client, world, write(world, meeting)).needed is None


def test_more_than_half_where_the_committee_asks_for_it(client: Client, world: World) -> None:
    grow_to(world, 16)
    more_than_half(world)
    meeting = on_calendar(world)
    assert numbers(form_of(meeting).summary) == (16, 16, 9)
    meeting = write(world, meeting, *voters(world)[8:])
    assert numbers(form_of(meeting).summary) == numbers(shown(client, world, meeting)) == (16, 8, 9)
    resolution = put(world, meeting, votes=(8, 0, 0))
    assert (resolution.needed_present, resolution.outcome) == (9, Outcome.INVALID)


def test_who_is_left_out_is_not_waited_for(client: Client, world: World) -> None:
    """Leave keeps somebody expected, being left out does not: seven of eight."""
    ill = voters(world)[7]
    adopted(world, ill)
    meeting = on_calendar(world)
    forecast = forecast_of(meeting)
    meeting = write(world, meeting, *voters(world)[3:])
    found = shown(client, world, meeting)
    assert numbers(found) == numbers(form_of(meeting).summary) == (7, 3, 4)
    assert forecast and (forecast.expected, forecast.needed) == (7, 4)
    resolution = put(world, meeting, votes=(3, 0, 0))
    assert (resolution.expected, resolution.present, resolution.needed_present) == (7, 3, 4)


def test_the_form_knows_what_is_needed_when_somebody_left_out_comes(world: World) -> None:
    for member, day in zip(voters(world)[6:], ("2026-10-09", "2026-10-16"), strict=True):
        adopted(world, member)
        Exclusion.objects.filter(member=member).update(start_on=day)
    meeting = write(world, on_calendar(world), *voters(world)[3:])
    form = form_of(meeting)
    assert (numbers(form.summary), form.summary.quorums) == ((6, 3, 3), (3, 4, 4))
    assert [row["counted"] for row in form.rows].count("here") == 2
    there = {f"person-{voters(world)[6].pk}-status": "present", "kinds": ["general"]}
    with at():
        again = RecordForm(there, meeting=meeting)
    assert numbers(again.summary) == (7, 4, 4)


def test_a_committee_by_its_size(client: Client, world: World) -> None:
    for member, title in zip(voters(world)[3:5], (PostTitle.DISCIPLINE, PostTitle.MEMBER), strict=True):
        Post.objects.create(member=member, organization=world.branch, title=title, start_on="2020-01-01")
        Standing.objects.create(
            member=member, kind=StandingKind.DETAINED, start_on="2026-01-01", reason="决定"
        )
    meeting = write(world, on_calendar(world, ("committee",)), world.members[2])
    found = shown(client, world, meeting)
    assert numbers(found) == numbers(form_of(meeting).summary) == (5, 2, 3)
    assert found.is_of_committee
    assert {row["counted"] for row in form_of(meeting).rows} == {"always"}


def test_the_vote_on_the_list_that_asks_for_the_most(client: Client, world: World) -> None:
    grow_to(world, 16)
    meeting = held(world, absent=8)
    assert numbers(shown(client, world, meeting)) == (16, 8, 8)
    put(world, meeting, K.ADMISSION)
    for found in (shown(client, world, meeting), form_of(meeting).summary):
        assert (numbers(found), found.vote_label) == ((16, 8, 9), "接收预备党员")


def test_what_was_counted_stays(client: Client, world: World) -> None:
    """A rule or somebody left out entered afterwards, for that day or before."""
    meeting = held(world, absent=4)
    put(world, meeting, votes=(4, 0, 0))
    perform(meeting, Action.SUBMIT, actor=world.secretary, now=NOW)
    more_than_half(world)
    adopted(world, voters(world)[7])
    assert numbers(shown(client, world, meeting)) == (8, 4, 4)


def test_what_is_held_again_decided_nothing(client: Client, world: World) -> None:
    meeting = held(world)
    Meeting.objects.filter(pk=meeting.pk).update(state="hold_again")
    assert shown(client, world, meeting).needed is None


def test_read_together_with_the_meeting_it_is_the_same(world: World) -> None:
    """Rules of a place beside the own one, of another time and out of use; people left out here and elsewhere."""
    more_than_half(world)
    more_than_half(world, owner=world.branch, code=K.ADMISSION, is_active=False)
    more_than_half(world, owner=world.small_branch)
    more_than_half(world, owner=world.branch, valid_from="2027-01-01")
    more_than_half(world, owner=world.branch, code=K.ELECTION, leaves_out=["retired_away"])
    adopted(world, voters(world)[7], ExclusionReason.RETIRED_AWAY)
    meeting = held(world)
    votes = [put(world, meeting, kind) for kind in (K.ADMISSION, K.ELECTION)]
    parts = MeetingPart.objects.filter(meeting=meeting).annotate(**ground_columns("meeting"))
    row = parts.select_related("meeting__organization").get()
    for name in ground_columns("meeting"):
        setattr(row.meeting, name, getattr(row, name))
    with CaptureQueriesContext(connection) as asked:
        found = ground_of(row.meeting, kinds=["general"], day=DAY, on_list=votes)
    assert len(asked) == 0
    alone = ground_of(meeting, kinds=["general"], day=DAY, on_list=votes)
    assert found and alone
    assert {kind: (rule.rule.quorum, rule.reasons_left_out) for kind, rule in found.rules.items()} == {
        kind: (rule.rule.quorum, rule.reasons_left_out) for kind, rule in alone.rules.items()
    }
    assert found.left_out == alone.left_out == {voters(world)[7].pk: frozenset(["retired_away"])}
    rows = list(meeting.attendances.all())
    assert summarize(rows, found) == summarize(rows, alone)
