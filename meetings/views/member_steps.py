"""What the reader of a member's page may change there, as links."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.enums import WITHOUT_VOTE, StandingKind
from meetings.models import Member, Membership, Organization, Standing, Transfer
from meetings.rules import administers, keeps_roster
from meetings.services.roster.memberships import open_membership


def member_steps(member: Member, sheet: Mapping[str, Any], user: User, today: date) -> dict[str, Any]:
    """Links to the changes allowed, whether posts may be ended, and a transfer under way.

    ``sheet`` is what the page shows anyway: memberships (newest first) and standings.
    """
    memberships, standings = sheet["memberships"], sheet["standings"]
    row = next((row for row in memberships if row.end_on is None), None)
    if row is None:
        return {"steps": _outside(member, memberships, user)}
    may, branch = administers(user, row.organization), row.organization
    if not keeps_roster(user, branch):
        return {}
    transfer = _under_way(member, standings)
    links = [*(_by_administrator(member, today) if may else []), *_by_keeper(member, branch, transfer, may)]
    return {
        "steps": links,
        "transfer": transfer,
        "ends_posts": may,
        "endable": _endable(standings, may, today),
    }


def _under_way(member: Member, standings: Sequence[Standing]) -> Transfer | None:
    """Whoever is on the way is marked so; nobody else needs a query."""
    if not any(row.kind == StandingKind.TRANSFERRING and row.end_on is None for row in standings):
        return None
    return Transfer.objects.open().filter(member=member).first()


def _by_administrator(member: Member, today: date) -> list[tuple[str, str]]:
    turn = [(_("Turn full member"), _to("member_full", member))] if not member.is_full_on(today) else []
    return [
        (_("Correct facts"), _to("member_facts", member)), *turn,
        (_("Give a post"), _to("post_create", member)),
    ]  # fmt: skip


def _by_keeper(
    member: Member, branch: Organization, transfer: Transfer | None, may: bool
) -> list[tuple[str, str]]:
    groups = (_("Change the group"), reverse("branch_groups", args=[branch.pk]))
    steps = [(_("Enter a standing"), _to("standing_create", member)), groups]
    if transfer is None:
        steps.append((_("Propose a transfer"), _to("transfer_create", member)))
        steps += [(_("Membership ends"), _to("member_leave", member))] if may else []
    return steps


def _outside(member: Member, memberships: Sequence[Membership], user: User) -> list[tuple[str, str]]:
    """Somebody who left for good may come back; somebody in a branch one does not see may not."""
    last = memberships[0] if memberships else None
    if last is None or not administers(user, last.organization) or open_membership(member):
        return []
    return [
        (_("Receive into a branch"), _to("member_receive", member)),
        (_("Correct facts"), _to("member_facts", member)),
    ]


def _endable(standings: Sequence[Standing], may: bool, today: date) -> set[int]:
    """Standings in force that the reader may end."""
    here = (row for row in standings if row.holds_on(today))
    return {row.pk for row in here if may or row.kind not in WITHOUT_VOTE}


def _to(name: str, member: Member) -> str:
    return reverse(name, args=[member.pk])
