"""What people are reminded of: a registry of kinds of deadlines. It names no model and imports none.

**A new kind of deadline takes these lines.** Say, promises to keep, in an app above this one:

    def _due(horizon, only=None):                     # open rows, nearest first stage already possible
        rows = Promise.objects.open().filter(due_on__lte=horizon.until)
        rows = rows if only is None else rows.filter(pk__in=only)
        for row in rows.values_list("pk", "due_on", "organization_id", "organization__path"):
            yield Matter(*row)

    def _facts(matters):                              # what the sentence needs, and where it leads
        rows = Promise.objects.select_related("organization").in_bulk([m.subject for m in matters])
        return {m: Facts({"bearer": rows[m.subject].organization.name, "due_on": m.due_on.isoformat()},
                         rows[m.subject].get_absolute_url()) for m in matters if m.subject in rows}

    register(Source("promise", _("Promise to keep"), due=_due, facts=_facts,
                    responsible=lambda seats, matter: seats.keepers(matter),
                    ladder=Ladder(before=(5, 1)),
                    wordings=wordings(due=_("%(bearer)s: …"), overdue=…, escalated=…)))

in a module that the app's ``ready`` imports. Everything else follows: notices, mail and robots, escalation
and digest, stopping when ``due`` no longer yields the row, the rule of the rule book that changes the
ladder, the calendar feed, snooze. A deadline is (source, subject, due date); when the date moves it is
announced afresh. Facts never hold names of persons: they go into mail.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from django.utils.functional import Promise

from meetings.ladder import Ladder
from meetings.notices import Wording, add_wordings
from meetings.reminder_enums import ReminderStage
from meetings.workdays import WorkCalendar

Text = str | Promise


class Matter(NamedTuple):
    """Something somebody has to do by a day, as its source tells of it.

    ``path`` is the organization's in the tree. ``barred``: a user who must not do it, such as the author
    of a paper that waits for review; ``also``: one who has to beside those who sit there.
    """

    subject: int
    due_on: date
    organization: int
    path: str
    group: int | None = None
    barred: int | None = None
    also: int | None = None

    @property
    def key(self) -> tuple[int, date]:
        return self.subject, self.due_on


@dataclass(frozen=True)
class Horizon:
    """What a source is asked for: what is open on ``today`` and due by ``until``."""

    today: date
    until: date
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


class Facts(NamedTuple):
    """Values of the sentence (codes and ISO dates, put into words by ``notices``) and the page behind it."""

    values: Mapping[str, str]
    url: str


class People(Protocol):
    """Who sits where; users by id. Implemented by ``services.reminders.seats``."""

    def keepers(self, matter: Matter) -> set[int]:
        """The branch's secretary and the group's leader; of a committee, its administrators."""

    def above(self, matter: Matter) -> list[set[int]]:
        """Reviewers of the nearest organization at or above that has any, of the next one, and so on;
        nobody who leads the branch, nobody who is barred."""

    def administrators_above(self, matter: Matter) -> set[int]:
        """Administrators of the nearest organization at or above that has any."""


@dataclass(frozen=True)
class Source:
    """A kind of deadline. ``only`` narrows ``due`` to these subjects; it is asked again before sending.

    ``hold``: like ``facts``, but only of what is still owed, which it keeps from changing until the
    transaction ends; without it ``due`` is asked. ``is_slow``: looked through once an hour, not each minute.
    """

    code: str
    title: Text
    due: Callable[[Horizon, Collection[int] | None], Iterable[Matter]]
    responsible: Callable[[People, Matter], Iterable[int]]
    facts: Callable[[Sequence[Matter]], Mapping[Matter, Facts]]
    wordings: Mapping[ReminderStage, Wording]
    ladder: Ladder = field(default_factory=Ladder)
    hold: Callable[[Sequence[Matter]], Mapping[Matter, Facts]] | None = None
    is_slow: bool = False


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Called once, when an app is ready."""
    _sources[source.code] = source
    add_wordings({reminder_code(source.code, stage): each for stage, each in source.wordings.items()})


def sources() -> list[Source]:
    return list(_sources.values())


def source_of(code: str) -> Source | None:
    """None for a kind that is no longer registered: its old rows stay readable."""
    return _sources.get(code)


def title_of(code: str) -> Text:
    source = _sources.get(code)
    return source.title if source else code


def reminder_code(source: str, stage: str) -> str:
    """The code of the sentence in ``notices``."""
    return f"reminder.{source}.{stage}"


def wordings(*, due: Text, overdue: Text, escalated: Text = "") -> dict[ReminderStage, Wording]:
    """The three sentences of a source. What is never told above has no third."""
    stages = ReminderStage
    found = {
        stages.DUE_SOON: Wording(due, stages.DUE_SOON.label, "due"),
        stages.OVERDUE: Wording(overdue, stages.OVERDUE.label, "overdue"),
    }
    if escalated:
        found[stages.ESCALATED] = Wording(escalated, stages.OVERDUE.label, "overdue")
    return found
