"""Leaving somebody out of the count: requested, approved above, adopted by the meeting, and only then."""

import copy
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from branchlife.models import AuditEvent
from meetings.enums import ExclusionReason, ExclusionState, Outcome, Presence, ResolutionKind
from meetings.models import Exclusion, Meeting, Notice
from meetings.services.exclusions import request_exclusion, take_exclusion_step
from meetings.services.record import ChangedMeanwhile
from meetings.services.resolutions import ResolutionDraft, Votes, change_resolution, remove_resolution
from meetings.workflow import ExclusionAction
from reviews.enums import Action
from reviews.services.records import submit_record
from reviews.services.workflow import perform
from tests.meetings.voting import adopted, approved, ballot, held, on_calendar, put, voters, write
from tests.reviews.recording import DAY, NOW, found
from tests.world import World, appoint

pytestmark = pytest.mark.django_db
K, A, S = ResolutionKind, ExclusionAction, ExclusionState


def ask(world: World, member=None, actor=None, reason=ExclusionReason.LONG_ILL, **more: object) -> Exclusion:
    return request_exclusion(
        organization=world.branch, member=member or voters(world)[7], reason=reason,
        explanation="卧床不起", actor=actor or world.secretary, now=NOW, **more,
    )  # fmt: skip


def step(exclusion: Exclusion, action: A, actor, **more: object) -> Exclusion:
    return take_exclusion_step(exclusion=exclusion, action=action, actor=actor, now=NOW, **more)


def expected(
    world: World, kind: K = K.GENERAL, day: date = DAY, meeting: Meeting | None = None, **draft: object
) -> int:
    """The expected voters of a vote at a meeting (one of its own) at which the last voter was missing."""
    if kind == K.ELECTION:
        draft |= {"candidates": ballot(丁一=7)}
    votes = None if kind == K.ELECTION else (7,)
    return put(world, meeting or held(world, absent=1, day=day), kind, votes, **draft).expected


def test_only_a_carried_vote_takes_somebody_out_of_the_count(world: World) -> None:
    exclusion = ask(world)
    assert expected(world) == 8
    step(exclusion, A.APPROVE, world.reviewer, opinion="机关党委〔2026〕9号")
    assert expected(world) == 8
    meeting = held(world, absent=1, day=date(2026, 11, 10))
    resolution = put(world, meeting, K.EXCLUSION, (4, 3, 0), exclusions=(exclusion,))
    assert (resolution.outcome, resolution.expected) == (Outcome.LOST, 8)
    assert expected(world) == 8
    change_resolution(
        resolution=resolution, version=resolution.version, actor=world.secretary, now=NOW,
        draft=ResolutionDraft("不计入", votes=Votes(7), exclusions=(exclusion,)),
    )  # fmt: skip
    exclusion.refresh_from_db()
    assert (exclusion.state, exclusion.start_on) == (S.ADOPTED, date(2026, 11, 10))
    assert expected(world) == 7
    assert expected(world, day=date(2026, 11, 9)) == 8, "not before it was adopted"


def test_at_the_adopting_meeting_it_holds_from_the_next_vote_on(world: World) -> None:
    exclusion = approved(world, voters(world)[7])
    meeting = held(world, absent=1)
    before = put(world, meeting, votes=(7,))
    adopting = put(world, meeting, K.EXCLUSION, (7,), exclusions=(exclusion,))
    after = put(world, meeting, K.ELECTION, candidates=ballot(丁一=7))
    for each in (before, adopting, after):
        each.refresh_from_db()
    assert [before.expected, adopting.expected, after.expected] == [8, 8, 7]


def test_leave_alone_never_shrinks_the_expected(world: World) -> None:
    assert expected(world) == 8


def test_some_reasons_hold_for_elections_only(world: World) -> None:
    adopted(world, voters(world)[7], ExclusionReason.RETIRED_AWAY)
    assert expected(world, K.GENERAL) == 8
    assert expected(world, K.ADMISSION) == 8
    assert expected(world, K.ELECTION) == 7


@pytest.mark.parametrize("reason", [each for each in ExclusionReason if each != ExclusionReason.RETIRED_AWAY])
def test_the_others_hold_for_every_vote_of_the_members(world: World, reason: ExclusionReason) -> None:
    adopted(world, voters(world)[7], reason)
    meeting = held(world, absent=1)
    kinds = (K.GENERAL, K.ADMISSION, K.ELECTION)
    assert {expected(world, kind, meeting=meeting) for kind in kinds} == {7}


def test_the_committee_counts_its_own_members(world: World) -> None:
    adopted(world, world.members[2])
    meeting = write(world, on_calendar(world, ["committee"]), world.members[2])
    assert put(world, meeting, K.COMMITTEE, (2,)).expected == 3


def test_it_decides_whether_a_meeting_has_its_quorum(world: World) -> None:
    """Of 8 voters 3 came: invalid. With two out of the count 3 of 6 are enough."""
    meeting = held(world, absent=5)
    assert put(world, meeting, votes=(3,)).outcome == Outcome.INVALID
    for member in voters(world)[6:8]:
        adopted(world, member)
    assert put(world, held(world, absent=5), votes=(3,)).outcome == Outcome.LOST


def test_what_was_not_approved_cannot_be_adopted(world: World) -> None:
    meeting = held(world)
    requested = ask(world)
    elsewhere = Exclusion.objects.create(
        organization=world.small_branch, member=world.small_members[1], reason="long_ill", explanation="病",
        state=S.APPROVED, requested_by=world.small_secretary, requested_at=NOW, decided_by=world.reviewer,
        decided_at=NOW,
    )  # fmt: skip
    for exclusion in (requested, elsewhere):
        with pytest.raises(ValidationError, match="不在待会议通过之列"):
            put(world, meeting, K.EXCLUSION, (8,), exclusions=(exclusion,))
    with pytest.raises(ValidationError, match="请至少选择一名"):
        put(world, meeting, K.EXCLUSION, (8,))
    with pytest.raises(ValidationError, match="请至少选择一名"):
        put(world, meeting, K.GENERAL, (8,), exclusions=(requested,))
    assert set(Exclusion.objects.values_list("resolution", flat=True)) == {None}


# ---- once it is adopted ----


@pytest.fixture(scope="class")
def exclusion_of_class(world_of_module: World) -> Iterator[Exclusion]:
    world = copy.deepcopy(world_of_module)
    with transaction.atomic():
        yield adopted(world, voters(world)[7])
        transaction.set_rollback(True)


@pytest.fixture
def exclusion(exclusion_of_class: Exclusion, db: None) -> Exclusion:
    """The last voter is left out of the count. Its rows are made once a class."""
    return copy.deepcopy(exclusion_of_class)


class TestAdopted:
    def test_who_comes_all_the_same_has_the_vote(self, world: World, exclusion: Exclusion) -> None:
        resolution = put(world, held(world), votes=(8,))
        assert (resolution.expected, resolution.present, resolution.outcome) == (8, 8, Outcome.CARRIED)

    def test_until_it_is_ended(self, world: World, exclusion: Exclusion) -> None:
        assert expected(world) == 7
        step(exclusion, A.END, world.secretary, last_day=DAY)
        assert expected(world, day=DAY) == 7
        assert expected(world, day=DAY + timedelta(days=1)) == 8

    def test_an_old_vote_keeps_its_count_when_it_ends(self, world: World, exclusion: Exclusion) -> None:
        resolution = put(world, held(world, absent=1), votes=(7,))
        step(exclusion, A.END, world.secretary, last_day=exclusion.start_on)
        resolution.refresh_from_db()
        assert resolution.expected == 7

    def test_a_meeting_that_does_not_count_adopts_nothing(self, world: World, exclusion: Exclusion) -> None:
        meeting = exclusion.resolution.meeting
        assert expected(world) == 7
        submit_record(meeting=meeting, actor=world.secretary, now=NOW)
        perform(meeting, Action.HOLD_AGAIN, actor=world.reviewer, findings=[found()], now=NOW)
        assert expected(world) == 8
        write(world, meeting, day=NOW.date())
        exclusion.refresh_from_db()
        assert (exclusion.state, exclusion.start_on) == (S.APPROVED, None), "it has to be voted on again"

    def test_a_vote_taken_out_of_the_record_adopts_nothing(self, world: World, exclusion: Exclusion) -> None:
        remove_resolution(resolution=exclusion.resolution, actor=world.secretary, now=NOW)
        exclusion.refresh_from_db()
        assert (exclusion.state, exclusion.start_on, exclusion.resolution) == (S.APPROVED, None, None)
        assert expected(world) == 8

    def test_it_ends_neither_before_it_began_nor_in_the_future(
        self, world: World, exclusion: Exclusion
    ) -> None:
        with pytest.raises(ValidationError, match="才生效"):
            step(exclusion, A.END, world.secretary, last_day=exclusion.start_on - timedelta(days=1))
        with pytest.raises(ValidationError, match="还没有到"):
            step(exclusion, A.END, world.secretary, last_day=NOW.date() + timedelta(days=1))
        assert step(exclusion, A.END, world.secretary).end_on == NOW.date()

    def test_every_step_is_in_the_audit_trail(self, world: World, exclusion: Exclusion) -> None:
        step(exclusion, A.END, world.secretary)
        actions = AuditEvent.objects.filter(action__startswith="exclusion.").order_by("pk")
        assert list(actions.values_list("action", flat=True)) == [
            "exclusion.request", "exclusion.approve", "exclusion.adopt", "exclusion.end",
        ]  # fmt: skip

    def test_who_comes_late_was_there(self, world: World, exclusion: Exclusion) -> None:
        ill = voters(world)[7]
        meeting = held(world, absent=1)
        meeting.attendances.filter(member=ill).update(presence=Presence.LATE, reason="")
        assert put(world, meeting, votes=(8,)).expected == 8


# ---- request and answer ----


def test_only_the_branch_secretary_asks(world: World) -> None:
    for somebody in (
        world.reviewer,
        world.administrator,
        world.member,
        world.group_leader,
        world.small_secretary,
    ):
        with pytest.raises(PermissionDenied):
            ask(world, actor=somebody)
    assert ask(world).state == S.REQUESTED


def test_only_a_reviewer_above_decides_and_never_about_the_own_request(world: World) -> None:
    exclusion = ask(world)
    for somebody in (world.secretary, world.administrator, world.member, world.other_reviewer):
        with pytest.raises(PermissionDenied):
            step(exclusion, A.APPROVE, somebody)
    # A secretary who is a reviewer as well still cannot decide on the own branch.
    appoint(world.secretary, world.committee, "reviewer")
    with pytest.raises(PermissionDenied):
        step(exclusion, A.APPROVE, type(world.secretary).objects.get(pk=world.secretary.pk))
    assert step(exclusion, A.APPROVE, world.reviewer).state == S.APPROVED


def test_a_refusal_says_why(world: World) -> None:
    exclusion = ask(world)
    with pytest.raises(ValidationError, match="请填写原因"):
        step(exclusion, A.REFUSE, world.reviewer, opinion="  ")
    assert step(exclusion, A.REFUSE, world.reviewer, opinion="可以视频到会").opinion == "可以视频到会"


def test_the_second_decision_comes_too_late(world: World) -> None:
    """Compare and set: whoever read it before somebody decided changes nothing."""
    exclusion = ask(world)
    seen = Exclusion.objects.get(pk=exclusion.pk)
    step(exclusion, A.APPROVE, world.reviewer)
    with pytest.raises(ChangedMeanwhile):
        step(seen, A.REFUSE, world.reviewer, opinion="不同意")
    seen.refresh_from_db()
    assert (seen.state, seen.opinion) == (S.APPROVED, "")


def test_withdrawn_it_can_be_asked_again(world: World) -> None:
    exclusion = ask(world)
    with pytest.raises(ValidationError, match="已有申请或认定"):
        ask(world)
    step(exclusion, A.WITHDRAW, world.secretary)
    assert ask(world).state == S.REQUESTED


def test_only_voters_of_the_branch(world: World) -> None:
    with pytest.raises(ValidationError, match="不是正式党员"):
        ask(world, world.members[8])
    with pytest.raises(ValidationError, match="不是 办公室党支部 的党员"):
        ask(world, world.small_members[0])


def test_who_is_told_of_what(world: World) -> None:
    world.members[5].user = world.member
    exclusion = approved(world, world.members[5])
    put(world, held(world), K.EXCLUSION, (8,), exclusions=(exclusion,))
    told = Notice.objects.filter(code__startswith="exclusion.").order_by("pk")
    assert [(each.code, each.recipient) for each in told] == [
        ("exclusion.requested", world.reviewer),
        ("exclusion.approved", world.secretary),
        ("exclusion.adopted", world.member),
    ]
    assert told[0].settled_at, "it waits for nobody any more"
    assert not any("卧床" in str(each.values) for each in told)
