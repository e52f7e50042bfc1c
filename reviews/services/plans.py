"""Drafting, saving, handing in and deciding on plans."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import Audience, audience_of
from meetings.models import Organization
from meetings.periods import Span
from reviews.enums import Action
from reviews.models import Plan, PlanItem, PlanItemPart, Transition
from reviews.rules import passes_on, writes_plan
from reviews.services.amendments import put_on_calendar
from reviews.services.desks import open_first_desk
from reviews.services.proposals import ItemDraft, propose_items
from reviews.services.workflow import FindingDraft, StaleState, perform

__all__ = [
    "ItemDraft",
    "PlanExists",
    "agree_to_plan",
    "approve_plan",
    "content_of",
    "create_plan",
    "has_content",
    "propose_items",
    "return_plan",
    "save_plan",
    "submit_plan",
]

# What a draft and a stored item say in the same words.
ITEM_COLUMNS = (
    "day", "starts", "group", "theme", "problem", "category", "place", "participants", "lecturer", "budget",
    "fixed",
)  # fmt: skip


class PlanExists(ValidationError):
    """The branch already has a plan for the period."""


@transaction.atomic
def create_plan(
    *, organization: Organization, span: Span, items: Sequence[ItemDraft], note: str = "", actor: User,
    submit: bool = False, now: datetime | None = None,
) -> Plan:  # fmt: skip
    """A new draft; with ``submit`` also handed in.

    Raises PlanExists when the branch already has a plan for the period (however close together two
    presses were), ValidationError for wrong items, PermissionDenied when it is not theirs to write.
    """
    plan = Plan(
        organization=organization, period=span.period, period_start=span.start, period_end=span.end,
        author=actor, note=note,
    )  # fmt: skip
    if not writes_plan(actor, plan):
        raise PermissionDenied
    _insert(plan)
    _replace_items(plan, items)
    Transition.objects.create(
        plan=plan,
        action=Action.CREATE,
        from_state="",
        to_state=plan.state,
        actor=actor,
        at=now or timezone.now(),
    )
    open_first_desk(plan=plan, now=now or timezone.now())
    record_event(actor=actor, action="plan.create", subject=plan, chain=organization.chain, now=now)
    if submit:
        submit_plan(plan=plan, actor=actor, now=now)
    return plan


def _insert(plan: Plan) -> None:
    """The database decides who was first; the savepoint keeps the transaction usable after a refusal."""
    try:
        with transaction.atomic():
            plan.save(force_insert=True)
    except IntegrityError:
        of_branch = Plan.objects.filter(organization=plan.organization)
        if not of_branch.filter(period=plan.period, period_start=plan.period_start).exists():
            raise
        raise PlanExists(_("The branch already has a plan for this period.")) from None


@transaction.atomic
def save_plan(
    *, plan: Plan, version: int, items: Sequence[ItemDraft], note: str, actor: User, submit: bool = False,
    now: datetime | None = None,
) -> Plan:  # fmt: skip
    """Write the corrected lines of a draft or returned plan; with ``submit`` also hand it in.

    ``version`` is the one the writer's page was made from: raises StaleState when the plan has changed
    since or is no longer the writer's, ValidationError for wrong items.
    """
    if not writes_plan(actor, plan):
        raise PermissionDenied
    unchanged = Plan.objects.filter(pk=plan.pk, version=version, state=plan.state)
    if not plan.is_editable or not unchanged.update(version=F("version") + 1, note=note):
        raise StaleState
    plan.refresh_from_db(fields=["version", "note", "state"])
    _replace_items(plan, items)
    record_event(
        actor=actor, action="plan.save", subject=plan, chain=plan.organization.chain,
        difference={"items": len(items)}, now=now,
    )  # fmt: skip
    if submit:
        submit_plan(plan=plan, actor=actor, now=now)
    return plan


def has_content(plan: Plan, *, items: Sequence[ItemDraft], note: str) -> bool:
    """Whether the plan already says exactly this: the same form sent twice loses nobody's words. What was
    held is not on the form."""
    open_items = [item for item in plan.items.select_related("group", "meeting") if not item.is_settled]
    return plan.note == note and _contents(open_items) == _contents(items)


def _contents(lines: Iterable[PlanItem | ItemDraft]) -> list[tuple[object, ...]]:
    return sorted(map(content_of, lines), key=str)


def content_of(line: PlanItem | ItemDraft) -> tuple[object, ...]:
    """What a line says, comparable between a stored item and a draft."""
    return (*(getattr(line, name) for name in ITEM_COLUMNS), tuple(sorted(line.kinds)))


@transaction.atomic
def submit_plan(*, plan: Plan, actor: User, now: datetime | None = None) -> Transition:
    """Hand the plan in. Raises ValidationError for an empty plan."""
    if not plan.items.exists():
        raise ValidationError(_("A plan needs at least one item before it is handed in."))
    return perform(plan, Action.SUBMIT, actor=actor, now=now)


@transaction.atomic
def approve_plan(*, plan: Plan, actor: User, comment: str = "", now: datetime | None = None) -> Transition:
    """Approve, and bring the branch's calendar in line with the plan. Raises ValidationError naming an item
    that cannot be held, such as one after the branch was dissolved."""
    transition = perform(plan, Action.APPROVE, actor=actor, comment=comment, now=now)
    put_on_calendar(plan=plan, actor=actor, now=now)
    return transition


@transaction.atomic
def agree_to_plan(*, plan: Plan, actor: User, comment: str = "", now: datetime | None = None) -> Transition:
    """What a reviewer's yes means on the desk where the plan lies: approved, or passed on to the next."""
    if passes_on(actor, plan):
        return perform(plan, Action.FORWARD, actor=actor, comment=comment, now=now)
    return approve_plan(plan=plan, actor=actor, comment=comment, now=now)


@transaction.atomic
def return_plan(
    *,
    plan: Plan,
    findings: Sequence[FindingDraft],
    actor: User,
    comment: str = "",
    now: datetime | None = None,
) -> Transition:
    """Send the plan back with at least one finding."""
    return perform(plan, Action.RETURN, actor=actor, comment=comment, findings=findings, now=now)


def _replace_items(plan: Plan, items: Sequence[ItemDraft]) -> None:
    """Rows keep their identity where the draft names one, so that findings stay pinned to them. What was
    held (or cancelled) already stays as it is."""
    known = {
        item.pk: item for item in plan.items.select_related("group", "meeting").prefetch_related("parts")
    }
    settled = {pk: known.pop(pk) for pk, item in list(known.items()) if item.is_settled}
    for position, draft in enumerate(items, 1):
        _check_item(plan, position, draft, settled)
    named = {draft.pk for draft in items}
    plan.items.filter(pk__in=known.keys() - named).delete()
    for position, draft in enumerate(items, 1):
        if draft.pk in settled:
            continue
        # A row is replaced once: a second draft that names it becomes a row of its own.
        item = known.pop(draft.pk) if draft.pk in known else PlanItem(plan=plan)
        _save_item(item, position, draft)
    # Items that were read ahead for a page are out of date now.
    getattr(plan, "_prefetched_objects_cache", {}).pop("items", None)


def _save_item(item: PlanItem, position: int, draft: ItemDraft) -> None:
    item.position = position
    for name in ITEM_COLUMNS:
        setattr(item, name, getattr(draft, name))
    item.save()
    item.parts.exclude(kind__in=draft.kinds).delete()
    for kind in draft.kinds:
        PlanItemPart.objects.get_or_create(item=item, kind=kind)


def _check_item(plan: Plan, position: int, draft: ItemDraft, settled: Mapping[int, PlanItem]) -> None:
    number = {"number": position}
    before = settled.get(draft.pk) if draft.pk else None
    if before and content_of(before) != content_of(draft):
        sentence = _("Item %(number)s was held or cancelled in the meantime and stays as it was.")
        raise ValidationError(sentence % number)
    if draft.day not in plan.span:
        raise ValidationError(_("Item %(number)s: the day lies outside the plan's period.") % number)
    if not draft.kinds:
        raise ValidationError(_("Item %(number)s: choose at least one kind of meeting.") % number)
    for_group = audience_of(list(draft.kinds)) == Audience.GROUP
    if for_group != (draft.group is not None):
        sentence = _("Item %(number)s: a group meeting names its group, other kinds have none.")
        raise ValidationError(sentence % number)
    if draft.group and draft.group.organization_id != plan.organization_id:
        raise ValidationError(_("Item %(number)s: the group belongs to another branch.") % number)
