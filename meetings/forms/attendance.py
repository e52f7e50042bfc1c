"""The cards of the attendance grid: one person each, present unless somebody says otherwise."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchlife.templatetags.dates import cn_time
from meetings.enums import Presence
from meetings.forms.fields import LineField
from meetings.services.attendance import Deviation, Expected
from meetings.workbooks.absences import Absence, parse_absences
from meetings.workbooks.problems import BadValue

# Away without a hard duty to come: kept as absent, counted as nothing.
EXEMPT = "exempt"
STATUS_GROUPS = {
    Presence.PRESENT: "present",
    Presence.LATE: "present",
    Presence.EXCUSED: "excused",
    Presence.ABSENT: "absent",
    EXEMPT: "exempt",
}
USUAL_REASONS = (
    gettext_lazy("Sick leave"),
    gettext_lazy("Business trip"),
    gettext_lazy("Private leave"),
    gettext_lazy("Annual leave"),
    gettext_lazy("Training"),
    gettext_lazy("On duty"),
    gettext_lazy("Maternity leave"),
)


@dataclass(frozen=True)
class Line:
    """One person as the page stands now."""

    member_id: int
    name: str
    presence: str
    reason: str
    hard_bound: bool
    has_vote: bool


class PersonForm(forms.Form):
    status = forms.ChoiceField(label=gettext_lazy("Presence"))
    reason = LineField(
        label=gettext_lazy("Reason"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"list": "usual-reasons", "autocomplete": "off"}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        person: Expected,
        entered: Deviation | None = None,
        checked_in_at: datetime | None = None,
    ) -> None:
        prefix = f"person-{person.member.pk}"
        # Somebody the page did not show yet (the day was changed) has sent nothing.
        sent = data if data is not None and f"{prefix}-status" in data else None
        super().__init__(sent, prefix=prefix, initial=_initial(person, entered))
        self.person, self.checked_in_at = person, checked_in_at
        self.fields["status"].choices = _choices(person)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if cleaned.get("status") == Presence.EXCUSED and not cleaned.get("reason") and "reason" in cleaned:
            self.add_error("reason", _("A leave of absence names its reason."))
        return cleaned

    @property
    def is_untouched(self) -> bool:
        return self._status == usual_status(self.person)

    @property
    def line(self) -> Line:
        status = self._status
        return Line(
            member_id=self.person.member.pk,
            name=self.person.member.name,
            presence=Presence.ABSENT if status == EXEMPT else status,
            reason=self["reason"].value() or "",
            hard_bound=self.person.hard_bound,
            has_vote=self.person.has_vote,
        )

    def as_row(self) -> dict[str, Any]:
        """What components/attendance_grid.html wants to know."""
        person = self.person
        return {
            "name": person.member.name,
            "note": " · ".join(filter(None, (self._rights_note, self._check_in_note))),
            "voter": person.has_vote,
            "exempt": not person.hard_bound,
            "form": self,
        }

    def deviation(self) -> Deviation | None:
        """None for somebody simply present; a reason that comes along with "present" means nothing."""
        line = self.line
        if line.presence == Presence.PRESENT:
            return None
        reason = self.cleaned_data["reason"] if self.is_bound else line.reason
        return Deviation(line.presence, "" if line.presence == Presence.LATE else reason)

    @property
    def _rights_note(self) -> str:
        if not self.person.is_full:
            return _("probationary")
        return "" if self.person.has_vote else _("no vote")

    @property
    def _check_in_note(self) -> str:
        return _("checked in %(time)s") % {"time": cn_time(self.checked_in_at)} if self.checked_in_at else ""

    @property
    def _status(self) -> str:
        """As chosen; what is not on the list cannot be saved and counts as the usual."""
        value = str(self["status"].value())
        return value if value in dict(_choices(self.person)) else usual_status(self.person)


def usual_status(person: Expected) -> str:
    return Presence.PRESENT if person.hard_bound else EXEMPT


def read_absentees(text: str, cards: list[PersonForm]) -> dict[int, Deviation]:
    """A pasted list such as "张三 病假、李四 出差", by member id.

    Raises ValidationError for a piece that names nobody, somebody not expected, or two people at once.
    """
    try:
        absences = parse_absences(text)
    except BadValue as error:
        raise ValidationError(str(error)) from None
    return {_find(absence.name, cards): _as_deviation(absence) for absence in absences}


def _find(name: str, cards: list[PersonForm]) -> int:
    found = [card.person.member.pk for card in cards if card.person.member.name == name]
    if not found:
        raise ValidationError(
            _("Not expected at this meeting on that day: %(names)s."), params={"names": name}
        )
    if len(found) > 1:
        raise ValidationError(
            _("More than one person is called %(name)s: mark the card."), params={"name": name}
        )
    return found[0]


def _as_deviation(absence: Absence) -> Deviation:
    return Deviation(Presence.EXCUSED if absence.is_excused else Presence.ABSENT, absence.reason)


def _choices(person: Expected) -> list[tuple[str, Any]]:
    """Nobody without a hard duty to come is ever entered as absent."""
    away = (Presence.ABSENT, Presence.ABSENT.label) if person.hard_bound else (EXEMPT, _("not a hard duty"))
    kept = [(status.value, status.label) for status in (Presence.PRESENT, Presence.EXCUSED, Presence.LATE)]
    return [*kept[:2], away, kept[2]]


def _initial(person: Expected, entered: Deviation | None) -> dict[str, str]:
    if entered is None:
        return {"status": usual_status(person), "reason": ""}
    exempt = entered.presence == Presence.ABSENT and not person.hard_bound
    return {"status": EXEMPT if exempt else entered.presence, "reason": entered.reason}
