"""What people are reminded of about plans, reviews and rectification. Importing it registers the kinds."""

from datetime import datetime

from meetings.enums import Period
from meetings.models import Meeting
from meetings.services.reminders.resolve import resolve
from reviews.models import Plan, Rectification
from reviews.services.reminders.papers import PLAN_REVIEW, RECORD_REVIEW
from reviews.services.reminders.plans import PLAN, number_of
from reviews.services.reminders.rectification import TO_MEND, TO_VERIFY

RECORD = "record"  # registered below, where meetings are


def resolve_about(subject: Plan | Meeting | Rectification, *, now: datetime) -> None:
    """A step was taken: what people were reminded of about this paper is done, at least for now."""
    kinds: tuple[str, ...] = (TO_MEND, TO_VERIFY)
    if isinstance(subject, Meeting):
        kinds = (RECORD, RECORD_REVIEW)
    elif isinstance(subject, Plan):
        kinds = (PLAN_REVIEW,)
        if subject.period == Period.QUARTER:
            missing = number_of(subject.organization_id, subject.span)
            resolve(source=PLAN, subjects=[missing], now=now)
    for kind in kinds:
        resolve(source=kind, subjects=[subject.pk], now=now)
