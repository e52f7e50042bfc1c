"""The record of a meeting: what is known already stands in it, the writer marks what was different."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchlife.enumeration import enumerated
from meetings.elements import Missing, blocking, lacks_reason, missing_among, missing_on_the_page, warnings
from meetings.enums import Audience, ContentCategory, MeetingKind, audience_of, votes_taken_at
from meetings.forms.attendance import PersonForm, read_absentees
from meetings.forms.fields import ClockField, DayField, LineField, ParagraphField
from meetings.forms.prefill import day_to_show, kinds_offered, known_facts, members_on
from meetings.models import Meeting, Member, Resolution
from meetings.services.attendance import Deviation, Summary, as_voter, people_of, summarize
from meetings.services.record import (
    LAST_MONTH_FOR_LAST_YEAR,
    YEARLY_KINDS,
    MeetingFacts,
    existence_fault,
)
from meetings.services.vote_ground import Ground, ground_of
from meetings.workbooks.problems import sentence

# Names of the posted cards; anything longer is no key of a row.
PERSON = re.compile(r"person-(\d{1,18})-status\Z", re.ASCII)


@dataclass(frozen=True)
class PeopleChange:
    """Who is due since the day or the roster changed under an open page, and who no longer is."""

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.gone)


class RecordForm(forms.Form):
    """``findings`` (by field) stand at their fields; ``cards`` are those expected on the day."""

    theme = LineField(label=gettext_lazy("Theme"), max_length=200)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kind of meeting"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "btn-check"}),
    )
    day = DayField(label=gettext_lazy("Day"))
    starts = ClockField(label=gettext_lazy("Begins"), required=False)
    ends = ClockField(label=gettext_lazy("Ends"), required=False)
    place = LineField(label=gettext_lazy("Place"), max_length=100, required=False)
    chair = forms.ChoiceField(label=gettext_lazy("Chair"), required=False)
    recorder = forms.ChoiceField(label=gettext_lazy("Recorder"), required=False)
    problem = LineField(label=gettext_lazy("Problem to solve"), max_length=200, required=False)
    category = forms.ChoiceField(
        label=gettext_lazy("Content category"), choices=[("", "—"), *ContentCategory.choices], required=False
    )
    spent = forms.IntegerField(
        label=gettext_lazy("Spent (yuan)"), required=False, min_value=0, max_value=9_999_999
    )
    for_last_year = forms.BooleanField(label=gettext_lazy("Counts for last year"), required=False)
    anew = forms.BooleanField(label=gettext_lazy("Take over the roster as it is now"), required=False)
    absentees = ParagraphField(
        label=gettext_lazy("Names with the reason, separated by commas or lines"),
        max_length=2000,
        required=False,
    )
    content = ParagraphField(
        label=gettext_lazy("What was said and done"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    decisions = ParagraphField(
        label=gettext_lazy("Decisions"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, meeting: Meeting, findings: Mapping[str, Sequence[Any]] | None = None
    ) -> None:
        super().__init__(data, initial=known_facts(meeting))
        self.meeting, self.findings = meeting, findings or {}
        self.on_day = self._posted_day() or day_to_show(meeting)
        self._offer_kinds()
        people = people_of(meeting, kinds=self.kinds_now, day=self.on_day, anew="anew" in self.data)
        self.roster_differs = people.roster_differs
        self.cards = [
            PersonForm(
                data, person=person, entered=people.entered.get(pk), checked_in_at=people.checked_in.get(pk)
            )
            for person in people.expected
            for pk in (person.member.pk,)
        ]
        self._offer_members()
        if self.on_day.month > LAST_MONTH_FOR_LAST_YEAR:
            del self.fields["for_last_year"]

    # ---- what the page shows ----

    @property
    def kinds_now(self) -> list[str]:
        """The known ones among the kinds chosen on the page."""
        offered = dict(self.fields["kinds"].choices)  # type: ignore[attr-defined]
        return [kind for kind in self["kinds"].value() or [] if kind in offered]

    @property
    def kinds_label(self) -> str:
        return enumerated(MeetingKind(kind).label for kind in self.kinds_now)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """``counted`` is how a vote counts the person: always, or only when here."""
        return [card.as_row() | {"counted": self._counted(card)} for card in self.cards]

    @cached_property
    def summary(self) -> Summary:
        return summarize((card.line for card in self.cards), self._ground)

    @cached_property
    def missing(self) -> list[Missing]:
        """Elements still missing from what stands on the page now."""
        values = {name: self[name].value() for name in self.fields}
        lines = [card.line for card in self.cards]
        unexplained = [n.name for n in lines if lacks_reason(n.presence, n.reason, n.hard_bound)]
        return missing_among(values, unexplained) + missing_on_the_page(
            self.meeting, self.kinds_now, self._votes
        )

    @property
    def blocking(self) -> list[Missing]:
        """What holds the record up."""
        return blocking(self.missing)

    @property
    def warnings(self) -> list[Missing]:
        return warnings(self.missing)

    @property
    def changed_people(self) -> PeopleChange:
        """What the day or the roster changed about the people since the page was made."""
        shown = {int(match[1]) for match in map(PERSON.match, self.data) if match}
        if not shown:
            return PeopleChange()
        due = {card.person.member.pk: card.person.member.name for card in self.cards}
        before = people_of(self.meeting, kinds=self.meeting.kinds, day=day_to_show(self.meeting)).expected
        return PeopleChange(
            added=tuple(name for pk, name in due.items() if pk not in shown),
            gone=tuple(p.member.name for p in before if p.member.pk in shown and p.member.pk not in due),
        )

    # ---- what the service takes ----

    def facts(self) -> MeetingFacts:
        cleaned = self.cleaned_data
        plain = (
            "theme",
            "day",
            "starts",
            "ends",
            "place",
            "problem",
            "category",
            "content",
            "decisions",
            "spent",
        )
        return MeetingFacts(
            kinds=tuple(cleaned["kinds"]),
            chair=cleaned["chair"],
            recorder=cleaned["recorder"],
            counts_for=date(cleaned["day"].year - 1, 12, 31) if cleaned.get("for_last_year") else None,
            **{name: cleaned[name] for name in plain},
        )

    def deviations(self) -> dict[int, Deviation]:
        """By member id. What was chosen on a card by hand outweighs the pasted list."""
        chosen = {card.person.member.pk: card.deviation() for card in self.cards}
        untouched = {card.person.member.pk for card in self.cards if card.is_untouched}
        pasted = self.cleaned_data["absentees"]
        chosen |= {pk: deviation for pk, deviation in pasted.items() if pk in untouched}
        return {pk: deviation for pk, deviation in chosen.items() if deviation}

    def take_errors(self, error: ValidationError) -> None:
        """Put the sentences of a service at their fields; what has no field stands above the form."""
        by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, errors)

    # ---- cleaning ----

    def clean_day(self) -> date:
        fault = existence_fault(self.meeting.group or self.meeting.organization, self.cleaned_data["day"])
        if fault:
            raise ValidationError(fault)
        return self.cleaned_data["day"]

    def clean_kinds(self) -> list[str]:
        """In the order of the rule book, whatever order they were sent in."""
        chosen = [kind for kind in MeetingKind.values if kind in self.cleaned_data["kinds"]]
        if self.meeting.group is None and audience_of(chosen) == Audience.GROUP:
            raise ValidationError(_("A group meeting names its group."))
        return chosen

    def clean_chair(self) -> Member | None:
        """One person leads a meeting, however many boxes a page sent."""
        sent = self.data.getlist("chair") if hasattr(self.data, "getlist") else [self.cleaned_data["chair"]]
        if len({pk for pk in sent if pk}) > 1:
            raise ValidationError(_("A meeting has one chair: choose one person."))
        return self._members.get(self.cleaned_data["chair"])

    def clean_recorder(self) -> Member | None:
        return self._members.get(self.cleaned_data["recorder"])

    def clean_for_last_year(self) -> bool:
        wanted = self.cleaned_data["for_last_year"]
        if wanted and not set(self.cleaned_data.get("kinds", ())) & set(YEARLY_KINDS):
            raise ValidationError(_("Only meetings owed once a year can count for last year."))
        return wanted

    def clean_absentees(self) -> dict[int, Deviation]:
        return read_absentees(self.cleaned_data["absentees"], self.cards)

    def clean(self) -> dict[str, Any]:
        for card in self.cards:
            if card.is_bound and not card.is_valid():
                for errors in card.errors.values():
                    self.add_error(None, [sentence(card.person.member.name, str(error)) for error in errors])
        return self.cleaned_data

    # ---- inside ----

    @cached_property
    def _votes(self) -> list[Resolution]:
        """On the list, where something can be put to the vote."""
        return list(self.meeting.resolutions.order_by("number")) if votes_taken_at(self.kinds_now) else []

    @cached_property
    def _ground(self) -> Ground | None:
        return ground_of(self.meeting, kinds=self.kinds_now, day=self.on_day, on_list=self._votes)

    def _counted(self, card: PersonForm) -> str:
        vote, ground = self.summary.vote, self._ground
        if vote is None or ground is None:
            return ""
        voter = as_voter(card.line, ground)
        if not voter.is_expected(vote.kind):
            return ""
        return "here" if voter.is_left_out(ground.rules[vote.kind]) else "always"

    def _posted_day(self) -> date | None:
        try:
            return DayField(required=False).clean(self.data.get("day")) if self.is_bound else None
        except ValidationError:
            return None

    def _offer_kinds(self) -> None:
        meeting = self.meeting
        offered = kinds_offered(meeting.organization, meeting.group, meeting.kinds)
        self.fields["kinds"].choices = offered  # type: ignore[attr-defined]

    def _offer_members(self) -> None:
        """Chair and recorder are members of the branch on that day."""
        wide = (Audience.BRANCH, Audience.LEADING_BODY)
        everybody = self.meeting.group_id is None and audience_of(self.kinds_now) in wide
        people = (
            [card.person.member for card in self.cards]
            if everybody
            else members_on(self.meeting.organization, self.on_day)
        )
        people = [*people, *self._kept_people()]
        self._members = {str(member.pk): member for member in people}
        choices = [("", "—"), *((pk, member.name) for pk, member in self._members.items())]
        for name in ("chair", "recorder"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _kept_people(self) -> list[Member]:
        """Whom the record names already, such as a guest of an imported one: kept while the day is."""
        if self.on_day != self.meeting.day:
            return []
        return [person for person in (self.meeting.chair, self.meeting.recorder) if person]
