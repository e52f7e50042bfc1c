"""回头看: looking again at what was found at a visit. Only that closes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import User
from reviews.enums import UNSETTLED, Action, RectificationState
from reviews.inspection_rules import rechecks_visit
from reviews.models import Rectification, Visit
from reviews.models.rectification import RectificationQuerySet
from reviews.services.inspections.visits import recheck_day
from reviews.services.rectification import take_item_step
from reviews.services.workflow import StaleState, perform


@dataclass(frozen=True)
class Remark:
    """What a re-check says of one item: put right, or what is still missing."""

    is_mended: bool
    missing: str = ""


def items_to_recheck(visit: Visit) -> RectificationQuerySet:
    """Everything that was found and not revoked, what somebody has verified meanwhile included."""
    return visit.items().exclude(state=RectificationState.REVOKED).select_related("organization")


def is_ready(visit: Visit) -> bool:
    """Whether a re-check is proposed: the branch has said of everything that it is done."""
    return not visit.items().open().exists()


@transaction.atomic
def recheck_visit(
    *,
    visit: Visit,
    version: int,
    remarks: Mapping[int, Remark],
    actor: User,
    comment: str = "",
    recheck_on: date | None = None,
    now: datetime | None = None,
) -> bool:
    """回头看: of every item not revoked somebody has looked whether it is put right; ``remarks`` by item.

    What is put right and only reported so far is verified; what is not is reopened, and a new day is set. All
    put right closes the visit; returns whether it did. Raises StaleState, PermissionDenied, ValidationError.
    """
    now = now or timezone.now()
    if visit.version != version:
        raise StaleState
    if not rechecks_visit(actor, visit):
        raise PermissionDenied
    items = list(items_to_recheck(visit))
    if {item.pk for item in items} != set(remarks):
        raise StaleState
    mended = [_settle(item, remarks[item.pk], actor, now) for item in items]
    if all(mended):
        perform(visit, Action.CONFIRM, actor=actor, comment=comment, now=now)
        return True
    columns = {"recheck_on": recheck_day(visit, recheck_on, timezone.localdate(now))}
    said = comment or "；".join(each.missing for each in remarks.values() if not each.is_mended)
    perform(visit, Action.RECHECK, actor=actor, comment=said, columns=columns, now=now)
    return False


def _settle(item: Rectification, remark: Remark, actor: User, now: datetime) -> bool:
    """Raises ValidationError where the branch has not yet said that it is done, or nobody says what is missing."""
    if not remark.is_mended:
        _reopen(item, remark.missing, actor, now)
        return False
    if item.is_open:
        sentence = _("“%(problem)s”: the branch has not reported it as done yet.")
        raise ValidationError(sentence % {"problem": item.problem})
    if item.state in UNSETTLED:
        take_item_step(item=item, action=Action.VERIFY, version=item.version, actor=actor, now=now)
    return True


def _reopen(item: Rectification, missing: str, actor: User, now: datetime) -> None:
    """What the branch still has to do anyway stays open as it is."""
    if not missing.strip():
        raise ValidationError(_("“%(problem)s”: say what is still missing.") % {"problem": item.problem})
    if not item.is_open:
        take_item_step(
            item=item, action=Action.REOPEN, version=item.version, comment=missing, actor=actor, now=now
        )
