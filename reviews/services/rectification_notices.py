"""Putting open items of one branch on a numbered notice."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.enums import Role
from meetings.models import Organization
from meetings.rules import reviews_branch
from meetings.scope import scope_of
from meetings.services.notices import tell
from reviews.models import Rectification, RectificationNotice
from reviews.services.notices import secretaries_of

TRIES = 5
MOST_ITEMS = 30


@transaction.atomic
def issue_notice(
    *, items: Sequence[Rectification], occasion: str, actor: User, now: datetime | None = None
) -> RectificationNotice:
    """One notice for open items that the committee asked for and that stand on none yet.

    Raises PermissionDenied when the branch is not this user's to review, ValidationError when the items do
    not fit on one notice. Its number is the issuer's next one of the year; the branch has until the last
    item's day to report back.
    """
    now = now or timezone.now()
    organization = _one_branch(items)
    if not reviews_branch(actor, organization):
        raise PermissionDenied
    notice = RectificationNotice(
        issuer=issuer_for(actor, organization), organization=organization, occasion=occasion.strip(),
        issued_on=timezone.localdate(now), issued_by=actor,
        reply_by=max(*(item.due_on for item in items), timezone.localdate(now)),
    )  # fmt: skip
    _insert_numbered(notice)
    free = Rectification.objects.open().filter(pk__in=[item.pk for item in items], notice=None)
    if free.update(notice=notice) != len(items):
        raise ValidationError(_("One of the items stands on a notice already, or is no longer open."))
    record_event(
        actor=actor, action="rectification.notice", subject=notice, chain=organization.chain, now=now,
        difference={"items": [item.pk for item in items]},
    )  # fmt: skip
    tell(
        people=secretaries_of(organization, timezone.localdate(now)) - {actor.pk},
        code="rectification.notice",
        values={
            "organization": organization.name,
            "code": notice.code,
            "due_on": notice.reply_by.isoformat(),
        },
        url=f"/rectification-notices/{notice.pk}/",
        now=now,
    )
    return notice


def _one_branch(items: Sequence[Rectification]) -> Organization:
    if not items:
        raise ValidationError(_("Choose at least one item."))
    if len(items) > MOST_ITEMS:
        raise ValidationError(_("A notice holds at most %(n)s items.") % {"n": MOST_ITEMS})
    if len({item.organization_id for item in items}) > 1:
        raise ValidationError(_("A notice goes to one branch: choose items of one branch only."))
    if not all(item.from_above and item.is_open and item.notice_id is None for item in items):
        raise ValidationError(_("One of the items stands on a notice already, or is no longer open."))
    return items[0].organization


def issuer_for(actor: User, organization: Organization) -> Organization:
    """The nearest organization above the branch for which the user reviews."""
    above = [path for path in scope_of(actor).paths(Role.REVIEWER) if organization.path.startswith(path)]
    issuer: Organization = Organization.objects.get(path=max(above, key=len))
    return issuer


def _insert_numbered(notice: RectificationNotice) -> None:
    """The database decides who gets a number; the loser takes the next one."""
    notice.year = notice.issued_on.year
    for attempt in range(TRIES):
        last = RectificationNotice.objects.filter(issuer=notice.issuer, year=notice.year)
        notice.number = (last.aggregate(last=Max("number"))["last"] or 0) + 1
        notice.clean_fields()
        try:
            with transaction.atomic():
                notice.save(force_insert=True)
            return
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
