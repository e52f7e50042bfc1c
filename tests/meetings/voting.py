"""Votes of the test branch: a written-down general meeting with as many voters as a test needs."""

from collections.abc import Sequence
from datetime import date, time

from meetings.enums import ExclusionReason, Presence, ResolutionKind
from meetings.models import Exclusion, Meeting, Member, Resolution
from meetings.services.attendance import Deviation
from meetings.services.exclusions import request_exclusion, take_exclusion_step
from meetings.services.record import MeetingFacts, schedule_meeting
from meetings.services.resolutions import ResolutionDraft, Standing, Votes, add_resolution
from meetings.workflow import ExclusionAction
from reviews.services.records import log_meeting
from tests.reviews.recording import DAY, EVENING, NOW, TODAY
from tests.world import World, make_member


def voters(world: World) -> list[Member]:
    """Of the branch, in the order they were made."""
    return [each for each in world.members if each.full_member_on]


def grow_to(world: World, number: int) -> None:
    """The branch has this many voters."""
    for index in range(len(voters(world)), number):
        world.members.append(make_member(f"党员{index:03}", world.branch))
    for extra in voters(world)[number:]:
        extra.memberships.all().delete()
        world.members.remove(extra)


def on_calendar(world: World, kinds: Sequence[str] = ("general",), day: date = DAY) -> Meeting:
    facts = MeetingFacts(
        kinds=tuple(kinds), theme="十一月党员大会", day=day, starts=time(15), place="三楼会议室"
    )
    return schedule_meeting(organization=world.branch, facts=facts, actor=world.secretary, now=NOW)


def write(world: World, meeting: Meeting, *away: Member, **facts: object) -> Meeting:
    """The record, not handed in yet: everybody came but for these."""
    known = {
        "kinds": tuple(meeting.kinds), "theme": meeting.theme, "day": meeting.day, "starts": time(15),
        "ends": time(16, 30), "place": "三楼会议室", "content": "讨论并表决。",
        "chair": world.members[0], "recorder": world.members[0],
    }  # fmt: skip
    return log_meeting(
        meeting=meeting,
        version=meeting.version,
        facts=MeetingFacts(**(known | facts)),
        deviations={member.pk: Deviation(Presence.EXCUSED, "出差") for member in away},
        actor=world.secretary,
        now=EVENING if facts.get("day", meeting.day) == TODAY else NOW,
    )


def held(world: World, *, absent: int = 0, kinds: Sequence[str] = ("general",), day: date = DAY) -> Meeting:
    """A general meeting at which the last ``absent`` voters were missing."""
    away = voters(world)[len(voters(world)) - absent :]
    return write(world, on_calendar(world, kinds, day), *away)


def put(
    world: World,
    meeting: Meeting,
    kind: ResolutionKind = ResolutionKind.GENERAL,
    votes: tuple[int, ...] | None = None,
    **draft: object,
) -> Resolution:
    """A matter put to the vote; ``votes`` are yes, no and abstentions."""
    facts: dict[str, object] = {"subject": "修订窗口服务承诺"}
    if kind in (ResolutionKind.ADMISSION, ResolutionKind.TURNING_FULL):
        facts |= {"about": "郝健", "is_secret": True}
    if kind == ResolutionKind.ELECTION:
        facts |= {"seats": 3, "is_secret": True}
    facts |= {"votes": Votes(*votes) if votes else None}
    return add_resolution(
        meeting=meeting, kind=kind, draft=ResolutionDraft(**(facts | draft)), actor=world.secretary, now=NOW
    )


def ballot(**counted: int) -> tuple[Standing, ...]:
    """Candidates with their votes in favour."""
    return tuple(Standing(name, Votes(yes)) for name, yes in counted.items())


def approved(world: World, member: Member, reason: ExclusionReason = ExclusionReason.LONG_ILL) -> Exclusion:
    """A request the upper organization has approved."""
    exclusion = request_exclusion(
        organization=world.branch, member=member, reason=reason, explanation="卧床不起",
        actor=world.secretary, now=NOW,
    )  # fmt: skip
    return take_exclusion_step(
        exclusion=exclusion, action=ExclusionAction.APPROVE, opinion="机关党委〔2026〕9号",
        actor=world.reviewer, now=NOW,
    )  # fmt: skip


def adopted(
    world: World,
    member: Member,
    reason: ExclusionReason = ExclusionReason.LONG_ILL,
    day: date = date(2026, 10, 9),
) -> Exclusion:
    """Adopted by an earlier meeting of the branch."""
    exclusion = approved(world, member, reason)
    meeting = held(world, day=day)
    put(
        world,
        meeting,
        ResolutionKind.EXCLUSION,
        (8, 0, 0),
        exclusions=(exclusion,),
        subject="不计入应到会人数",
    )
    exclusion.refresh_from_db()
    return exclusion
