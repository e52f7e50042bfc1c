"""Things to put right, and what was reported as done and waits for somebody else to look at it."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from meetings.enums import DeadlineSubject
from meetings.ladder import Ladder
from meetings.reminding import Facts, Horizon, Matter, People, Source, register, wordings
from reviews.models import Rectification
from reviews.services.reminders.papers import USUAL, nearest_reviewers, waiting

TO_MEND, TO_VERIFY = "rectification", "rectification_check"


def _to_mend(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    items = Rectification.objects.open().filter(due_on__lte=horizon.until)
    if only is not None:
        items = items.filter(pk__in=only)
    columns = ("pk", "due_on", "organization_id", "organization__path", "owner__user_id")
    for pk, due_on, organization, path, owner in items.order_by().values_list(*columns):
        yield Matter(pk, due_on, organization, path, also=owner)


def _to_verify(horizon: Horizon, only: Collection[int] | None = None) -> Iterator[Matter]:
    items = Rectification.objects.claimed()
    if only is not None:
        items = items.filter(pk__in=only)
    columns = ("pk", "organization_id", "organization__path", "claimed_by_id", "claimed_at")
    return waiting(DeadlineSubject.RECTIFICATION_CHECK, items.order_by().values_list(*columns), horizon)


def _menders(seats: People, matter: Matter) -> set[int]:
    """The branch's secretary and the member who took it on."""
    return seats.keepers(matter) | ({matter.also} if matter.also else set())


def _facts(matters: Sequence[Matter]) -> Mapping[Matter, Facts]:
    """Not what is to be put right: that may be a criticism."""
    rows = Rectification.objects.select_related("organization")
    items = rows.in_bulk([matter.subject for matter in matters])
    return {
        matter: Facts(
            {"bearer": item.organization.name, "due_on": matter.due_on.isoformat()},
            f"/rectifications/{item.pk}/",
        )
        for matter in matters
        if (item := items.get(matter.subject))
    }


register(
    Source(
        code=TO_MEND,
        title=_("Rectification item"),
        due=_to_mend,
        responsible=_menders,
        facts=_facts,
        ladder=Ladder(before=(5, 1)),
        wordings=wordings(
            due=_("%(bearer)s: an item is to be put right by %(due_on)s."),
            overdue=_("%(bearer)s: an item is overdue to be put right; it was due by %(due_on)s."),
            escalated=_("%(bearer)s is late in putting an item right; it was due by %(due_on)s."),
        ),
    )
)
register(
    Source(
        code=TO_VERIFY,
        title=_("Rectification to verify"),
        due=_to_verify,
        responsible=nearest_reviewers,
        facts=_facts,
        ladder=USUAL,
        wordings=wordings(
            due=_("%(bearer)s reports an item as put right: please verify it by %(due_on)s."),
            overdue=_("%(bearer)s: an item reported as put right waits to be verified; due by %(due_on)s."),
            escalated=_(
                "%(bearer)s: an item reported as put right has waited to be verified since before %(due_on)s."
            ),
        ),
    )
)
