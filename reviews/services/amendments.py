"""An approved plan is changed: taken up, handed in again, and the calendar brought in line with it."""

from datetime import date, datetime, time

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.services.record import (
    ChangedMeanwhile,
    MeetingFacts,
    facts_of,
    replan_meeting,
    schedule_meeting,
)
from reviews.enums import Action
from reviews.models import Plan, PlanItem, PlanItemPart, Transition
from reviews.services.snapshots import ITEM_WORDS, Content, item_content, last_snapshot
from reviews.services.workflow import perform

# Which line it is and what became of it; everything else is what the line says.
NOT_SAID = ("pk", "meeting", "group_name")


@transaction.atomic
def discard_amendment(
    *, plan: Plan, actor: User, comment: str = "", now: datetime | None = None
) -> Transition:
    """The plan as it was approved is in force again, line by line."""
    approved = last_snapshot(plan, Action.AMEND)
    transition = perform(plan, Action.DISCARD, actor=actor, comment=comment, now=now)
    if approved is None:
        raise PermissionDenied  # nothing to go back to: cannot happen, and must not lose lines
    _restore(plan, approved)
    return transition


def put_on_calendar(*, plan: Plan, actor: User, now: datetime | None = None) -> None:
    """After approval: new lines are scheduled, changed ones moved, and what the amended plan leaves out is
    cancelled. What was held already stays. Raises ValidationError naming the line that cannot be."""
    before = last_snapshot(plan, Action.AMEND) if plan.is_amendment else None
    items = list(plan.items.select_related("group", "meeting").prefetch_related("parts"))
    if before:
        _cancel_left_out(before, {item.meeting_id for item in items}, actor, now)
    said = {line["pk"]: line for line in before["items"]} if before else {}
    for number, item in enumerate(items, 1):
        try:
            _follow(plan, item, said.get(item.pk), actor, now)
        except ValidationError as error:
            facts = {"number": number, "why": " ".join(error.messages)}
            raise ValidationError(_("Item %(number)s: %(why)s") % facts) from None


def _follow(plan: Plan, item: PlanItem, before: Content | None, actor: User, now: datetime | None) -> None:
    if item.meeting is None:
        item.meeting = schedule_meeting(
            organization=plan.organization, group=item.group, facts=_facts(item), actor=actor, now=now
        )
        item.save(update_fields=["meeting"])
    elif before and says(before) != says(item_content(item)):
        try:
            replan_meeting(meeting=item.meeting, group=item.group, facts=_facts(item), actor=actor, now=now)
        except ChangedMeanwhile:
            raise ValidationError(
                _("it was held or cancelled in the meantime and stays as it was.")
            ) from None


def says(line: Content) -> Content:
    """A line of a snapshot without what does not belong to its text."""
    return {name: value for name, value in line.items() if name not in NOT_SAID}


def _cancel_left_out(before: Content, kept: set[int | None], actor: User, now: datetime | None) -> None:
    gone = [line["meeting"] for line in before["items"] if line["meeting"] not in kept]
    meetings = Meeting.objects.filter(pk__in=gone, state=MeetingState.SCHEDULED)
    for meeting in meetings.select_related("organization"):
        perform(meeting, Action.DROP, actor=actor, comment=_("Left out of the amended plan"), now=now)


def _facts(item: PlanItem) -> MeetingFacts:
    said = facts_of(item.meeting) if item.meeting else None
    return MeetingFacts(
        kinds=tuple(item.kinds), theme=item.theme, day=item.day, starts=item.starts, place=item.place,
        problem=item.problem, category=item.category, chair=said.chair if said else None,
        recorder=said.recorder if said else None,
    )  # fmt: skip


def _restore(plan: Plan, content: Content) -> None:
    lines = {line["pk"]: line for line in content["items"]}
    plan.items.exclude(pk__in=lines).delete()
    for position, line in enumerate(content["items"], 1):
        item = PlanItem(pk=line["pk"], plan=plan, position=position, meeting_id=line["meeting"])
        for name in (*ITEM_WORDS, "budget"):
            setattr(item, name, line[name])
        item.day, item.group_id = date.fromisoformat(line["day"]), line["group"]
        item.starts = time.fromisoformat(line["starts"]) if line["starts"] else None
        item.save()
        item.parts.exclude(kind__in=line["kinds"]).delete()
        for kind in line["kinds"]:
            PlanItemPart.objects.get_or_create(item=item, kind=kind)
    Plan.objects.filter(pk=plan.pk).update(note=content["note"])
    plan.refresh_from_db(fields=["note"])
    getattr(plan, "_prefetched_objects_cache", {}).pop("items", None)
