"""Promises made at a contact point: the cadre who made them is reminded, then those above the branch."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from meetings.ladder import Ladder
from meetings.reminding import Facts, Horizon, Matter, People, Source, register, wordings
from reviews.models import Concern
from reviews.services.reminders.papers import nearest_reviewers

PROMISE = "contact_promise"


def _due(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    rows = Concern.objects.promised().filter(due_on__lte=horizon.until)
    if only is not None:
        rows = rows.filter(pk__in=only)
    at = "visit__contact__"
    columns = ("pk", "due_on", f"{at}organization_id", f"{at}organization__path", f"{at}cadre__user_id")
    for pk, due_on, organization, path, cadre in rows.order_by().values_list(*columns):
        yield Matter(pk, due_on, organization, path, also=cadre)


def _promiser(seats: People, matter: Matter) -> set[int]:
    """A cadre without an account is reminded through the reviewers."""
    return {matter.also} if matter.also else nearest_reviewers(seats, matter)


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    rows = Concern.objects.select_related("visit__contact__organization")
    concerns = rows.in_bulk([matter.subject for matter in matters])
    return {
        matter: Facts(
            {"bearer": concern.visit.contact.organization.name, "due_on": matter.due_on.isoformat()},
            f"/contacts/{concern.visit.contact_id}/",
        )
        for matter in matters
        if (concern := concerns.get(matter.subject))
    }


register(
    Source(
        code=PROMISE,
        title=_("Promise at a contact point"),
        due=_due,
        responsible=_promiser,
        facts=_facts,
        ladder=Ladder(before=(5, 1)),
        wordings=wordings(
            due=_("%(bearer)s: what was promised at the contact point is to be done by %(due_on)s."),
            overdue=_("%(bearer)s: what was promised at the contact point is overdue since %(due_on)s."),
            escalated=_("%(bearer)s: a promise at the contact point is late; it was due by %(due_on)s."),
        ),
    )
)
