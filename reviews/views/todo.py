"""What somebody has to do now, as rows of the work list, the most urgent first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branchlife.enumeration import enumerated
from branchlife.models import User
from branchlife.templatetags.dates import cn_date, cn_day, weekday
from meetings.enums import DeadlineSubject, MeetingKind, MeetingState
from meetings.models import Meeting, MeetingPart, Obligation
from meetings.models.obligation import ObligationStatus
from meetings.period_names import period_name, short_period_name
from meetings.periods import Span
from meetings.scope import Scope, scope_of
from meetings.services.rulebook.limits import PLAN_OF, Limit, Limits
from reviews.compliance.desk import AHEAD, Found, desk_events, desk_plans, found_in, plans_missing
from reviews.compliance.lines import match
from reviews.enums import PlanState
from reviews.models import Plan
from reviews.views.states import basis_note, days_late, enter_url
from reviews.views.tasks import (
    OVERDUE,
    RETURNED,
    SOON,
    TO_RECORD,
    Task,
    days_left,
    rectification_tasks,
)

SENT_BACK = (MeetingState.RETURNED, MeetingState.HOLD_AGAIN)
STILL_MISSING = (ObligationStatus.OVERDUE, ObligationStatus.OPEN)

Findings = Mapping[Plan | Meeting, Found | None]


def tasks_of(user: User, lines: Iterable[Obligation], today: date, limits: Limits) -> list[Task]:
    """Overdue lines, what came back, what waits to be recorded, what falls due within two weeks.

    ``lines`` are those in the user's hands. Two queries, and those of the time limits.
    """
    scope = scope_of(user)
    parts, plans = desk_events(scope, today), desk_plans(scope, today)
    returned = [plan for plan in plans if plan.state == PlanState.RETURNED]
    meetings = list({part.meeting_id: part.meeting for part in parts}.values())
    findings: Findings = {plan: found_in(plan) for plan in returned} | {
        part.meeting: found_in(part) for part in parts if part.meeting.state in SENT_BACK
    }
    tasks, told = _line_tasks(user, lines, parts, today)
    tasks += [_returned_plan(plan, findings) for plan in returned]
    tasks += _missing_plans(scope, plans, today, limits)
    tasks += rectification_tasks(scope, today)
    tasks += [_meeting_task(each, parts, findings, today, limits) for each in meetings if each.pk not in told]
    return sorted(tasks, key=lambda task: (task.rank, task.day, task.title))


def _line_tasks(
    user: User, lines: Iterable[Obligation], parts: Sequence[MeetingPart], today: date
) -> tuple[list[Task], set[int]]:
    """The lines that are late, or due soon with nothing on the calendar; and the meetings told with them."""
    missing = [line for line in lines if line.status_on(today) in STILL_MISSING]
    events = match(missing, parts)
    tasks, told = [], set()
    for line in missing:
        meeting = next((each for each in events[line.pk] if each.state not in SENT_BACK), None)
        late = line.due_on < today
        if late or (line.due_on - today <= AHEAD and not events[line.pk]):
            tasks.append(_line_task(user, line, meeting, today))
        if late and meeting:
            told.add(meeting.pk)
    return tasks, told


def _line_task(user: User, line: Obligation, meeting: Meeting | None, today: date) -> Task:
    late = line.due_on < today
    new = enter_url(user, line)
    return Task(
        rank=OVERDUE if late else SOON,
        day=line.due_on,
        kind="overdue" if late else "due",
        label=days_late(line.due_on, today) if late else days_left(line.due_on, today),
        title=line_title(line),
        url=reverse("meeting_detail", args=[meeting.pk]) if meeting else new,
        note=basis_note(line),
        until=_("by %(day)s") % {"day": cn_day(line.due_on)},
        until_note=_("on the calendar, not recorded") if meeting else "",
        action=pgettext("late", "Record it") if late else _("Enter a meeting"),
        action_url=reverse("meeting_record", args=[meeting.pk]) if meeting else new,
        primary=late,
    )


def line_title(line: Obligation) -> str:
    """Such as 10月支部委员会会议, with the group's name before it."""
    words = {"period": short_period_name(line.span), "kind": MeetingKind(line.kind).label}
    title = pgettext("ledger line", "%(kind)s, %(period)s") % words
    return f"{line.group.name} · {title}" if line.group else title


def _returned_plan(plan: Plan, findings: Findings) -> Task:
    finding = findings.get(plan)
    return Task(
        rank=RETURNED,
        day=plan.period_start,
        kind="overdue",
        label=_("Returned"),
        title=_("Plan for %(period)s") % {"period": period_name(plan.span)},
        url=reverse("plan_detail", args=[plan.pk]),
        note=_finding_note(finding),
        until=cn_day(finding.at) if finding else "",
        until_note=_("returned on this day") if finding else "",
        action=_("Correct it"),
        action_url=reverse("plan_edit", args=[plan.pk]),
        primary=True,
    )


def _missing_plans(scope: Scope, plans: Sequence[Plan], today: date, limits: Limits) -> Iterator[Task]:
    places = {seat.organization_id: seat.path for seat in scope.seats}
    for branch, span, draft in plans_missing(scope, list(plans), today):
        due = limits.limit(PLAN_OF[span.period], places[branch], span.start)
        yield _missing_plan(branch, span, draft, today, due)


def _missing_plan(branch: int, span: Span, draft: Plan | None, today: date, limit: Limit | None) -> Task:
    late = limit is not None and limit.is_late(today)
    new = f"{reverse('plan_create')}?organization={branch}&period={span.code}"
    return Task(
        rank=RETURNED if late else SOON,
        day=limit.due_on if limit else span.end,
        kind="overdue" if late else "due",
        label=_("Plan missing") if late else _("To plan"),
        title=_("Plan for %(period)s") % {"period": period_name(span)},
        url=reverse("plan_edit", args=[draft.pk]) if draft else new,
        note=_("A draft is there, not handed in yet") if draft else _("Filled in from what is owed"),
        **_until(limit),
        action=_("Continue") if draft else _("Make the plan"),
        primary=late,
    )


def _until(limit: Limit | None) -> dict[str, str]:
    """The last day in time and the rule that says so; nothing where there is no limit."""
    if limit is None:
        return {}
    return {"until": _("by %(day)s") % {"day": cn_day(limit.due_on)}, "until_note": limit.sentence}


def _meeting_task(
    meeting: Meeting, parts: Sequence[MeetingPart], findings: Findings, today: date, limits: Limits
) -> Task:
    title = _meeting_title(meeting, [part for part in parts if part.meeting_id == meeting.pk])
    if meeting.state in SENT_BACK:
        return _returned_record(meeting, title, findings.get(meeting))
    if meeting.day > today:
        return _coming(meeting, title, today)
    limit = limits.limit(DeadlineSubject.RECORD, meeting.organization.path, meeting.day)
    return _to_record(meeting, title, today, limit)


def _meeting_title(meeting: Meeting, parts: Iterable[MeetingPart]) -> str:
    kinds = enumerated(str(part.get_kind_display()) for part in parts)
    title = kinds if meeting.theme == kinds else f"{kinds}「{meeting.theme}」"
    return f"{meeting.group.name} · {title}" if meeting.group else title


def _returned_record(meeting: Meeting, title: str, finding: Found | None) -> Task:
    return Task(
        rank=RETURNED,
        day=meeting.day,
        kind="overdue",
        label=str(meeting.get_state_display()),
        title=title,
        url=reverse("meeting_detail", args=[meeting.pk]),
        note=_finding_note(finding),
        until=cn_day(finding.at) if finding else "",
        until_note=_("returned on this day") if finding else "",
        action=_("Correct it"),
        action_url=reverse("meeting_record", args=[meeting.pk]),
        primary=True,
    )


def _coming(meeting: Meeting, title: str, today: date) -> Task:
    return Task(
        rank=SOON,
        day=meeting.day,
        kind="info",
        label=days_left(meeting.day, today),
        title=title,
        url=reverse("meeting_detail", args=[meeting.pk]),
        note=_when_and_where(meeting),
        until=cn_day(meeting.day),
        until_note=weekday(meeting.day),
        action=_("View"),
    )


def _to_record(meeting: Meeting, title: str, today: date, limit: Limit | None) -> Task:
    written = meeting.state == MeetingState.HELD
    return Task(
        rank=TO_RECORD,
        day=limit.due_on if limit else meeting.day,
        kind="overdue" if limit and limit.is_late(today) else "due",
        label=_("To hand in") if written else _("To record"),
        title=title,
        url=reverse("meeting_detail", args=[meeting.pk]),
        note=_("held on %(day)s") % {"day": cn_date(meeting.day)} if written else _when_and_where(meeting),
        **_until(limit),
        action=_("Hand in") if written else _("Record it"),
        action_url=reverse("meeting_record", args=[meeting.pk]),
        primary=True,
    )


def _when_and_where(meeting: Meeting) -> str:
    when = f"{cn_day(meeting.day)} {meeting.starts:%H:%M}" if meeting.starts else cn_day(meeting.day)
    return " · ".join(filter(None, (when, meeting.place)))


def _finding_note(finding: Found | None) -> str:
    return f"{finding.reason.label} · {finding.sentence}" if finding else ""
