"""May this user do this? Predicates over a user and a row that was already found in scope."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from meetings.enums import ACCEPTED_STATES, RECORD_OPEN, MeetingState, Role
from meetings.scope import SUBTREE_ROLES, Seat, account_keepers, scope_of

if TYPE_CHECKING:
    from branchlife.models import User
    from meetings.models import Attendance, Exclusion, Leave, Meeting, Organization, Transfer


def leads_branch(user: "User", organization: "Organization") -> bool:
    """Secretary of exactly this branch."""
    return organization.path in scope_of(user).paths(Role.SECRETARY)


def review_seats(user: "User", organization: "Organization") -> tuple[Seat, ...]:
    """The reviewer's seats at or above the branch from which this user may decide about it, own or lent.
    None for whoever leads the branch; nor is a seat lent by somebody who leads it one of them."""
    if leads_branch(user, organization):
        return ()
    seats = scope_of(user).seats
    return tuple(s for s in seats if s.role == Role.REVIEWER and s.reaches(organization.path))


def reviews_branch(user: "User", organization: "Organization") -> bool:
    """Reviewer at or above the branch, and not the one who leads it: nobody reviews their own paper."""
    return bool(review_seats(user, organization))


def answers_for(user: "User", organization: "Organization") -> bool:
    """Secretary, reviewer or administrator at or above the organization."""
    scope = scope_of(user)
    return any(scope.holds(role, organization.path) for role in SUBTREE_ROLES)


def signs_in_with_two_factors(user: "User") -> bool:
    """Everybody whose role reaches beyond the own branch: reviewers, administrators, officers."""
    own, scope = (Role.SECRETARY, Role.GROUP_LEADER), scope_of(user)
    return any(seat.role not in own for seat in (*scope.seats, *scope.offices))


def keeps_record_of(user: "User", meeting: "Meeting") -> bool:
    """The branch's secretary, or the group's leader for a meeting of the group."""
    return leads_branch(user, meeting.organization) or scope_of(user).leads_group(meeting.group_id)


def can_write_record(user: "User", meeting: "Meeting") -> bool:
    return keeps_record_of(user, meeting) and meeting.state in RECORD_OPEN


def can_tick_steps(user: "User", meeting: "Meeting") -> bool:
    """Whoever keeps the record, also after it was accepted: what was agreed is followed up later. What is
    cancelled or archived stays as it is."""
    closed = meeting.state in (MeetingState.CANCELLED, MeetingState.ARCHIVED)
    return keeps_record_of(user, meeting) and not closed


def corrects_records_of(user: "User", meeting: "Meeting") -> bool:
    """Corrects an accepted record beside it: whoever keeps it, or reviews the branch."""
    return keeps_record_of(user, meeting) or reviews_branch(user, meeting.organization)


def adds_addendum(user: "User", meeting: "Meeting") -> bool:
    return meeting.state in ACCEPTED_STATES and corrects_records_of(user, meeting)


def can_see_attendance(user: "User", meeting: "Meeting") -> bool:
    """Who was absent and why is for those who answer for the meeting, not for every member."""
    return answers_for(user, meeting.organization) or keeps_record_of(user, meeting)


def can_see_roster(user: "User") -> bool:
    return bool(scope_of(user).seats)


def can_see_dashboard(user: "User") -> bool:
    """Branches are compared before the committee that answers for them, never before each other."""
    return bool(scope_of(user).paths(Role.REVIEWER, Role.ADMINISTRATOR))


def can_import(user: "User") -> bool:
    return bool(scope_of(user).paths(Role.ADMINISTRATOR))


def can_plan(user: "User") -> bool:
    return bool(scope_of(user).paths(Role.SECRETARY))


def can_review(user: "User") -> bool:
    return bool(scope_of(user).paths(Role.REVIEWER))


def can_add_members(user: "User") -> bool:
    return bool(scope_of(user).paths(Role.ADMINISTRATOR))


def can_see_letters(user: "User") -> bool:
    """Letters that did not arrive are the administrator's to look at."""
    return bool(scope_of(user).paths(Role.ADMINISTRATOR))


def looks_after_service(user: "User", roots: Iterable["Organization"]) -> bool:
    """Whether reminders go out is the system officer's to watch, and of whoever administers every tree."""
    return bool(scope_of(user).paths(Role.SYSTEM_OFFICER)) or keeps_national_rules(user, roots)


def reads_trail(user: "User") -> bool:
    """The audit trail is the audit officer's to read."""
    return bool(scope_of(user).paths(Role.AUDIT_OFFICER))


def can_appoint(user: "User") -> bool:
    return bool(scope_of(user).paths(*account_keepers()))


def keeps_accounts_of(user: "User", organization: "Organization") -> bool:
    """Opens accounts and gives roles at or below the place of the own office."""
    scope = scope_of(user)
    return any(scope.holds(role, organization.path) for role in account_keepers())


def administers(user: "User", organization: "Organization") -> bool:
    """Administrator at or above the organization."""
    return scope_of(user).holds(Role.ADMINISTRATOR, organization.path)


def can_add_meeting(user: "User") -> bool:
    """Enter a meeting outside the plan: the branch's secretary, or a group's leader for the group."""
    return bool(scope_of(user).paths(Role.SECRETARY, Role.GROUP_LEADER))


def can_see_rules(user: "User") -> bool:
    """The rule book and the calendar are open to those who answer for an organization."""
    return bool(scope_of(user).paths(*SUBTREE_ROLES))


def can_change_rules(user: "User") -> bool:
    return bool(scope_of(user).paths(Role.ADMINISTRATOR))


def keeps_national_rules(user: "User", roots: Iterable["Organization"]) -> bool:
    """What holds for everybody is kept by whoever administers every tree (``roots`` are their tops)."""
    tops = list(roots)
    return bool(tops) and all(administers(user, top) for top in tops)


def keeps_rules_of(user: "User", owner: "Organization | None", roots: Iterable["Organization"]) -> bool:
    """National rules have no owner; an organization's are kept by its administrators and those above."""
    return administers(user, owner) if owner else keeps_national_rules(user, roots)


def keeps_roster(user: "User", organization: "Organization") -> bool:
    """Groups, ordinary standings and transfers of a branch: its secretary, and the administrators."""
    return leads_branch(user, organization) or administers(user, organization)


def administers_above(user: "User", organization: "Organization") -> bool:
    """Whether an organization exists and where it hangs is decided by those above it."""
    above = scope_of(user).paths(Role.ADMINISTRATOR)
    return any(organization.path.startswith(path) and organization.path != path for path in above)


def dates_back_over_unmet(user: "User", organization: "Organization") -> bool:
    """Date a change back so that what the branch owed and did not hold goes: as with a waiver, an administrator
    above it and never somebody who leads it."""
    return administers_above(user, organization) and not leads_branch(user, organization)


def proposes_transfer(user: "User", organization: "Organization") -> bool:
    return keeps_roster(user, organization)


def receives_transfer(user: "User", transfer: "Transfer") -> bool:
    """The receiving branch's secretary, or an administrator who did not propose it."""
    if leads_branch(user, transfer.to_organization):
        return True
    return administers(user, transfer.to_organization) and transfer.proposed_by_id != user.pk


def receives_dated_back(user: "User", transfer: "Transfer") -> bool:
    """Enter late that a member was received before the transfer was proposed: who administers both branches."""
    both = (transfer.from_organization, transfer.to_organization)
    return all(administers(user, branch) for branch in both)


def can_keep_rosters(user: "User") -> bool:
    return bool(scope_of(user).paths(Role.SECRETARY, Role.ADMINISTRATOR))


def asks_leave(user: "User", meeting: "Meeting") -> bool:
    """A member of the branch, or of the group for a meeting of the group. Who is expected in the end the
    roster of the day says."""
    scope = scope_of(user)
    if scope.member_id is None or scope.branch_id != meeting.organization_id:
        return False
    return meeting.group_id is None or scope.group_id == meeting.group_id


def checks_in(user: "User", meeting: "Meeting") -> bool:
    """Those who may be expected there; the roster of the day says in the end."""
    return asks_leave(user, meeting)


def offers_check_in(user: "User", meeting: "Meeting") -> bool:
    """Whoever keeps the record also shows the code."""
    return keeps_record_of(user, meeting)


def decides_leave(user: "User", leave: "Leave") -> bool:
    """Whoever keeps the record of the meeting, but nobody about the own leave."""
    return keeps_record_of(user, leave.meeting) and not is_own_leave(user, leave)


def is_own_leave(user: "User", leave: "Leave") -> bool:
    return scope_of(user).member_id == leave.member_id


def can_note_catch_up(user: "User", attendance: "Attendance") -> bool:
    return keeps_record_of(user, attendance.meeting)


def requests_exclusion(user: "User", organization: "Organization") -> bool:
    return leads_branch(user, organization)


def requests_exclusion_of(user: "User", exclusion: "Exclusion") -> bool:
    return leads_branch(user, exclusion.organization)


def decides_exclusion(user: "User", exclusion: "Exclusion") -> bool:
    """The upper organization: a reviewer who neither leads the branch nor made the request."""
    return reviews_branch(user, exclusion.organization) and exclusion.requested_by_id != user.pk


def ends_exclusion(user: "User", exclusion: "Exclusion") -> bool:
    return requests_exclusion_of(user, exclusion) or reviews_branch(user, exclusion.organization)


def can_waive(user: "User", organization: "Organization") -> bool:
    """A reviewer or administrator above; never somebody who leads the branch that would be let off."""
    oversees = administers(user, organization) and not leads_branch(user, organization)
    return oversees or reviews_branch(user, organization)


def can_delegate(user: "User") -> bool:
    """Lend the own reviewer's seat; one that was lent is not lent on."""
    return any(s.role == Role.REVIEWER and s.grantor_id is None for s in scope_of(user).seats)


def can_see_organizations(user: "User") -> bool:
    """The tree, as far as one answers for it."""
    return bool(scope_of(user).paths(*SUBTREE_ROLES))
