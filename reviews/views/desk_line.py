"""With whom a paper lies, since when and until when: one line, for its writers and for everybody else."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import User
from branchlife.templatetags.dates import cn_day
from meetings.models import Meeting
from reviews.enums import Task
from reviews.models import Plan, Stay
from reviews.rules import desk_of
from reviews.services.desks import Keeper, keepers_of


@dataclass(frozen=True)
class DeskLine:
    """``waited`` is in days, the day on which it came there not counted."""

    place: str
    people: list[str]
    since: datetime
    due_on: date | None
    waited: int
    is_late: bool
    is_own: bool  # the reader is one of the people
    is_review: bool
    step: int
    more: int  # desks after this one


def desk_line(paper: Plan | Meeting, reader: User) -> DeskLine | None:
    """None where the paper lies on no desk."""
    stay = desk_of(paper)
    if stay is None:
        return None
    # Whose desk the branch's own is, everybody knows; the query is saved.
    keepers = keepers_of(stay, timezone.localdate()) if stay.task == Task.REVIEW else []
    return line_of(stay, keepers, reader)


def line_of(stay: Stay, keepers: list[Keeper], reader: User) -> DeskLine:
    today = timezone.localdate()
    return DeskLine(
        place=stay.organization.name,
        people=list(dict.fromkeys(map(keeper_name, keepers))),
        since=stay.since,
        due_on=stay.due_on,
        waited=(today - timezone.localdate(stay.since)).days,
        is_late=stay.is_late(today),
        is_own=any(keeper.user_id == reader.pk for keeper in keepers),
        is_review=stay.task == Task.REVIEW,
        step=stay.step,
        more=0 if stay.is_last or stay.task == Task.WRITE else len(stay.ahead) or 1,
    )


def keeper_name(keeper: Keeper) -> str:
    """With whose seat it is, where it was lent: 吴管理（代周审核，至12月5日）."""
    if not keeper.lent_by:
        return keeper.name
    facts = {"name": keeper.name, "other": keeper.lent_by, "day": cn_day(keeper.until)}
    return _("%(name)s (for %(other)s, until %(day)s)") % facts
