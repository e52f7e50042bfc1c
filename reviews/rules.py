"""Who may take which step with a plan, a record or a rectification item. Used by the transition tables and by
pages alike."""

from typing import TYPE_CHECKING

from meetings.rules import can_write_record, keeps_record_of, leads_branch, reviews_branch
from meetings.scope import scope_of

if TYPE_CHECKING:
    from branchlife.models import User
    from meetings.models import Meeting, Organization
    from reviews.models import Plan, Rectification


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


def raises_rectification(user: "User", organization: "Organization") -> bool:
    """The branch's secretary for the own branch, and the reviewers above it."""
    return leads_branch(user, organization) or reviews_branch(user, organization)


def owns_rectification(user: "User", item: "Rectification") -> bool:
    return item.owner_id is not None and scope_of(user).member_id == item.owner_id


def mends_rectification(user: "User", item: "Rectification") -> bool:
    """The branch's secretary, or the member who is responsible."""
    return leads_branch(user, item.organization) or owns_rectification(user, item)


def verifies_rectification(user: "User", item: "Rectification") -> bool:
    """Somebody else than the one who reported it as done and the one responsible: a reviewer above the
    branch, or its secretary where the branch set the task itself."""
    if user.pk == item.claimed_by_id or owns_rectification(user, item):
        return False
    own_task = not item.from_above and leads_branch(user, item.organization)
    return own_task or reviews_branch(user, item.organization)


def revokes_rectification(user: "User", item: "Rectification") -> bool:
    """A reviewer above the branch, or whoever raised what the branch set itself."""
    own_task = not item.from_above and item.raised_by_id == user.pk
    return reviews_branch(user, item.organization) or (own_task and leads_branch(user, item.organization))


def sets_rectification_terms(user: "User", item: "Rectification") -> bool:
    """Deadline and problem belong to whoever asks for it; measure and owner to the branch."""
    return item.is_open and (
        reviews_branch(user, item.organization)
        or (not item.from_above and leads_branch(user, item.organization))
    )


def arranges_rectification(user: "User", item: "Rectification") -> bool:
    return item.is_open and (leads_branch(user, item.organization) or sets_rectification_terms(user, item))


__all__ = [
    "arranges_rectification",
    "can_edit_plan",
    "can_write_record",
    "keeps_record_of",
    "mends_rectification",
    "owns_rectification",
    "raises_rectification",
    "reviews_plan",
    "reviews_record",
    "revokes_rectification",
    "sets_rectification_terms",
    "verifies_rectification",
    "writes_plan",
]
