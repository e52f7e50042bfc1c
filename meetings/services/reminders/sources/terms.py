"""Terms of office that end: the upper organization reminds six months before (Regulations on the Work of
Party Branches, article 21); three months and one month are ours."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from meetings.ladder import Ladder
from meetings.models import Organization
from meetings.reminder_enums import LeadUnit
from meetings.reminding import Facts, Horizon, Matter, People, Source, register, wordings
from meetings.services.roster.terms import terms_ending

TERM = "term"


def _due(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    organizations = Organization.objects.all() if only is None else Organization.objects.filter(pk__in=only)
    for ending in terms_ending(organizations, horizon.today):
        place = ending.organization
        yield Matter(place.pk, ending.ends_on, place.pk, place.path)


def _responsible(seats: People, matter: Matter) -> set[int]:
    """The branch prepares the election, the organization above reminds it and agrees."""
    return seats.keepers(matter) | seats.administrators_above(matter)


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    names = dict(
        Organization.objects.filter(pk__in=[matter.subject for matter in matters]).values_list("pk", "name")
    )
    return {
        matter: Facts(
            {"bearer": names[matter.subject], "due_on": matter.due_on.isoformat()},
            reverse("organization_detail", args=[matter.subject]),
        )
        for matter in matters
        if matter.subject in names
    }


register(
    Source(
        code=TERM,
        title=_("Term of office"),
        due=_due,
        responsible=_responsible,
        facts=_facts,
        ladder=Ladder(before=(6, 3, 1), unit=LeadUnit.MONTHS, every=30, times=6, above=(1,)),
        wordings=wordings(
            due=_("%(bearer)s: the term of office ends on %(due_on)s; prepare the election."),
            overdue=_("%(bearer)s: the term of office ended on %(due_on)s; the election is overdue."),
            escalated=_("%(bearer)s: the term of office ended on %(due_on)s and no new one has begun."),
        ),
        is_slow=True,
    )
)
