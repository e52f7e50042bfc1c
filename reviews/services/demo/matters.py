"""What the made-up branches have in hand beside plan and record: votes, leave, members on the way."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from meetings.enums import ExclusionReason, MeetingKind, Presence, ResolutionKind
from meetings.models import Exclusion, Meeting, Member, Transfer
from meetings.services.attendance import Deviation
from meetings.services.catch_up import note_catch_up
from meetings.services.exclusions import request_exclusion, take_exclusion_step
from meetings.services.guests import name_guests
from meetings.services.leave import ask_leave, decide_leave
from meetings.services.opinions import hand_in_opinion
from meetings.services.record import MeetingFacts, facts_of, schedule_meeting
from meetings.services.resolutions import ResolutionDraft, Votes, add_resolution
from meetings.services.roster.transfers import propose_transfer, return_transfer
from meetings.workflow import ExclusionAction
from reviews.enums import Action
from reviews.services.demo.history import local
from reviews.services.demo.roster import Branch, Cast
from reviews.services.records import accept_record, log_meeting
from reviews.services.workflow import perform

ONE_DAY = timedelta(days=1)


def settle_matters(*, cast: Cast, now: datetime) -> None:
    """What lies back some weeks. Before the stories are told: the trail of a branch runs one way."""
    branches, today = cast.branches, timezone.localdate(now)
    _return_transfer(branches["hall"], branches["data"], today)
    _hold_votes(branches["data"], cast, today)
    _ask_exclusions(branches["retired"], cast, today)


def raise_matters(*, cast: Cast, now: datetime) -> None:
    """What came up within the last hour, after everything else."""
    _announce_votes(cast.branches["office"], now)
    joint, finance = cast.branches["joint"], cast.branches["finance"]
    _propose(joint.members[4], joint, finance, now - timedelta(minutes=35), note="借调期满，正式调入")


def _ago(today: date, days: int) -> datetime:
    return local(today - days * ONE_DAY, time(10, 30))


def _announce_votes(office: Branch, now: datetime) -> None:
    """A general meeting within ten days: who will come is known from the leave asked for."""
    day = timezone.localdate(now) + 9 * ONE_DAY
    facts = MeetingFacts(
        kinds=(MeetingKind.GENERAL,), theme="讨论接收预备党员", day=day - max(day.weekday() - 4, 0) * ONE_DAY,
        starts=time(15), place="三楼会议室",
    )  # fmt: skip
    secretary, members = office.secretary, office.members
    meeting = schedule_meeting(
        organization=office.organization, facts=facts, actor=secretary, now=now - timedelta(minutes=55)
    )
    admission = ResolutionDraft("接收唐晓雨同志为预备党员", about="唐晓雨", is_secret=True)
    vote = add_resolution(
        meeting=meeting, kind=ResolutionKind.ADMISSION, draft=admission, actor=secretary,
        now=now - timedelta(minutes=52),
    )  # fmt: skip
    leaves = [
        ask_leave(meeting=meeting, reason=reason, actor=member.user, now=now - timedelta(minutes=45))
        for member, reason in ((members[6], "因公出差"), (members[5], "外出培训"))
        if member.user
    ]
    decide_leave(leave=leaves[0], grant=True, actor=secretary, now=now - timedelta(minutes=30))
    received_at = now - timedelta(minutes=25)
    hand_in_opinion(
        resolution=vote, member=members[6], received_on=timezone.localdate(received_at), actor=secretary,
        now=received_at,
    )  # fmt: skip


def _hold_votes(data: Branch, cast: Cast, today: date) -> None:
    """A general meeting that decided two things, with guests; its record is accepted, and somebody who was
    away has caught up on it."""
    day = today - 17 * ONE_DAY
    day -= max(day.weekday() - 4, 0) * ONE_DAY
    facts = MeetingFacts(
        kinds=(MeetingKind.GENERAL,), theme="讨论决定两项支部事务", day=day, starts=time(15), ends=time(16, 30),
        place="党员活动室", chair=data.members[0], recorder=data.members[1], problem="值班安排不合理",
        content="逐项说明、讨论和表决。两名党员对轮值办法提出修改意见，已吸收。",
        decisions="两项均通过，见表决结果。",
    )  # fmt: skip
    meeting = schedule_meeting(
        organization=data.organization, facts=facts, actor=data.secretary, now=_ago(today, 20)
    )
    away = data.members[7]
    deviations = {away.pk: Deviation(Presence.EXCUSED, "因公出差")}
    _write(meeting, deviations, data, at=local(day + ONE_DAY, time(9)))
    _count(meeting, data, at=local(day + ONE_DAY, time(9, 20)))
    name_guests(
        meeting=meeting, names=["市直机关工委观察员", "发展对象唐晓雨"], actor=data.secretary,
        now=local(day + ONE_DAY, time(9, 25)),
    )  # fmt: skip
    meeting.refresh_from_db()
    perform(meeting, Action.SUBMIT, actor=data.secretary, now=local(day + ONE_DAY, time(9, 30)))
    accept_record(meeting=meeting, actor=cast.reviewer, now=local(day + 2 * ONE_DAY, time(16)))
    row = meeting.attendances.get(member=away)
    note_catch_up(
        attendance=row, caught_up_on=day + 3 * ONE_DAY, note="阅读会议材料，向组长谈了体会",
        actor=data.secretary, now=local(day + 3 * ONE_DAY, time(17)),
    )  # fmt: skip


def _write(meeting: Meeting, deviations: dict[int, Deviation], branch: Branch, at: datetime) -> None:
    log_meeting(
        meeting=meeting, version=meeting.version, facts=facts_of(meeting), deviations=deviations,
        actor=branch.secretary, submit=False, now=at,
    )  # fmt: skip


def _count(meeting: Meeting, branch: Branch, at: datetime) -> None:
    """Everybody present votes yes, but for one and two."""
    voters = sum(row.has_vote and row.presence == Presence.PRESENT for row in meeting.attendances.all())
    deadline = meeting.day + 30 * ONE_DAY
    for subject, no, abstained in (("修订支部轮值办法", 1, 0), ("活动经费使用方案", 0, 2)):
        draft = ResolutionDraft(
            subject, votes=Votes(voters - no - abstained, no, abstained), owner=branch.members[2],
            due_on=deadline,
        )  # fmt: skip
        add_resolution(
            meeting=meeting, kind=ResolutionKind.GENERAL, draft=draft, actor=branch.secretary, now=at
        )


def _ask_exclusions(retired: Branch, cast: Cast, today: date) -> None:
    """One request to leave a bedridden member out of the expected voters is granted, one waits."""
    granted = _ask_exclusion(retired, 9, "卧床三年，家属每月代为汇报", _ago(today, 20))
    take_exclusion_step(
        exclusion=granted, action=ExclusionAction.APPROVE, opinion="情况属实，同意提交党员大会。",
        actor=cast.reviewer, now=_ago(today, 15),
    )  # fmt: skip
    _ask_exclusion(retired, 12, "半年来两次住院，生活不能自理", _ago(today, 6))


def _ask_exclusion(branch: Branch, index: int, why: str, at: datetime) -> Exclusion:
    return request_exclusion(
        organization=branch.organization, member=branch.members[index], reason=ExclusionReason.LONG_ILL,
        explanation=why, actor=branch.secretary, now=at,
    )  # fmt: skip


def _return_transfer(old: Branch, new: Branch, today: date) -> None:
    transfer = _propose(old.members[16], old, new, _ago(today, 25), note="岗位轮换")
    return_transfer(
        transfer=transfer,
        opinion="介绍信抬头有误，请改正后重新提出。",
        actor=new.secretary,
        now=_ago(today, 21),
    )


def _propose(member: Member, old: Branch, new: Branch, at: datetime, *, note: str) -> Transfer:
    return propose_transfer(
        member=member, to_organization=new.organization, day=timezone.localdate(at), note=note,
        actor=old.secretary, now=at,
    )  # fmt: skip
