"""Two texts of one record side by side, in words people can compare."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from branchlife.enumeration import enumerated
from branchlife.templatetags.dates import cn_date
from meetings.enums import ContentCategory, MeetingKind, Presence
from meetings.forms.record import RecordForm
from meetings.models import Meeting
from meetings.services.attendance import Deviation
from meetings.services.record import MeetingFacts, facts_of


@dataclass(frozen=True)
class Difference:
    label: str
    theirs: str
    mine: str


Texts = dict[str, str]  # by label


def differences(meeting: Meeting, mine: Texts) -> list[Difference]:
    """Where the record as it is stored now says something else."""
    theirs = _texts(facts_of(meeting), _stored_absences(meeting))
    return [Difference(label, theirs[label], text) for label, text in mine.items() if text != theirs[label]]


def texts_of_form(form: RecordForm) -> Texts:
    """The writer's own; of a form that is not valid only the words as they were typed."""
    if form.is_valid():
        names = {card.person.member.pk: card.person.member.name for card in form.cards}
        absences = ((names[pk], deviation) for pk, deviation in form.deviations().items())
        return _texts(form.facts(), absences)
    labels = {"theme": _("Theme"), "content": _("What was said and done"), "decisions": _("Decisions")}
    return {label: form[name].value() or "" for name, label in labels.items()}


def _texts(facts: MeetingFacts, absences: Iterable[tuple[str, Deviation]]) -> Texts:
    clock = [f"{moment:%H:%M}" if moment else "" for moment in (facts.starts, facts.ends)]
    category = ContentCategory(facts.category).label if facts.category else ""
    people = [f"{name} {_spelled(deviation)}" for name, deviation in absences]
    return {
        _("Theme"): facts.theme,
        _("Kind of meeting"): enumerated(sorted(str(MeetingKind(kind).label) for kind in facts.kinds)),
        _("Day"): cn_date(facts.day),
        _("Time"): "–".join(clock),
        _("Place"): facts.place,
        _("Chair"): facts.chair.name if facts.chair else "",
        _("Recorder"): facts.recorder.name if facts.recorder else "",
        _("Problem to solve"): facts.problem,
        _("Content category"): str(category),
        _("Spent (yuan)"): "" if facts.spent is None else str(facts.spent),
        _("Not simply present"): enumerated(sorted(people)),
        _("What was said and done"): facts.content,
        _("Decisions"): facts.decisions,
    }


def _stored_absences(meeting: Meeting) -> Iterable[tuple[str, Deviation]]:
    rows = meeting.attendances.exclude(presence=Presence.PRESENT).select_related("member")
    return ((row.member.name, Deviation(row.presence, row.reason)) for row in rows)


def _spelled(deviation: Deviation) -> str:
    label = str(Presence(deviation.presence).label)
    return f"{label}（{deviation.reason}）" if deviation.reason else label
