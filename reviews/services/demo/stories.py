"""What is going on just now: each branch stands elsewhere in the loop. Written through the real services."""

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from branchlife.models import User
from meetings.enums import MeetingKind, MeetingState, Period, Presence, Role
from meetings.models import Meeting, Notice
from meetings.periods import Span, next_span, span_of
from meetings.services.attendance import Deviation, expected_at
from meetings.services.delegations import delegate_seat
from meetings.services.record import MeetingFacts, facts_of, schedule_meeting
from reviews.enums import Action, FindingReason
from reviews.models import Plan
from reviews.services.demo import texts
from reviews.services.demo.history import local
from reviews.services.demo.roster import Branch, Cast
from reviews.services.good_cases import mark_case
from reviews.services.plans import ItemDraft, approve_plan, create_plan, propose_items, return_plan
from reviews.services.records import accept_record, log_meeting, return_record
from reviews.services.workflow import FindingDraft, perform

ONE_DAY = timedelta(days=1)
# The last weeks of a quarter are when the next one is planned.
PLANS_AHEAD = timedelta(days=45)


@dataclass
class Clock:
    """Moments of one branch's story: as wished, but after the one before, and never in the future."""

    now: datetime
    last: datetime

    def at(self, day: date, hour: int) -> datetime:
        day -= max(day.weekday() - 4, 0) * ONE_DAY  # offices work from Monday to Friday
        wished = min(local(day, time(hour, 15)), self.now - timedelta(hours=2))
        self.last = max(wished, self.last + timedelta(seconds=20))
        return self.last


@dataclass
class Story:
    """One branch with its clock, its secretary and its reviewer."""

    branch: Branch
    reviewer: User
    clock: Clock
    rng: random.Random

    @property
    def today(self) -> date:
        return timezone.localdate(self.clock.now)

    @property
    def quarter(self) -> Span:
        return span_of(Period.QUARTER, self.today)

    def plan(self, span: Span, items: list[ItemDraft], on: date, *, submit: bool = True) -> Plan:
        return create_plan(
            organization=self.branch.organization, span=span, items=items, actor=self.branch.secretary,
            submit=submit, now=self.clock.at(on, 9),
        )  # fmt: skip

    def proposed(self, span: Span, as_of: date) -> list[ItemDraft]:
        drafts = propose_items(organization=self.branch.organization, span=span, as_of=max(as_of, span.start))
        return [self._with_theme(draft) for draft in drafts]

    def to_come(self, as_of: date) -> tuple[Span, list[ItemDraft]]:
        """What can still be planned for this quarter or, at its very end, for the next one."""
        items = self.proposed(self.quarter, as_of)
        coming = next_span(self.quarter)
        return (self.quarter, items) if items else (coming, self.proposed(coming, as_of))

    def _with_theme(self, draft: ItemDraft) -> ItemDraft:
        theme, category = next(self.branch.themes[draft.kinds[0]])
        return replace(draft, theme=theme, category=category, place=texts.PLACES[1])

    def hold(self, kind: MeetingKind, day: date) -> Meeting:
        """A meeting outside any plan."""
        theme, category = next(self.branch.themes[kind])
        facts = MeetingFacts(
            kinds=(kind,), theme=theme, category=category, day=day, starts=time(15), place=texts.PLACES[0]
        )
        return schedule_meeting(
            organization=self.branch.organization, facts=facts, actor=self.branch.secretary,
            now=self.clock.at(day - 3 * ONE_DAY, 10),
        )  # fmt: skip

    def log(self, meeting: Meeting, *, content: str = "", submit: bool = True) -> Meeting:
        """Written down and handed in on the morning of the next working day."""
        members = self.branch.members
        facts = replace(
            facts_of(meeting), starts=time(15), ends=time(16, 30), place=meeting.place or texts.PLACES[0],
            chair=members[0], recorder=members[1], content=content or self.rng.choice(texts.CONTENT),
            decisions=texts.DECISIONS[0],
        )  # fmt: skip
        return log_meeting(
            meeting=meeting, version=meeting.version, facts=facts, deviations=self._deviations(meeting),
            actor=self.branch.secretary, submit=submit, now=self.clock.at(_workday_after(meeting.day), 9),
        )  # fmt: skip

    def _deviations(self, meeting: Meeting) -> dict[int, Deviation]:
        expected = expected_at(
            organization=meeting.organization, group=meeting.group, kinds=meeting.kinds, day=meeting.day
        )
        away = [p for p in expected if not p.hard_bound]
        others = [p for p in expected if p.hard_bound and p.member not in self.branch.members[:2]]
        away += self.rng.sample(others, min(len(others) // 6, 3))
        return {p.member.pk: Deviation(Presence.EXCUSED, self.rng.choice(texts.EXCUSES[:3])) for p in away}


def tell_stories(*, cast: Cast, seed: str, now: datetime) -> None:
    today = timezone.localdate(now)
    begun = local(span_of(Period.QUARTER, today).start - 30 * ONE_DAY, time(8))
    for key, tell in STORIES.items():
        rng = random.Random(f"{seed}/{key}/now")  # noqa: S311
        tell(Story(cast.branches[key], cast.reviewer, Clock(now, begun), rng))
    _arrange(cast, now)
    _read_old_notices(now)


def _arrange(cast: Cast, now: datetime) -> None:
    """An example for everybody, and who reviews while the reviewer is away next week."""
    office = cast.branches["office"].organization
    meeting = (
        Meeting.objects.filter(organization=office, state=MeetingState.ACCEPTED).order_by("-day").first()
    )
    if meeting:
        mark_case(paper=meeting, reason="问题找得准，议题紧扣窗口服务。", actor=cast.reviewer, now=now)
    today = timezone.localdate(now)
    delegate_seat(
        appointment=cast.reviewer.appointments.get(role=Role.REVIEWER), deputy=cast.administrator,
        start_on=today + 7 * ONE_DAY, end_on=today + 11 * ONE_DAY, reason="参加培训", actor=cast.reviewer, now=now,
    )  # fmt: skip


def _office(story: Story) -> None:
    """The model branch: planned in time, held as planned, one record to write, more to come."""
    quarter, today = story.quarter, story.today
    last_workday = _workday_before(today)
    items = _move_theme_day(story.proposed(quarter, quarter.start), last_workday)
    plan = story.plan(quarter, items, quarter.start - 4 * ONE_DAY)
    approved_at = story.clock.at(quarter.start - ONE_DAY, 15)
    approve_plan(plan=plan, actor=story.reviewer, comment="同意。", now=approved_at)
    _hold_planned(story, plan, before=last_workday)
    if last_workday not in quarter:
        story.hold(MeetingKind.THEME_DAY, last_workday)
    if quarter.end - today < PLANS_AHEAD:
        coming = next_span(quarter)
        ahead = story.plan(coming, story.proposed(coming, today), today - 6 * ONE_DAY)
        approve_plan(plan=ahead, actor=story.reviewer, now=story.clock.at(today - 4 * ONE_DAY, 15))


def _move_theme_day(items: list[ItemDraft], day: date) -> list[ItemDraft]:
    """This month's theme day was held on the last working day, and nobody has written it down yet."""
    return [
        replace(item, day=day)
        if item.kinds == (MeetingKind.THEME_DAY,) and (item.day.year, item.day.month) == (day.year, day.month)
        else item
        for item in items
    ]


def _hold_planned(story: Story, plan: Plan, before: date) -> None:
    meetings = Meeting.objects.filter(plan_item__plan=plan, day__lt=before).order_by("day", "pk")
    for number, meeting in enumerate(meetings):
        written = texts.COPIED.format(name=story.branch.members[3].name, day=20) if number == 0 else ""
        story.log(meeting, content=written)
        if meeting.day < story.today - 7 * ONE_DAY:
            accept_record(
                meeting=meeting, actor=story.reviewer, now=story.clock.at(meeting.day + 2 * ONE_DAY, 16)
            )


def _personnel(story: Story) -> None:
    """Handed in its plan the day before yesterday, and a record yesterday: both wait for the committee."""
    today = story.today
    lecture = story.hold(MeetingKind.LECTURE, _workday_before(today - 12 * ONE_DAY))
    perform(
        lecture, Action.CANCEL, actor=story.branch.secretary, comment="与全局防汛演练冲突，并入下月主题党日",
        now=story.clock.at(lecture.day - ONE_DAY, 10),
    )  # fmt: skip
    span, items = story.to_come(today - 2 * ONE_DAY)
    story.plan(span, items, today - 2 * ONE_DAY)
    copied = texts.COPIED.format(name=story.branch.members[2].name, day=28)
    story.log(story.hold(MeetingKind.COMMITTEE, _workday_before(today - ONE_DAY)), content=copied)


def _data(story: Story) -> None:
    """Its plan came back with two findings."""
    today = story.today
    span, items = story.to_come(story.quarter.start)
    plan = story.plan(span, items[:9], today - 9 * ONE_DAY)
    written = list(plan.items.all())
    findings = [
        FindingDraft(FindingReason.MISSING, "lecturer", "请写明由谁主讲或主持。", written[0]),
        FindingDraft(
            FindingReason.UNCLEAR, "problem", "没有写要解决什么问题，请结合实际补一条。", written[-1]
        ),
    ]
    return_plan(
        plan=plan, findings=findings, actor=story.reviewer, comment="框架可以，补两处即可。",
        now=story.clock.at(today - 3 * ONE_DAY, 10),
    )  # fmt: skip


def _hall(story: Story) -> None:
    """Has its plan approved and is amending it; a record came back to be redone."""
    plan = _plan_the_rest(story, story.today - 14 * ONE_DAY)
    day = _workday_before(story.today - 10 * ONE_DAY)
    meeting = story.log(story.hold(MeetingKind.COMMITTEE, day), content="开了会。")
    finding = FindingDraft(FindingReason.MISSING, "content", "只有一句话，请补写各人的主要意见和结论。")
    return_record(
        meeting=meeting, findings=[finding], hold_again=False, actor=story.reviewer,
        now=story.clock.at(story.today - 5 * ONE_DAY, 11),
    )  # fmt: skip
    perform(
        plan, Action.AMEND, actor=story.branch.secretary, comment="党课主讲人临时出差，需改期",
        now=story.clock.at(story.today - 2 * ONE_DAY, 9),
    )  # fmt: skip


def _quality(story: Story) -> None:
    """Has its plan approved; one meeting must be held again."""
    meeting = story.log(story.hold(MeetingKind.GENERAL, _workday_before(story.today - 16 * ONE_DAY)))
    sentence = "议题事先没有通知党员，表决也没有计票，请重新组织。"
    finding = FindingDraft(FindingReason.UNCLEAR, "decisions", sentence)
    return_record(
        meeting=meeting, findings=[finding], hold_again=True, actor=story.reviewer,
        now=story.clock.at(story.today - 8 * ONE_DAY, 11),
    )  # fmt: skip
    _plan_the_rest(story, story.today - 7 * ONE_DAY)


def _plan_the_rest(story: Story, day: date) -> Plan:
    """A late plan of what was still to come, approved the day after."""
    span, items = story.to_come(story.today + ONE_DAY)
    plan = story.plan(span, items, day)
    approve_plan(plan=plan, actor=story.reviewer, now=story.clock.at(day + ONE_DAY, 15))
    return plan


def _retired(story: Story) -> None:
    """Began its plan yesterday and has not handed it in."""
    span, items = story.to_come(story.today)
    story.plan(span, items[:4], story.today - ONE_DAY, submit=False)


def _joint(story: Story) -> None:
    """Caught up on a lecture and wrote it down, but has not handed the record in."""
    day = _workday_before(story.today - 3 * ONE_DAY)
    story.log(story.hold(MeetingKind.LECTURE, day), submit=False)


STORIES = {
    "office": _office,
    "personnel": _personnel,
    "data": _data,
    "hall": _hall,
    "quality": _quality,
    "retired": _retired,
    "joint": _joint,
}


def _workday_before(day: date) -> date:
    day -= ONE_DAY
    while day.weekday() > 4:
        day -= ONE_DAY
    return day


def _workday_after(day: date) -> date:
    day += ONE_DAY
    return day + max(7 - day.weekday(), 0) * ONE_DAY if day.weekday() > 4 else day


def _read_old_notices(now: datetime) -> None:
    """What lies back a week was read when it came."""
    old: Iterable[Notice] = Notice.objects.filter(created_at__lt=now - timedelta(days=5), read_at=None)
    for notice in old:
        notice.read_at = notice.created_at + timedelta(hours=20)
    Notice.objects.bulk_update(old, ["read_at"])
