"""The chains of review as rules: what a new database starts with, and setting one for an organization."""

from datetime import date, datetime
from typing import Any

from django.apps.registry import Apps
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import Confidence
from meetings.models import Organization
from meetings.rules import administers
from meetings.services.rulebook.versions import put_in_force
from reviews.enums import Paper
from reviews.models import ReviewChain

SINCE = date(2019, 1, 1)


def install_national_chains(*, apps: Apps | None = None, **kwargs: Any) -> None:
    """After ``migrate``: what holds where no organization has set anything. Changed rules are left alone."""
    if apps is not None and "reviewchain" not in apps.all_models["reviews"]:
        return
    known = set(ReviewChain.objects.filter(owner=None).values_list("code", flat=True))
    ReviewChain.objects.bulk_create(
        ReviewChain(
            code=paper,
            route=ReviewChain.DEFAULT,
            confidence=Confidence.LOCAL,
            valid_from=SINCE,
            position=place,
        )
        for place, paper in enumerate(Paper, 1)
        if paper not in known
    )


@transaction.atomic
def set_chain(
    *,
    owner: Organization,
    code: str,
    route: str,
    valid_from: date,
    note: str = "",
    actor: User,
    now: datetime | None = None,
) -> ReviewChain:
    """From that day on papers handed in below the owner go this way. Raises PermissionDenied where the actor
    does not administer the owner, ValidationError for an impossible day, StaleRule."""
    if not administers(actor, owner):
        raise PermissionDenied
    if valid_from < timezone.localdate(now):
        raise ValidationError({"valid_from": _("A chain changes from today on at the earliest.")})
    chain = ReviewChain(
        owner=owner, code=code, route=route, note=note, valid_from=valid_from, confidence=Confidence.LOCAL
    )
    put_in_force(rule=chain, actor=actor, now=now)
    return chain
