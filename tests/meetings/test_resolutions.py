"""Votes through the service: who counts is taken from the attendance, the verdict follows, and it stays."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from branchlife.models import AuditEvent
from meetings.enums import MeetingState, Outcome, ResolutionKind, StandingKind
from meetings.models import Meeting, Resolution, Standing, VoteRule
from meetings.services import resolutions as service
from meetings.services.record import ChangedMeanwhile
from meetings.services.resolutions import ResolutionDraft, Votes
from meetings.services.verdicts import verdict_of
from reviews.enums import Action
from reviews.services.records import submit_record
from reviews.services.workflow import perform
from tests.meetings.voting import ballot, grow_to, held, on_calendar, put, voters, write
from tests.reviews.recording import DAY, NOW, found
from tests.world import World, build_world

pytestmark = pytest.mark.django_db
K = ResolutionKind


@pytest.fixture
def world() -> World:
    return build_world()


def change(world: World, resolution: Resolution, **draft: object) -> Resolution:
    known = {"subject": resolution.subject, "about": resolution.about, "seats": resolution.seats}
    return service.change_resolution(
        resolution=resolution, version=resolution.version, draft=ResolutionDraft(**(known | draft)),
        actor=world.secretary, now=NOW,
    )  # fmt: skip


def sentence(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return "".join(error.value.messages)


# ---- the verdict, at every boundary ----


@pytest.mark.parametrize(
    ("kind", "voters_", "present", "yes", "outcome"),
    [
        # Half is enough to meet, more than half of the expected to decide.
        (K.GENERAL, 16, 8, 8, Outcome.LOST),
        (K.GENERAL, 16, 9, 9, Outcome.CARRIED),
        (K.GENERAL, 16, 7, 7, Outcome.INVALID),
        (K.GENERAL, 15, 7, 7, Outcome.INVALID),
        (K.GENERAL, 15, 8, 8, Outcome.CARRIED),
        (K.GENERAL, 16, 16, 8, Outcome.LOST),
        # Admission: more than half must be there.
        (K.ADMISSION, 16, 8, 8, Outcome.INVALID),
        (K.ADMISSION, 16, 9, 9, Outcome.CARRIED),
        (K.ADMISSION, 16, 9, 8, Outcome.LOST),
        (K.ADMISSION, 15, 8, 8, Outcome.CARRIED),
        (K.TURNING_FULL, 16, 8, 8, Outcome.INVALID),
        (K.TURNING_FULL, 16, 9, 9, Outcome.CARRIED),
    ],
)
def test_boundaries(world: World, kind: K, voters_: int, present: int, yes: int, outcome: str) -> None:
    grow_to(world, voters_)
    resolution = put(world, held(world, absent=voters_ - present), kind, (yes, 0, 0))
    assert (resolution.expected, resolution.present, resolution.outcome) == (voters_, present, outcome)


@pytest.mark.parametrize(
    ("voters_", "present", "votes", "elected", "outcome"),
    [
        # Four fifths must be there; won with more than half of those present.
        (10, 8, {"丁一": 5, "王二": 5, "张三": 5, "赵四": 4}, {"丁一", "王二", "张三"}, Outcome.CARRIED),
        (10, 8, {"丁一": 5, "王二": 5, "张三": 4, "赵四": 3}, {"丁一", "王二"}, Outcome.LOST),
        (10, 7, {"丁一": 7, "王二": 7, "张三": 7, "赵四": 0}, set(), Outcome.INVALID),
        (15, 12, {"丁一": 12, "王二": 7, "张三": 7, "赵四": 6}, {"丁一", "王二", "张三"}, Outcome.CARRIED),
        # Equal votes for the last seat: nobody has it yet.
        (10, 10, {"丁一": 9, "王二": 8, "张三": 6, "赵四": 6}, {"丁一", "王二"}, Outcome.LOST),
    ],
)
def test_elections(world: World, voters_: int, present: int, votes, elected, outcome: str) -> None:
    grow_to(world, voters_)
    resolution = put(world, held(world, absent=voters_ - present), K.ELECTION, candidates=ballot(**votes))
    assert resolution.outcome == outcome
    assert {each.name for each in resolution.candidates.filter(elected=True)} == elected


def test_the_committee_decides_by_its_own_size(world: World) -> None:
    """Three hold a post: two are enough to meet, and two to decide."""
    resolution = put(world, write(world, on_calendar(world, ["committee"]), world.members[2]), K.COMMITTEE, (2,))
    assert (resolution.expected, resolution.present, resolution.outcome) == (3, 2, Outcome.CARRIED)


def test_two_thirds_at_a_democratic_life_meeting(world: World) -> None:
    grow_to(world, 9)
    kinds = ("democratic_life",)
    assert put(world, held(world, absent=3, kinds=kinds), K.DEMOCRATIC_LIFE, (6,)).outcome == Outcome.CARRIED
    assert put(world, held(world, absent=4, kinds=kinds), K.DEMOCRATIC_LIFE, (5,)).outcome == Outcome.INVALID


def test_those_without_a_vote_are_nowhere_in_the_count(world: World) -> None:
    """The probationary member is expected and came; somebody on probation within the Party as well."""
    Standing.objects.create(
        member=voters(world)[7], kind=StandingKind.PROBATION_WITHIN_PARTY, start_on=date(2026, 1, 1)
    )
    meeting = held(world)
    assert meeting.attendances.count() == 9
    resolution = put(world, meeting, votes=(4, 3, 0))
    assert (resolution.expected, resolution.present, resolution.outcome) == (7, 7, Outcome.CARRIED)


def test_the_sentence_says_why(world: World) -> None:
    grow_to(world, 23)
    lost = put(world, held(world, absent=12), votes=(11, 0, 0))
    assert verdict_of(lost).sentence == "无效：有表决权 23 人，至少须到会 12 人，实到 11 人。"


# ---- frozen ----


def test_a_later_roster_changes_no_old_vote(world: World) -> None:
    meeting = held(world, absent=3)
    resolution = put(world, meeting, votes=(5, 0, 0))
    for member in voters(world)[:3]:
        member.full_member_on = None
        member.save()
    world.members[4].memberships.all().delete()
    write(world, meeting, *world.members[5:8])
    resolution.refresh_from_db()
    assert (resolution.expected, resolution.present, resolution.outcome) == (8, 5, Outcome.CARRIED)


def test_a_later_rule_changes_no_old_vote(world: World) -> None:
    resolution = put(world, held(world, absent=4), votes=(4, 0, 0))
    assert resolution.outcome == Outcome.LOST
    VoteRule.objects.filter(owner=None, code="general").update(majority_whole=4)
    resolution.refresh_from_db()
    assert (resolution.outcome, resolution.needed_yes) == (Outcome.LOST, 5)


def test_a_corrected_attendance_judges_anew(world: World) -> None:
    meeting = held(world, absent=4)
    resolution = put(world, meeting, votes=(4, 0, 0))
    write(world, meeting, *voters(world)[3:8])
    resolution.refresh_from_db()
    assert (resolution.present, resolution.outcome) == (3, "")  # never reached


def test_once_handed_in_nothing_changes(world: World) -> None:
    meeting = held(world)
    resolution = put(world, meeting, votes=(8, 0, 0))
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    with pytest.raises(ChangedMeanwhile):
        change(world, resolution, votes=Votes(5))
    with pytest.raises(ChangedMeanwhile):
        put(world, meeting, votes=(8, 0, 0))
    with pytest.raises(ChangedMeanwhile):
        service.remove_resolution(resolution=resolution, actor=world.secretary, now=NOW)
    resolution.refresh_from_db()
    assert resolution.yes == 8
    # The positive control: returned, it is open again.
    perform(meeting, Action.RETURN, actor=world.reviewer, findings=[found()], now=NOW)
    assert change(world, resolution, votes=Votes(7, 1)).yes == 7
