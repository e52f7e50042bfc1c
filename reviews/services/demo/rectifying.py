"""What had to be put right at the made-up committee: found here and there, some of it closed, some late."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from meetings.enums import MeetingKind
from meetings.models import Meeting
from reviews.enums import Action, Cause, FindingReason, Openness, RectificationSource
from reviews.models import Finding, Rectification, RectificationNote, RectificationNotice, Transition
from reviews.services.demo.history import local
from reviews.services.demo.roster import Branch, Cast
from reviews.services.notices import tell_of_transition
from reviews.services.rectification import ItemTerms, raise_from_finding
from reviews.workflow import RECTIFICATION

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tale:
    """One item: raised so many days ago, due so many days from today, and how far it got."""

    branch: str
    raised: int
    due: int
    problem: str
    cause: str
    measure: str = ""
    note: str = ""
    steps: tuple[Action, ...] = ()
    own: bool = False  # set by the branch itself
    kind: str = ""


DONE = (Action.CLAIM, Action.VERIFY)
EVIDENCE = "已整改，材料在支部工作台账第12页"
SAID: dict[str, str] = {Action.CLAIM: EVIDENCE, Action.REOPEN: "抽查请假单，仍有两处只写“有事”。"}
TALES = (
    Tale("office", 75, -50, "二季度党课没有留下讲稿", Cause.MISSING, "由宣传委员补齐并归档", steps=DONE,
         kind=MeetingKind.LECTURE),
    Tale("office", 20, 9, "办事指南修改稿还没有征求窗口意见", Cause.FOLLOW_UP, "两周内走访三个窗口",
         note="已走访两个窗口，收到五条意见", own=True, kind=MeetingKind.THEME_DAY),
    Tale("data", 40, -6, "连续两个月没有召开支委会", Cause.NOT_HELD, "固定每月10日召开支委会",
         note="本月已确定日期", kind=MeetingKind.COMMITTEE),
    Tale("data", 60, -10, "请假只写“有事”，没有具体原因", Cause.ATTENDANCE, "按请假单如实登记原因",
         steps=(Action.CLAIM, Action.REOPEN), kind=MeetingKind.GENERAL),
    Tale("hall", 25, 4, "第三党小组记录补得晚，超过规定时限", Cause.LATE, "组长会后当天登记要点",
         steps=(Action.CLAIM,), kind=MeetingKind.GROUP),
    Tale("quality", 18, 12, "主题党日内容与业务培训相同，主题不突出", Cause.FORMAL, "重新拟定四季度主题",
         kind=MeetingKind.THEME_DAY),
    Tale("joint", 33, -2, "党课一年内只讲了一次", Cause.NOT_HELD, kind=MeetingKind.LECTURE),
    Tale("personnel", 90, -70, "支部大会决议没有写表决票数", Cause.UNCLEAR, "补写票数并学习议事规则",
         steps=DONE, kind=MeetingKind.GENERAL),
    Tale("retired", 50, -28, "送学上门台账没有登记日期", Cause.MISSING, "补登日期", steps=DONE, own=True),
)  # fmt: skip


def write_rectifications(*, cast: Cast, now: datetime) -> int:
    """Written as rows, like the history before: each branch's audit trail is told by its stories. Returns how
    many items there are."""
    for tale in TALES:
        branch = cast.branches[tale.branch]
        item = _item(cast, branch, tale, now.date())
        steps = _steps(cast, branch, item, tale, now)
        item.save()
        _write_notes(branch, item, tale, now)
        for step in steps:
            step.save()
        tell_of_transition(transition=steps[-1], now=steps[-1].at)
    _from_returned_record(cast, now)
    _on_a_notice(cast, now)
    return Rectification.objects.count()


def _item(cast: Cast, branch: Branch, tale: Tale, today: date) -> Rectification:
    raised = _workday(today - tale.raised * ONE_DAY)
    meeting = _meeting(branch, raised, tale.kind) if tale.own else None
    return Rectification(
        organization=branch.organization, meeting=meeting,
        source=RectificationSource.MEETING if meeting else RectificationSource.HAND,
        problem=tale.problem, cause=tale.cause, kind=tale.kind, measure=tale.measure,
        owner=branch.members[1], due_on=_workday(today + tale.due * ONE_DAY),
        openness=Openness.BRANCH if tale.own else Openness.KEPT, from_above=not tale.own,
        raised_by=branch.secretary if tale.own else cast.reviewer, raised_at=local(raised, time(10, 20)),
    )  # fmt: skip


def _steps(cast: Cast, branch: Branch, item: Rectification, tale: Tale, now: datetime) -> list[Transition]:
    """The item brought to its state, and who did what when."""
    at, actor = item.raised_at, item.raised_by
    steps = [Transition(rectification=item, action=Action.CREATE, to_state=item.state, actor=actor, at=at)]
    for action in tale.steps:
        at = min(at + timedelta(days=7, hours=3), now - timedelta(hours=2))
        before, item.state = item.state, RECTIFICATION[item.state, action].to_state
        item.version += 1
        actor = branch.secretary if action == Action.CLAIM else cast.reviewer
        if action == Action.CLAIM:
            item.claimed_by, item.claimed_at, item.evidence, item.round = actor, at, EVIDENCE, 1
        if action == Action.VERIFY:
            item.verified_by, item.verified_at = actor, at
        steps.append(
            Transition(
                rectification=item, action=action, from_state=before, to_state=item.state, actor=actor, at=at,
                round=item.round, comment=SAID.get(action, ""),
            )
        )  # fmt: skip
    return steps


def _write_notes(branch: Branch, item: Rectification, tale: Tale, now: datetime) -> None:
    if tale.note:
        noted = min(local(_workday(item.raised_at.date() + 6 * ONE_DAY), time(16, 5)), now)
        RectificationNote.objects.create(item=item, text=tale.note, author=branch.secretary, at=noted)


def _from_returned_record(cast: Cast, now: datetime) -> None:
    """A returned record that points beyond its paper; raised after everything else of its branch."""
    found = Finding.objects.filter(reason=FindingReason.UNCLEAR, transition__meeting__isnull=False)
    for finding in found.order_by("pk")[:1]:
        terms = ItemTerms(problem="议题没有事先通知党员，表决没有计票")
        raise_from_finding(finding=finding, terms=terms, actor=cast.reviewer, now=now - timedelta(hours=1))


def _on_a_notice(cast: Cast, now: datetime) -> None:
    """The branch that is furthest behind has it in writing."""
    branch = cast.branches["data"].organization
    issued = _workday(now.date() - 30 * ONE_DAY)
    notice = RectificationNotice.objects.create(
        issuer=cast.committee, organization=branch, year=issued.year, number=1,
        occasion="三季度组织生活记录检查", issued_on=issued, reply_by=_workday(issued + 30 * ONE_DAY),
        issued_by=cast.reviewer,
    )  # fmt: skip
    Rectification.objects.filter(organization=branch).open().update(notice=notice)


def _meeting(branch: Branch, day: date, kind: str) -> Meeting | None:
    held = Meeting.objects.filter(organization=branch.organization, group=None, day__lte=day)
    return (held.of_kind(kind) if kind else held).order_by("-day", "-pk").first()


def _workday(day: date) -> date:
    return day - max(day.weekday() - 4, 0) * ONE_DAY
