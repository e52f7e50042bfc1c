"""What people are reminded of about plans, reviews, rectification, re-checks. Importing registers the kinds."""

from datetime import datetime

from meetings.enums import Period
from meetings.models import Meeting
from meetings.services.reminders.resolve import resolve
from reviews.models import Inspection, Plan, Rectification, Visit
from reviews.services.reminders.contacts import PROMISE
from reviews.services.reminders.inspections import TO_RECHECK
from reviews.services.reminders.papers import PLAN_REVIEW, RECORD_REVIEW
from reviews.services.reminders.plans import PLAN, number_of
from reviews.services.reminders.rectification import TO_MEND, TO_VERIFY

__all__ = ["PLAN", "PROMISE", "resolve_about"]

RECORD = "record"  # registered below, where meetings are


def resolve_about(subject: Plan | Meeting | Rectification | Inspection | Visit, *, now: datetime) -> None:
    """A step was taken: what people were reminded of about this paper is done, at least for now."""
    kinds: tuple[str, ...] = ()
    if isinstance(subject, Meeting):
        kinds = (RECORD, RECORD_REVIEW)
    elif isinstance(subject, Rectification):
        kinds = (TO_MEND, TO_VERIFY)
    elif isinstance(subject, Visit):
        kinds = (TO_RECHECK,)
    elif isinstance(subject, Plan):
        kinds = (PLAN_REVIEW,)
        if subject.period == Period.QUARTER:
            missing = number_of(subject.organization_id, subject.span)
            resolve(source=PLAN, subjects=[missing], now=now)
    for kind in kinds:
        resolve(source=kind, subjects=[subject.pk], now=now)
