"""Drafting, saving, handing in and deciding on plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import Audience, MeetingKind, MeetingState, Period, audience_of
from meetings.models import Meeting, Obligation, Organization, PartyGroup
from meetings.periods import Span, span_of
from meetings.services.record import MeetingFacts, schedule_meeting
from reviews.enums import Action
from reviews.models import Plan, PlanItem, PlanItemPart, Transition
from reviews.rules import can_edit_plan
from reviews.services.workflow import FindingDraft, StaleState, perform

USUAL_START = time(15, 0)


@dataclass(frozen=True)
class ItemDraft:
    """One line of a plan as the form or the prefill gives it; ``pk`` names the row it replaces."""

    day: date
    kinds: tuple[str, ...]
    theme: str
    pk: int | None = None
    starts: time | None = None
    group: PartyGroup | None = None
    problem: str = ""
    category: str = ""
    place: str = ""
    lecturer: str = ""
    budget: int | None = None


def propose_items(*, organization: Organization, span: Span, as_of: date) -> list[ItemDraft]:
    """What falls due in the period and was neither held nor put on the calendar, one line each.

    What is owed for longer than the plan's period (a yearly meeting in a quarter's plan) is proposed
    in the last plan that can still hold it.
    Days follow the branch's habit: the weekday and week of the month of its last meeting of that kind,
    else the middle of the period; never a day that has passed.
    """
    owed = Obligation.objects.filter(
        organization=organization, period_end__range=(max(span.start, as_of), span.end)
    ).unmet()
    planned = _planned_counts(organization, span)
    drafts: list[ItemDraft] = []
    for line in owed.select_related("group").order_by("period_start", "kind", "group"):
        missing = line.needed - line.counted - planned.get((line.kind, line.group_id, line.period_start), 0)
        drafts += [_propose(line, span, as_of)] * max(missing, 0)
    return sorted(drafts, key=lambda draft: (draft.day, draft.kinds))


def _planned_counts(organization: Organization, span: Span) -> dict[tuple[str, int | None, date], int]:
    """Meetings already on the calendar, by kind, group and first day of the kind's own periods."""
    counts: dict[tuple[str, int | None, date], int] = {}
    meetings = Meeting.objects.filter(organization=organization, state=MeetingState.SCHEDULED, day__range=(span.start, span.end))
    for meeting in meetings.prefetch_related("parts"):
        for kind in meeting.kinds:
            for period in Period:
                key = (kind, meeting.group_id, span_of(period, meeting.day).start)
                counts[key] = counts.get(key, 0) + 1
    return counts


def _propose(line: Obligation, span: Span, as_of: date) -> ItemDraft:
    first = max(line.period_start, span.start, as_of)
    last = min(line.period_end, span.end)
    middle = first + (last - first) / 2
    return ItemDraft(
        day=middle,
        kinds=(line.kind,),
        theme=str(MeetingKind(line.kind).label),
        starts=USUAL_START,
        group=line.group,
    )


@transaction.atomic
def create_plan(
    *, organization: Organization, span: Span, items: Sequence[ItemDraft], note: str = "", actor: User,
    now: datetime | None = None,
) -> Plan:  # fmt: skip
    """A new draft. Raises ValidationError when the branch already has a plan for the period."""
    if Plan.objects.filter(organization=organization, period=span.period, period_start=span.start).exists():
        raise ValidationError(_("The branch already has a plan for this period."))
    plan = Plan.objects.create(
        organization=organization, period=span.period, period_start=span.start, period_end=span.end,
        author=actor, note=note,
    )  # fmt: skip
    _replace_items(plan, items)
    Transition.objects.create(
        plan=plan, action=Action.CREATE, from_state="", to_state=plan.state, actor=actor, at=now or timezone.now()
    )
    record_event(actor=actor, action="plan.create", subject=plan, chain=organization.path, now=now)
    return plan


@transaction.atomic
def save_plan(
    *, plan: Plan, version: int, items: Sequence[ItemDraft], note: str, actor: User, now: datetime | None = None
) -> Plan:
    """Write the corrected lines of a draft or returned plan.

    ``version`` is the one the writer's page was made from: raises StaleState when the plan has changed since.
    """
    if not can_edit_plan(actor, plan):
        raise PermissionDenied
    unchanged = Plan.objects.filter(pk=plan.pk, version=version, state=plan.state)
    if not unchanged.update(version=F("version") + 1, note=note):
        raise StaleState
    plan.refresh_from_db()
    _replace_items(plan, items)
    record_event(
        actor=actor, action="plan.save", subject=plan, chain=plan.organization.path,
        difference={"items": len(items)}, now=now,
    )  # fmt: skip
    return plan


@transaction.atomic
def submit_plan(*, plan: Plan, actor: User, now: datetime | None = None) -> Transition:
    """Hand the plan in. Raises ValidationError for an empty plan."""
    if not plan.items.exists():
        raise ValidationError(_("A plan needs at least one item before it is handed in."))
    return perform(plan, Action.SUBMIT, actor=actor, now=now)


@transaction.atomic
def approve_plan(*, plan: Plan, actor: User, comment: str = "", now: datetime | None = None) -> Transition:
    """Approve, and put every item on the branch's calendar."""
    transition = perform(plan, Action.APPROVE, actor=actor, comment=comment, now=now)
    for item in plan.items.filter(meeting=None).select_related("group").prefetch_related("parts"):
        item.meeting = schedule_meeting(
            organization=plan.organization, group=item.group, facts=_facts(item), actor=actor, now=now
        )
        item.save(update_fields=["meeting"])
    return transition


@transaction.atomic
def return_plan(
    *, plan: Plan, findings: Sequence[FindingDraft], actor: User, comment: str = "", now: datetime | None = None
) -> Transition:
    """Send the plan back with at least one finding."""
    return perform(plan, Action.RETURN, actor=actor, comment=comment, findings=findings, now=now)


def _facts(item: PlanItem) -> MeetingFacts:
    return MeetingFacts(
        kinds=tuple(item.kinds), theme=item.theme, day=item.day, starts=item.starts, place=item.place,
        problem=item.problem, category=item.category,
    )  # fmt: skip


def _replace_items(plan: Plan, items: Sequence[ItemDraft]) -> None:
    """Rows keep their identity where the draft names one, so that findings stay pinned to them."""
    for position, draft in enumerate(items, 1):
        _check_item(plan, position, draft)
    kept = {draft.pk for draft in items if draft.pk}
    plan.items.exclude(pk__in=kept).delete()
    known = {item.pk: item for item in plan.items.all()}
    for position, draft in enumerate(items, 1):
        _save_item(known.get(draft.pk or 0) or PlanItem(plan=plan), position, draft)


def _save_item(item: PlanItem, position: int, draft: ItemDraft) -> None:
    item.position = position
    for name in ("day", "starts", "group", "theme", "problem", "category", "place", "lecturer", "budget"):
        setattr(item, name, getattr(draft, name))
    item.save()
    item.parts.exclude(kind__in=draft.kinds).delete()
    for kind in draft.kinds:
        PlanItemPart.objects.get_or_create(item=item, kind=kind)


def _check_item(plan: Plan, position: int, draft: ItemDraft) -> None:
    if draft.day not in plan.span:
        raise ValidationError(_("Item %(number)s: the day lies outside the plan's period.") % {"number": position})
    for_group = audience_of(list(draft.kinds)) == Audience.GROUP
    if for_group != (draft.group is not None):
        raise ValidationError(
            _("Item %(number)s: a group meeting names its group, other kinds have none.") % {"number": position}
        )
    if draft.group and draft.group.organization_id != plan.organization_id:
        raise ValidationError(_("Item %(number)s: the group belongs to another branch.") % {"number": position})
