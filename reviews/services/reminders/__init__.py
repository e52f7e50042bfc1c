"""What people are reminded of about plans, reviews, rectification, re-checks. Importing registers the kinds."""

from datetime import datetime

from meetings.enums import Period
from meetings.models import Meeting
from meetings.periods import span_of
from meetings.services.reminders.resolve import resolve
from reviews.models import Inspection, Plan, Rectification, Visit
from reviews.services.reminders.contacts import PROMISE
from reviews.services.reminders.inspections import TO_RECHECK
from reviews.services.reminders.papers import PLAN_REVIEW, RECORD_REVIEW
from reviews.services.reminders.plans import QUARTER_PLAN, YEAR_PLAN, number_of
from reviews.services.reminders.rectification import TO_MEND, TO_VERIFY
from reviews.services.reminders.returned import PLAN_RETURNED, RECORD_RETURNED

__all__ = ["PROMISE", "resolve_about"]

RECORD = "record"  # registered below, where meetings are
KINDS: dict[type, tuple[str, ...]] = {
    Meeting: (RECORD, RECORD_REVIEW, RECORD_RETURNED),
    Plan: (PLAN_REVIEW, PLAN_RETURNED),
    Rectification: (TO_MEND, TO_VERIFY),
    Visit: (TO_RECHECK,),
    Inspection: (),
}


def resolve_about(subject: Plan | Meeting | Rectification | Inspection | Visit, *, now: datetime) -> None:
    """A step was taken: what people were reminded of about this paper is done, at least for now."""
    about = {kind: [subject.pk] for kind in KINDS[type(subject)]}
    if isinstance(subject, Plan):
        about |= _missing_before(subject)
    resolve(about=about, now=now)


def _missing_before(plan: Plan) -> dict[str, list[int]]:
    """It is there; and whoever plans by the quarter is not asked for the year's."""
    found = {YEAR_PLAN: [number_of(plan.organization_id, span_of(Period.YEAR, plan.period_start))]}
    if plan.period == Period.QUARTER:
        found[QUARTER_PLAN] = [number_of(plan.organization_id, plan.span)]
    return found
