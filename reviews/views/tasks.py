"""A row of the work list, and the rows about what has to be put right."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchlife.templatetags.dates import cn_day
from meetings.scope import Scope
from reviews.compliance.desk import AHEAD, branches_led
from reviews.models import Rectification
from reviews.views.states import days_late

OVERDUE, RETURNED, TO_RECORD, SOON = range(4)  # order of urgency


@dataclass(frozen=True)
class Task:
    """A row of `components/work_item.html`; ``rank`` and ``day`` put it in its place."""

    rank: int
    day: date
    kind: str
    label: str
    title: str
    url: str
    note: str = ""
    until: str = ""
    until_note: str = ""
    action: str = ""
    action_url: str = ""
    primary: bool = False


def rectification_tasks(scope: Scope, today: date) -> list[Task]:
    """Items of the branches one leads that are late or due within two weeks. One query."""
    led = branches_led(scope)
    if not led:
        return []
    items = Rectification.objects.filter(organization__in=led, due_on__lte=today + AHEAD).open()
    return [_rectification_task(item, today) for item in items.select_related("owner")]


def _rectification_task(item: Rectification, today: date) -> Task:
    late = item.is_overdue(today)
    return Task(
        rank=RETURNED if late else SOON,
        day=item.due_on,
        kind="overdue" if late else "due",
        label=days_late(item.due_on, today) if late else days_left(item.due_on, today),
        title=_("Rectification: %(problem)s") % {"problem": item.problem},
        url=reverse("rectification_detail", args=[item.pk]),
        note=" · ".join(filter(None, (item.get_cause_display(), item.owner.name if item.owner else ""))),
        until=_("by %(day)s") % {"day": cn_day(item.due_on)},
        action=_("Report as done"),
        action_url=reverse("rectification_step", args=[item.pk, "claim"]),
        primary=late,
    )


def days_left(day: date, today: date) -> str:
    days = (day - today).days
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days} if days else _("today")
