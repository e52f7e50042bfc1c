"""Who may take which step with an inspection and with a visit it leads to. Used by the transition tables and
by pages alike."""

from typing import TYPE_CHECKING

from meetings.enums import Role
from meetings.rules import leads_branch, review_seats, reviews_branch
from meetings.scope import scope_of
from reviews.enums import UNSETTLED, InspectionState, VisitAnswerValue, VisitState

if TYPE_CHECKING:
    from branchlife.models import User
    from meetings.models import Organization
    from reviews.models import Inspection, Visit


OVERSEERS = (Role.REVIEWER, Role.ADMINISTRATOR)


def can_open_inspections(user: "User") -> bool:
    """Reviewers, for the organizations at which they sit."""
    return bool(scope_of(user).paths(Role.REVIEWER))


def runs_inspections_of(user: "User", organization: "Organization") -> bool:
    """A reviewer of the organization that inspects, or of one above it."""
    return bool(review_seats(user, organization))


def runs_inspection(user: "User", inspection: "Inspection") -> bool:
    return runs_inspections_of(user, inspection.organization)


def is_of_branch(user: "User", branch: "Organization") -> bool:
    """A member of the branch, or somebody with a post there."""
    scope = scope_of(user)
    return scope.branch_id == branch.pk or any(seat.organization_id == branch.pk for seat in scope.seats)


def is_inspector(user: "User", visit: "Visit") -> bool:
    """Named for this visit, and (still) not of the branch."""
    named = any(each.pk == user.pk for each in visit.inspectors.all())
    return named and not is_of_branch(user, visit.organization)


def oversees_visit(user: "User", visit: "Visit") -> bool:
    """Runs the inspection and does not lead the branch."""
    return runs_inspection(user, visit.inspection) and not leads_branch(user, visit.organization)


def starts_inspection(user: "User", inspection: "Inspection") -> bool:
    """Whoever begins the first visit, or runs the inspection."""
    return runs_inspection(user, inspection) or inspection.visits.filter(inspectors=user).exists()


def closes_inspection(user: "User", inspection: "Inspection") -> bool:
    """Whoever runs it, once no visit is to come, going on or waiting for its re-check."""
    done = (VisitState.CLOSED, VisitState.CALLED_OFF)
    return runs_inspection(user, inspection) and not inspection.visits.exclude(state__in=done).exists()


def reports_findings(user: "User", visit: "Visit") -> bool:
    """An inspector whose checklist is complete and says no somewhere."""
    said = _said(visit) if is_inspector(user, visit) else {""}
    return "" not in said and VisitAnswerValue.NO in said


def finds_nothing(user: "User", visit: "Visit") -> bool:
    """An inspector whose checklist is complete and says no nowhere."""
    said = _said(visit) if is_inspector(user, visit) else {""}
    return bool(said) and not said & {"", VisitAnswerValue.NO}


def _said(visit: "Visit") -> set[str]:
    return set(visit.answers.values_list("answer", flat=True))


def rechecks_visit(user: "User", visit: "Visit") -> bool:
    """A reviewer at or above the branch who does not lead it: the same who verify its items."""
    return reviews_branch(user, visit.organization)


def confirms_visit(user: "User", visit: "Visit") -> bool:
    """The same, once everything found is verified (or revoked)."""
    return rechecks_visit(user, visit) and not visit.items().filter(state__in=UNSETTLED).exists()


def assigns_visit(user: "User", visit: "Visit") -> bool:
    return visit.state == VisitState.PLANNED and oversees_visit(user, visit)


def sees_draw(user: "User", inspection: "Inspection") -> bool:
    """Whether seed and result are published to this user.

    Seed and frame together give away who is drawn. So what is unannounced is published to those who run it
    at once, to branches (and to a reviewer who leads one of them) when nobody is still to be visited.
    """
    if inspection.state == InspectionState.OPEN:
        return False
    return not inspection.hides_draw or not inspection.has_visits_ahead() or _is_impartial(user, inspection)


def oversees_inspection(user: "User", inspection: "Inspection") -> bool:
    """Reviewer or administrator at or above the organization that inspects."""
    scope = scope_of(user)
    return any(scope.holds(role, inspection.organization.path) for role in OVERSEERS)


def _is_impartial(user: "User", inspection: "Inspection") -> bool:
    led = scope_of(user).paths(Role.SECRETARY)
    below = any(path.startswith(inspection.organization.path) for path in led)
    return oversees_inspection(user, inspection) and not below
