"""Votes through the service: who counts is taken from the attendance, the verdict follows, and it stays."""

import copy
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from branchlife.models import AuditEvent
from meetings.enums import MeetingState, Outcome, ResolutionKind, StandingKind
from meetings.models import Meeting, Member, Resolution, Standing, VoteRule
from meetings.services import resolutions as service
from meetings.services.record import ChangedMeanwhile
from meetings.services.resolutions import ResolutionDraft, Votes
from meetings.services.verdicts import verdict_of
from reviews.enums import Action
from reviews.services.records import submit_record
from reviews.services.workflow import perform
from tests.meetings.voting import ballot, grow_to, held, on_calendar, put, voters, write
from tests.reviews.recording import DAY, NOW, found
from tests.world import World

pytestmark = pytest.mark.django_db
K = ResolutionKind


@pytest.fixture(scope="module")
def meeting_of_module(world_of_module: World) -> Meeting:
    return held(copy.deepcopy(world_of_module))


@pytest.fixture
def meeting(meeting_of_module: Meeting, db: None) -> Meeting:
    """Everybody came; nothing is put to the vote yet. Its rows are made once, like those of the world."""
    return copy.deepcopy(meeting_of_module)


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
    resolution = put(
        world, write(world, on_calendar(world, ["committee"]), world.members[2]), K.COMMITTEE, (2,)
    )
    assert (resolution.expected, resolution.present, resolution.outcome) == (3, 2, Outcome.CARRIED)


def test_two_thirds_at_a_democratic_life_meeting(world: World) -> None:
    grow_to(world, 9)
    Member.objects.update(is_leading_cadre=True)
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
    meeting = held(world, absent=3)
    resolution = put(world, meeting, votes=(3, 0, 0))
    assert resolution.outcome == Outcome.LOST
    write(world, meeting, *voters(world)[3:8])
    resolution.refresh_from_db()
    assert (resolution.present, resolution.outcome) == (3, Outcome.INVALID)


def test_an_attendance_that_contradicts_a_vote_is_refused_and_nothing_is_written(world: World) -> None:
    meeting = held(world, absent=3)
    put(world, meeting, votes=(5, 0, 0))
    with pytest.raises(ValidationError) as error:
        write(world, meeting, *voters(world)[3:8])
    assert sentence(error) == "第 1 项表决「修订窗口服务承诺」：票数多于实到有表决权人数。"
    assert meeting.attendances.filter(presence="present", has_vote=True).count() == 5


def test_once_handed_in_nothing_changes(world: World, meeting: Meeting) -> None:
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


# ---- from the announcement to the result ----


def test_a_vote_is_announced_before_and_counted_after(world: World) -> None:
    meeting = on_calendar(world)
    resolution = put(world, meeting)
    assert (resolution.expected, resolution.outcome, verdict_of(resolution).label) == (None, "", "待表决")
    write(world, meeting, voters(world)[7])
    resolution.refresh_from_db()
    assert (resolution.expected, resolution.present, resolution.outcome) == (8, 7, "")
    assert change(world, resolution, votes=Votes(6, 1, 0)).outcome == Outcome.CARRIED


def test_no_votes_before_it_is_known_who_came(world: World) -> None:
    with pytest.raises(ValidationError) as error:
        put(world, on_calendar(world), votes=(8, 0, 0))
    assert sentence(error) == "先登记到会情况，再录入票数。"
    assert not Resolution.objects.exists()


def test_an_announced_vote_without_a_result_keeps_the_record_from_being_handed_in(world: World) -> None:
    meeting = on_calendar(world)
    resolution = put(world, meeting)
    write(world, meeting)
    with pytest.raises(ValidationError) as error:
        submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    assert "第 1 项表决「修订窗口服务承诺」还没有结果" in sentence(error)
    change(world, resolution, votes=Votes(8))
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    assert meeting.state == MeetingState.SUBMITTED


def test_a_meeting_held_again_is_voted_on_again(world: World, meeting: Meeting) -> None:
    resolution = put(world, meeting, votes=(8, 0, 0))
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    perform(meeting, Action.HOLD_AGAIN, actor=world.reviewer, findings=[found()], now=NOW)
    with pytest.raises(ValidationError):  # the old attendance is of another event
        put(world, meeting, votes=(8, 0, 0))
    write(world, meeting, voters(world)[7], day=NOW.date())
    resolution.refresh_from_db()
    assert (resolution.yes, resolution.outcome, resolution.expected, resolution.present) == (None, "", 8, 7)


def test_numbers_run_on_and_close_up(world: World, meeting: Meeting) -> None:
    first, second, third = (put(world, meeting, subject=subject) for subject in "甲乙丙")
    assert [first.number, second.number, third.number] == [1, 2, 3]
    service.remove_resolution(resolution=first, actor=world.secretary, now=NOW)
    assert list(meeting.resolutions.values_list("number", "subject")) == [(1, "乙"), (2, "丙")]


# ---- what is refused, with a sentence ----


@pytest.mark.parametrize(
    ("votes", "says"),
    [
        ((9, 0, 0), "票数多于实到有表决权人数"),
        ((4, 4, 1), "票数多于实到有表决权人数"),
        ((-1, 0, 0), "票数不能为负"),
    ],
)
def test_more_votes_than_voters(world: World, meeting: Meeting, votes: tuple[int, ...], says: str) -> None:
    with pytest.raises(ValidationError) as error:
        put(world, meeting, votes=votes)
    assert says in sentence(error)
    assert not Resolution.objects.exists()
    assert put(world, meeting, votes=(4, 4, 0)).outcome == Outcome.LOST


@pytest.mark.parametrize(
    ("kinds", "kind", "fine"),
    [
        (("theme_day",), K.GENERAL, False),
        (("committee",), K.ADMISSION, False),
        (("general",), K.COMMITTEE, False),
        (("general", "committee"), K.COMMITTEE, False),
        (("theme_day", "committee"), K.ELECTION, False),
        (("general",), K.DEMOCRATIC_LIFE, False),
        (("general", "theme_day"), K.GENERAL, True),
        (("organizational_life",), K.ADMISSION, True),
    ],
)
def test_each_kind_of_vote_at_its_kind_of_meeting(world: World, kinds, kind: K, fine: bool) -> None:
    meeting = held(world, kinds=kinds)
    if fine:
        assert put(world, meeting, kind, (8,)).outcome == Outcome.CARRIED
        return
    with pytest.raises(ValidationError) as error:
        put(world, meeting, kind, (1,))
    assert "不进行这类表决" in sentence(error)


def test_a_record_cannot_become_a_kind_at_which_its_votes_are_not_taken(
    world: World, meeting: Meeting
) -> None:
    put(world, meeting, votes=(8, 0, 0))
    with pytest.raises(ValidationError) as error:
        write(world, meeting, kinds=("lecture",))
    assert "不进行这类表决" in sentence(error)
    assert Meeting.objects.get(pk=meeting.pk).kinds == ["general"]


def test_one_person_at_a_time(world: World, meeting: Meeting) -> None:
    put(world, meeting, K.ADMISSION, (8,))
    with pytest.raises(ValidationError) as error:
        put(world, meeting, K.ADMISSION, (8,))
    assert "本次会议已对该同志进行表决" in sentence(error)
    with pytest.raises(ValidationError) as error:
        put(world, meeting, K.ADMISSION, (8,), about="")
    assert "请写明被表决人的姓名" in sentence(error)
    put(world, meeting, K.ADMISSION, (7,), about="王小明")
    put(world, meeting, K.TURNING_FULL, (7,))
    assert meeting.resolutions.count() == 3


def test_nothing_is_due_before_it_was_decided(world: World, meeting: Meeting) -> None:
    with pytest.raises(ValidationError) as error:
        put(world, meeting, due_on=date(2026, 11, 19))
    assert "不能早于会议日期" in sentence(error)
    assert put(world, meeting, due_on=DAY, owner=world.members[3]).due_on == DAY


def test_an_election_counts_everybody_or_nobody(world: World, meeting: Meeting) -> None:
    candidates = (*ballot(丁一=8), service.Standing("王二"))
    with pytest.raises(ValidationError) as error:
        put(world, meeting, K.ELECTION, candidates=candidates)
    assert "缺少 王二 的得票" in sentence(error)
    with pytest.raises(ValidationError) as error:  # 8 voters and 1 seat: 8 votes at most
        put(world, meeting, K.ELECTION, seats=1, candidates=ballot(丁一=8, 王二=1))
    assert "多于到会人数乘以应选名额" in sentence(error)
    with pytest.raises(ValidationError) as error:
        put(world, meeting, K.ELECTION, seats=3, candidates=ballot(丁一=9))
    assert "票数多于实到有表决权人数" in sentence(error)


def test_too_few_candidates_are_said_or_refused_as_the_rule_wants(world: World, meeting: Meeting) -> None:
    resolution = put(world, meeting, K.ELECTION, candidates=ballot(丁一=8, 王二=8, 张三=8))
    assert resolution.outcome == Outcome.CARRIED
    assert verdict_of(resolution).warnings == ("应选 3 人，候选人至少须 4 人，现有 3 人。",)
    VoteRule.objects.create(
        owner=world.committee, code="election", quorum_part=4, quorum_whole=5, surplus="refuse",
        majority_of_present=True, confidence="local", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    with pytest.raises(ValidationError) as error:
        change(world, resolution, is_secret=True, candidates=ballot(丁一=8, 王二=8, 张三=8))
    assert "候选人至少须 4 人" in sentence(error)
    resolution = Resolution.objects.get()
    fine = ballot(丁一=8, 王二=8, 张三=8, 赵四=0)
    assert verdict_of(change(world, resolution, is_secret=True, candidates=fine)).warnings == ()


def test_a_vote_by_show_of_hands_is_warned_about_where_it_must_be_secret(
    world: World, meeting: Meeting
) -> None:
    open_vote = put(world, meeting, K.ADMISSION, (8,), is_secret=False)
    assert verdict_of(open_vote).warnings == ("此项表决应当采取无记名投票方式。",)
    assert verdict_of(put(world, meeting, votes=(8,))).warnings == ()


def test_a_committee_may_ask_for_more_than_half(world: World) -> None:
    """The comparator is a local rule: exactly half is no longer enough there."""
    meeting = held(world, absent=4)
    assert put(world, meeting, votes=(4,)).outcome == Outcome.LOST
    VoteRule.objects.create(
        owner=world.committee, code="general", quorum_part=1, quorum_whole=2, quorum_strict=True,
        confidence="local", valid_from=date(2026, 1, 1),
    )  # fmt: skip
    assert put(world, meeting, votes=(4,), subject="另一事项").outcome == Outcome.INVALID


# ---- who may, and who was faster ----


def test_only_those_who_keep_the_record(world: World, meeting: Meeting) -> None:
    for somebody in (world.reviewer, world.member, world.small_secretary, world.group_leader):
        with pytest.raises(PermissionDenied):
            service.add_resolution(
                meeting=meeting, kind=K.GENERAL, draft=ResolutionDraft("事项"), actor=somebody, now=NOW
            )
    assert put(world, meeting).number == 1


def test_the_second_of_two_writers_is_told(world: World, meeting: Meeting) -> None:
    resolution = put(world, meeting, votes=(8,))
    stale = Resolution.objects.get(pk=resolution.pk)
    change(world, resolution, votes=Votes(7))
    with pytest.raises(ChangedMeanwhile):
        change(world, stale, votes=Votes(6))
    resolution.refresh_from_db()
    assert resolution.yes == 7


def test_every_step_is_in_the_audit_trail(world: World, meeting: Meeting) -> None:
    resolution = put(world, meeting, votes=(8,))
    change(world, resolution, votes=Votes(7))
    service.remove_resolution(resolution=resolution, actor=world.secretary, now=NOW)
    events = AuditEvent.objects.filter(action__startswith="resolution.").order_by("pk")
    assert [(e.action, e.difference["votes"][0]) for e in events] == [
        ("resolution.add", 8), ("resolution.change", 7), ("resolution.remove", 7),
    ]  # fmt: skip
    assert {e.chain for e in events} == {world.branch.chain}
