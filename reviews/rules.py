"""Who may take which step with a plan or a record. Used by the transition tables and by pages alike."""

from typing import TYPE_CHECKING

from meetings.rules import can_write_record, keeps_record_of, leads_branch, reviews_branch

if TYPE_CHECKING:
    from branchlife.models import User
    from meetings.models import Meeting
    from reviews.models import Plan


def writes_plan(user: "User", plan: "Plan") -> bool:
    return leads_branch(user, plan.organization)


def can_edit_plan(user: "User", plan: "Plan") -> bool:
    return writes_plan(user, plan) and plan.is_editable


def reviews_plan(user: "User", plan: "Plan") -> bool:
    """A reviewer above the branch who did not write the plan."""
    return reviews_branch(user, plan.organization) and plan.author_id != user.pk


def reviews_record(user: "User", meeting: "Meeting") -> bool:
    """A reviewer above the branch who did not write the record."""
    return reviews_branch(user, meeting.organization) and meeting.recorded_by_id != user.pk


__all__ = [
    "can_edit_plan",
    "can_write_record",
    "keeps_record_of",
    "reviews_plan",
    "reviews_record",
    "writes_plan",
]
