"""Members away for months in a row without a cause: told early, so that help comes before the line.

Six such months are the line (Regulations on the Education and Management of Party Members, article 31);
the app counts and concludes nothing, so that nothing is told above and nothing after it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.enums import LeadUnit
from meetings.ladder import Ladder
from meetings.models import Membership, Organization
from meetings.periods import months_later
from meetings.reminding import Facts, Horizon, Matter, Source, register, wordings
from meetings.services.roster.absences import help_needed

ABSENCE = "absence"
LINE = 6  # months
AWAY = _("%(bearer)s: a member has been away without a reason since %(day)s. Ask whether help is needed.")


def _due(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    """The subject is the membership: in another branch the count begins anew."""
    branches = Organization.objects.branches().existing_on(horizon.today)
    if only is not None:
        branches = branches.filter(memberships__in=only)
    places = dict(branches.values_list("pk", "path"))
    away = help_needed(organizations=list(places), as_of=horizon.today) if places else []
    rows = Membership.objects.on(horizon.today).filter(member__in=[each.member for each in away])
    pks = {
        (organization, member): pk
        for pk, organization, member in rows.values_list("pk", "organization", "member")
    }
    for each in away:
        place = each.organization_id
        yield Matter(pks[place, each.member.pk], months_later(each.since, LINE), place, places[place])


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    """Who it is stands on the page, not in the sentence."""
    rows = Membership.objects.select_related("organization").in_bulk([each.subject for each in matters])
    return {
        matter: Facts(
            {"bearer": row.organization.name, "day": months_later(matter.due_on, -LINE).isoformat()},
            reverse("member_detail", args=[row.member_id]),
        )
        for matter in matters
        if (row := rows.get(matter.subject))
    }


register(
    Source(
        code=ABSENCE,
        title=_("Member away for months"),
        due=_due,
        responsible=lambda seats, matter: seats.keepers(matter),
        facts=_facts,
        ladder=Ladder(before=(3, 2, 1), unit=LeadUnit.MONTHS, after=None, every=None, times=1, above=()),
        wordings=wordings(
            due=_(
                "%(bearer)s: a member has been away without a reason since %(day)s. Ask whether help is needed."
            ),
            overdue=_(
                "%(bearer)s: a member has been away without a reason since %(day)s. Ask whether help is needed."
            ),
        ),
        is_slow=True,
    )
)
