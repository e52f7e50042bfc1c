"""Holding up a plan or a record as an example, and what of it is shared."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.enumeration import enumerated
from branchlife.models import User
from meetings.enums import MeetingKind
from meetings.models import Meeting, Organization
from meetings.period_names import period_name
from meetings.rules import review_seats
from reviews.models import GoodCase, Plan
from reviews.rules import marks_case, withdraws_case

# What of a line is shared: topics and questions, never minutes, places, names or money.
SHARED = ("theme", "problem", "category")


@transaction.atomic
def mark_case(*, paper: Plan | Meeting, reason: str, actor: User, now: datetime | None = None) -> GoodCase:
    """Mark an approved plan or an accepted record as an example for everybody below the actor's committee.

    Raises PermissionDenied, or ValidationError without a reason or where it is marked already.
    """
    now = now or timezone.now()
    if not marks_case(actor, paper):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is an example.")})
    owner = Organization.objects.get(pk=review_seats(actor, paper.organization)[0].organization_id)
    case = _insert(
        GoodCase(
            **{str(paper._meta.model_name): paper}, owner=owner, title=title_of(paper), reason=reason.strip(),
            lines=lines_of(paper), marked_by=actor, marked_at=now,
        )
    )  # fmt: skip
    _record("case.mark", case, actor, now)
    return case


@transaction.atomic
def withdraw_case(*, case: GoodCase, actor: User, now: datetime | None = None) -> None:
    """It is an example no longer; plans copied from it stay as they are."""
    now = now or timezone.now()
    if not withdraws_case(actor, case):
        raise PermissionDenied
    if GoodCase.objects.standing().filter(pk=case.pk).update(withdrawn_at=now):
        _record("case.withdraw", case, actor, now)


def title_of(paper: Plan | Meeting) -> str:
    """The theme of a meeting, or whose plan for which period; in the language of the site."""
    return (
        paper.theme
        if isinstance(paper, Meeting)
        else f"{paper.organization.name} · {period_name(paper.span)}"
    )


def lines_of(paper: Plan | Meeting) -> list[dict[str, Any]]:
    """``month`` counts from the first month of the plan's period."""
    if isinstance(paper, Meeting):
        return [_line(paper, list(paper.kinds), 0)]
    items = paper.items.prefetch_related("parts")
    return [
        _line(item, list(item.kinds), _months(paper.period_start, item.day), item.fixed, item.participants)
        for item in items
    ]


def _line(row: Any, kinds: list[str], month: int, fixed: str = "", participants: str = "") -> dict[str, Any]:
    shared = {name: getattr(row, name) for name in SHARED}
    return shared | {"kinds": kinds, "month": month, "fixed": fixed, "participants": participants}


def _months(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


def kinds_of(line: dict[str, Any]) -> str:
    return enumerated(MeetingKind(kind).label for kind in line["kinds"])


def _insert(case: GoodCase) -> GoodCase:
    """The database decides between equal requests."""
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        raise ValidationError(_("This is marked as an example already.")) from None
    return case


def _record(action: str, case: GoodCase, actor: User, now: datetime) -> None:
    record_event(
        actor=actor, action=action, subject=case, chain=case.owner.chain, difference={"title": case.title},
        now=now,
    )  # fmt: skip
