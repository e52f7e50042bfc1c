"""Who may take which step with a plan, a record or a rectification item. Used by the transition tables and by
pages alike."""

from enum import Enum
from typing import TYPE_CHECKING

from django.utils import timezone

from meetings.enums import ACCEPTED_STATES, DISCHARGING, MeetingState, Role
from meetings.rules import (
    administers,
    can_write_record,
    keeps_record_of,
    leads_branch,
    review_seats,
    reviews_branch,
)
from meetings.scope import Seat, scope_of
from reviews.enums import PlanState

if TYPE_CHECKING:
    from branchlife.models import User
    from meetings.models import Meeting, Organization
    from reviews.models import ContactPoint, GoodCase, Plan, Rectification, Stay


class Say(Enum):
    """What a reviewer's word does with a paper that lies on a desk."""

    NOTHING = "nothing"
    PASSES_ON = "passes_on"
    DECIDES = "decides"


def desk_of(paper: "Plan | Meeting") -> "Stay | None":
    """Where the paper lies now. Asked once per object, or read together with it (``with_desk``)."""
    known = paper.__dict__
    if "_desk" not in known and "desk_asked" in known:
        known["_desk"] = known.get("lying")
    if "_desk" not in known:
        stays = paper.stays.filter(until__isnull=True)
        known["_desk"] = stays.select_related("organization", "last", "branch").first()
    desk: Stay | None = known["_desk"]
    return desk


def remember_desk(paper: "Plan | Meeting", desk: "Stay | None") -> None:
    """For whoever has just put it there, or has read it together with the paper."""
    paper.__dict__["_desk"] = desk


def writer_of(paper: "Plan | Meeting") -> int | None:
    return paper.author_id if paper._meta.model_name == "plan" else paper.recorded_by_id  # type: ignore[union-attr]


def deciding_seats(user: "User", paper: "Plan | Meeting") -> list[Seat]:
    """The seats from which this user may decide about the paper at all: nobody decides about a paper of
    their own or of the branch they lead, and nobody stands in for somebody who may not."""
    desk = desk_of(paper)
    writers = {writer_of(paper), desk.handed_in_by_id if desk else None} - {None}
    if user.pk in writers:
        return []
    return [seat for seat in review_seats(user, paper.organization) if seat.grantor_id not in writers]


def say_of(user: "User", paper: "Plan | Meeting") -> Say:
    """What this user's word does now.

    A desk belongs to the reviewers of its organization, and of those above it that lie below the next desk.
    Once a desk is late, those who decide in the end may take the paper over. A paper that lies on no desk
    is everybody's above the branch.
    """
    seats = deciding_seats(user, paper)
    desk = desk_of(paper)
    if not seats or desk is None:
        return Say.DECIDES if seats else Say.NOTHING
    if any(_sits_at(seat, desk) for seat in seats):
        return Say.DECIDES if desk.is_last else Say.PASSES_ON
    takes_over = desk.is_late(timezone.localdate()) and any(_sits_above(seat, desk) for seat in seats)
    return Say.DECIDES if takes_over else Say.NOTHING


def _sits_at(seat: Seat, desk: "Stay") -> bool:
    here = desk.organization.path.startswith(seat.path)
    return here and (desk.is_last or not _sits_above(seat, desk))


def _sits_above(seat: Seat, desk: "Stay") -> bool:
    return desk.last is not None and desk.last.path.startswith(seat.path)


def seat_lent_by(user: "User", paper: "Plan | Meeting") -> int | None:
    """Whose seat a decision is taken from, where the user has none of their own for it."""
    seats = deciding_seats(user, paper)
    lenders = [seat.grantor_id for seat in seats]
    return None if not seats or None in lenders else lenders[0]


def reviews_paper(user: "User", paper: "Plan | Meeting") -> bool:
    """A reviewer on whose desk it lies, who neither wrote it nor leads the branch."""
    return say_of(user, paper) is not Say.NOTHING


def passes_on(user: "User", paper: "Plan | Meeting") -> bool:
    return say_of(user, paper) is Say.PASSES_ON


def decides(user: "User", paper: "Plan | Meeting") -> bool:
    return say_of(user, paper) is Say.DECIDES


def writes_plan(user: "User", plan: "Plan") -> bool:
    return leads_branch(user, plan.organization)


def can_edit_plan(user: "User", plan: "Plan") -> bool:
    return writes_plan(user, plan) and plan.is_editable


def _lies_unread(paper: "Plan | Meeting") -> bool:
    """No reviewer has agreed to it yet."""
    desk = desk_of(paper)
    return desk is None or desk.step <= 1


def withdraws_plan(user: "User", plan: "Plan") -> bool:
    return writes_plan(user, plan) and not plan.is_amendment and _lies_unread(plan)


def takes_back_amendment(user: "User", plan: "Plan") -> bool:
    return writes_plan(user, plan) and plan.is_amendment and _lies_unread(plan)


def writes_amendment(user: "User", plan: "Plan") -> bool:
    return writes_plan(user, plan) and plan.is_amendment


def closes_plan(user: "User", plan: "Plan") -> bool:
    """The branch's secretary, once the period is over and nothing of the plan is left open."""
    return writes_plan(user, plan) and plan.period_end < timezone.localdate() and not has_open_items(plan)


def has_open_items(plan: "Plan") -> bool:
    """Whether something of the plan was neither held and accepted nor cancelled."""
    settled = (MeetingState.ACCEPTED, MeetingState.ARCHIVED, MeetingState.CANCELLED)
    return plan.items.exclude(meeting__state__in=settled).exists()


def archives_record(user: "User", meeting: "Meeting") -> bool:
    """A reviewer above the branch who did not write the record."""
    return bool(deciding_seats(user, meeting))


def marks_case(user: "User", paper: "Plan | Meeting") -> bool:
    """A reviewer above the branch, of what was approved or accepted and is not the own paper."""
    done = (PlanState.APPROVED, PlanState.CLOSED, *ACCEPTED_STATES)
    return paper.state in done and bool(deciding_seats(user, paper))


def withdraws_case(user: "User", case: "GoodCase") -> bool:
    """A reviewer of the organization that marked it, or above."""
    return bool(review_seats(user, case.owner))


def withdraws_record(user: "User", meeting: "Meeting") -> bool:
    return keeps_record_of(user, meeting) and _lies_unread(meeting)


def approves_amendments(user: "User", meeting: "Meeting") -> bool:
    """Whoever may approve the plan that leaves a meeting out."""
    return reviews_branch(user, meeting.organization)


def is_held(meeting: "Meeting") -> bool:
    """It took place, by what the branch wrote down."""
    return meeting.state in DISCHARGING


def evaluates_meeting(user: "User", meeting: "Meeting") -> bool:
    """A reviewer above the branch who did not write the record; nobody stands in for its writer."""
    writer = meeting.recorded_by_id
    seats = review_seats(user, meeting.organization)
    return user.pk != writer and any(writer is None or seat.grantor_id != writer for seat in seats)


def sits_in(user: "User", meeting: "Meeting") -> bool:
    """Somebody from above: a reviewer or an administrator who does not lead the branch."""
    scope, path = scope_of(user), meeting.organization.path
    above = scope.holds(Role.REVIEWER, path) or scope.holds(Role.ADMINISTRATOR, path)
    return above and not leads_branch(user, meeting.organization)


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
    branch, or its secretary where the branch set the task itself. Nobody stands in for one of those two."""
    if user.pk == item.claimed_by_id or owns_rectification(user, item):
        return False
    own_task = not item.from_above and leads_branch(user, item.organization)
    seats = review_seats(user, item.organization)
    return own_task or any(not seat.grantor_id or not _did(seat.grantor_id, item) for seat in seats)


def _did(user_id: int, item: "Rectification") -> bool:
    """Reported it as done, or is the one responsible."""
    return user_id in (item.claimed_by_id, item.owner and item.owner.user_id)


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


def names_contacts(user: "User", organization: "Organization") -> bool:
    """Who looks after a branch is decided above it."""
    return reviews_branch(user, organization) or (
        administers(user, organization) and not leads_branch(user, organization)
    )


def writes_contact(user: "User", contact: "ContactPoint") -> bool:
    """The cadre, or the committee's people for the cadre."""
    own = scope_of(user).member_id == contact.cadre_id
    return own or names_contacts(user, contact.organization)


__all__ = [
    "Say",
    "approves_amendments",
    "archives_record",
    "arranges_rectification",
    "can_edit_plan",
    "can_write_record",
    "closes_plan",
    "decides",
    "deciding_seats",
    "desk_of",
    "evaluates_meeting",
    "has_open_items",
    "is_held",
    "keeps_record_of",
    "marks_case",
    "mends_rectification",
    "names_contacts",
    "owns_rectification",
    "passes_on",
    "raises_rectification",
    "remember_desk",
    "reviews_paper",
    "revokes_rectification",
    "say_of",
    "seat_lent_by",
    "sets_rectification_terms",
    "sits_in",
    "takes_back_amendment",
    "verifies_rectification",
    "withdraws_case",
    "withdraws_plan",
    "withdraws_record",
    "writer_of",
    "writes_amendment",
    "writes_contact",
    "writes_plan",
]
