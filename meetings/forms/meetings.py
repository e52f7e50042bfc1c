"""Finding meetings, and putting one on the calendar outside the plan."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branchlife.models import User
from meetings.enums import (
    DISCHARGING,
    KINDS_OF_A_BRANCH,
    Audience,
    ContentCategory,
    MeetingKind,
    MeetingState,
    Period,
    Role,
    audience_of,
)
from meetings.forms.fields import ClockField, DayField, LineField
from meetings.forms.prefill import kinds_offered
from meetings.models import Meeting, Organization, PartyGroup
from meetings.period_names import period_name
from meetings.periods import span_from_code, spans_between
from meetings.scope import scope_of
from meetings.services.record import MeetingFacts

# Beside the states themselves; addresses carry these words.
TO_RECORD = "to_record"
HELD_AT_ALL = "held_at_all"
NO_CATEGORY = "none"
EARLIEST_YEAR = 2000


class MeetingFilter(forms.Form):
    """What to look for. Everything may be left out; what cannot be understood gets a sentence and no rows."""

    period = forms.ChoiceField(label=gettext_lazy("Period"), required=False)
    first = DayField(label=pgettext_lazy("filter", "From"), required=False)
    last = DayField(label=pgettext_lazy("filter", "To"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of meeting"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    organization = forms.ChoiceField(label=gettext_lazy("Branch"), required=False)
    group = forms.ChoiceField(label=gettext_lazy("Party group"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Content category"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        self.organizations = list(Organization.objects.visible_to(user))
        self.groups = list(PartyGroup.objects.visible_to(user).select_related("organization"))
        everything = ("", pgettext_lazy("filter", "All"))
        self._choose("kind", [everything, *MeetingKind.choices])
        to_record = (TO_RECORD, gettext_lazy("Still to be recorded"))
        held = (HELD_AT_ALL, gettext_lazy("All that were held"))
        self._choose("state", [everything, to_record, held, *MeetingState.choices])
        nothing = (NO_CATEGORY, gettext_lazy("Without a category"))
        self._choose("category", [everything, *ContentCategory.choices, nothing])
        self._choose("period", [everything, *_periods(self.data.get("period", ""))])
        self._choose("organization", [everything, *((o.pk, _indented(o)) for o in self.organizations)])
        self._choose("group", [everything, *self._group_choices()])
        for name, is_of_use in (
            ("organization", len(self.organizations) > 1),
            ("group", len(self.groups) > 1 and (self._one_branch() or bool(self.data.get("organization")))),
        ):
            if not is_of_use and not self.data.get(name):
                del self.fields[name]

    def add_prefix(self, field_name: str) -> str:
        """``?from=…&to=…`` in the address; ``from`` cannot be the name of an attribute."""
        return super().add_prefix({"first": "from", "last": "to"}.get(field_name, field_name))

    def narrow(self, meetings: QuerySet[Meeting]) -> QuerySet[Meeting]:
        if not self.is_valid():
            return meetings.none()
        cleaned = self.cleaned_data
        first, last = self.days()
        for lookup, value in (("day__gte", first), ("day__lte", last), ("group", cleaned.get("group"))):
            if value:
                meetings = meetings.filter(**{lookup: value})
        if cleaned.get("organization"):
            meetings = meetings.filter(organization__path__startswith=self._path(cleaned["organization"]))
        if cleaned["kind"]:
            meetings = meetings.of_kind(cleaned["kind"])  # type: ignore[attr-defined]
        if cleaned["category"]:
            meetings = meetings.filter(category=cleaned["category"].replace(NO_CATEGORY, ""))
        return self._in_state(meetings, cleaned["state"])

    def _in_state(self, meetings: QuerySet[Meeting], state: str) -> QuerySet[Meeting]:
        if state == TO_RECORD:
            return meetings.to_record(timezone.localdate())  # type: ignore[attr-defined]
        if state == HELD_AT_ALL:
            return meetings.filter(state__in=DISCHARGING)
        return meetings.filter(state=state) if state else meetings

    def days(self) -> tuple[date | None, date | None]:
        """The days asked for: the period narrowed by from and to."""
        cleaned = self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if not cleaned["period"]:
            return first, last
        span = span_from_code(cleaned["period"])
        return max(filter(None, (first, span.start))), min(filter(None, (last, span.end)))

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        if first and last and first > last:
            self.add_error("last", _("The last day lies before the first."))
        return self.cleaned_data

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _path(self, pk: str) -> str:
        return next(o.path for o in self.organizations if str(o.pk) == pk)

    def _one_branch(self) -> bool:
        return len({group.organization_id for group in self.groups}) == 1

    def _group_choices(self) -> list[tuple[int, str]]:
        """Those below the organization that was chosen; their branch is named where it is not plain."""
        chosen = self.data.get("organization", "")
        path = next((o.path for o in self.organizations if str(o.pk) == chosen), "")
        shown = [group for group in self.groups if group.organization.path.startswith(path)]
        several = len({group.organization_id for group in shown}) > 1
        return [(g.pk, _group_with_branch(g) if several else g.name) for g in shown]


class MeetingForm(forms.Form):
    """A meeting outside the plan: the branch's secretary or a group's leader enters it."""

    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("Branch"), empty_label=None
    )
    group = forms.ModelChoiceField(
        PartyGroup.objects.none(),
        label=gettext_lazy("Party group"),
        required=False,
        empty_label="—",
        help_text=gettext_lazy("Only for a group meeting."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Kind of meeting"),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "btn-check"}),
    )
    theme = LineField(label=gettext_lazy("Theme"), max_length=200)
    day = DayField(label=gettext_lazy("Day"))
    starts = ClockField(label=gettext_lazy("Begins"), required=False)
    ends = ClockField(label=gettext_lazy("Ends"), required=False)
    place = LineField(label=gettext_lazy("Place"), max_length=100, required=False)
    problem = LineField(label=gettext_lazy("Problem to solve"), max_length=200, required=False)
    category = forms.ChoiceField(
        label=gettext_lazy("Content category"), choices=[("", "—"), *ContentCategory.choices], required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(user)
        self.led_branches = {seat.organization_id for seat in scope.seats if seat.role == Role.SECRETARY}
        groups = PartyGroup.objects.filter(pk__in=scope.group_ids)
        groups |= PartyGroup.objects.filter(organization__in=self.led_branches)
        branches = self.led_branches | {seat.organization_id for seat in scope.seats if seat.group_id}
        self._choose("organization", Organization.objects.filter(pk__in=branches))
        self._choose("group", groups.select_related("organization"))
        self.fields["kinds"].choices = [  # type: ignore[attr-defined]
            (kind.value, kind.label) for kind in MeetingKind if kind in self._kinds()
        ]
        if len(branches) == 1:
            self.initial.setdefault("organization", next(iter(branches)))

    def clean_kinds(self) -> list[str]:
        return [kind for kind in MeetingKind.values if kind in self.cleaned_data["kinds"]]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        organization, group, kinds = cleaned.get("organization"), cleaned.get("group"), cleaned.get("kinds")
        if not (organization and kinds) or "group" in self.errors:
            return cleaned
        if group and group.organization_id != organization.pk:
            self.add_error("group", _("The group belongs to another branch."))
        elif group is None and organization.pk not in self.led_branches:
            self.add_error("group", _("A group's leader enters the meetings of the group."))
        elif (audience_of(kinds) == Audience.GROUP) != (group is not None):
            self.add_error("kinds", _("A group meeting names its group, and a group holds nothing else."))
        elif not set(kinds) <= {kind for kind, _label in kinds_offered(organization, group, [])}:
            self.add_error(
                "kinds", _("%(name)s does not hold this kind of meeting.") % {"name": organization.name}
            )
        return cleaned

    def facts(self) -> MeetingFacts:
        names = ("theme", "day", "starts", "ends", "place", "problem", "category")
        cleaned = self.cleaned_data
        return MeetingFacts(kinds=tuple(cleaned["kinds"]), **{name: cleaned[name] for name in names})

    def _choose(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rows
        if name == "group" and len(self.led_branches) > 1:
            field.label_from_instance = _group_with_branch  # type: ignore[method-assign]

    def _kinds(self) -> set[str]:
        """A group's leader enters group meetings only."""
        return {MeetingKind.GROUP, *KINDS_OF_A_BRANCH} if self.led_branches else {MeetingKind.GROUP}


class RescheduleForm(forms.Form):
    """Another day, time or place for a meeting on the calendar."""

    day = DayField(label=gettext_lazy("Day"))
    starts = ClockField(label=gettext_lazy("Begins"), required=False)
    ends = ClockField(label=gettext_lazy("Ends"), required=False)
    place = LineField(label=gettext_lazy("Place"), max_length=100, required=False)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        names = ("day", "starts", "ends", "place", "version")
        super().__init__(data, initial={name: getattr(meeting, name) for name in names})


def _periods(wanted: str) -> list[tuple[str, str]]:
    """This year and the last by year, quarter and month, newest first; and the one asked for, if any."""
    today = timezone.localdate()
    first, last = date(today.year - 1, 1, 1), date(today.year, 12, 31)
    spans = [
        *reversed([*spans_between(Period.YEAR, first, last)]),
        *reversed([*spans_between(Period.QUARTER, first, last)]),
        *reversed([*spans_between(Period.MONTH, first, last)]),
    ]
    known = {span.code: period_name(span) for span in spans}
    return [*known.items(), *([] if wanted in known else _other_period(wanted))]


def _other_period(code: str) -> list[tuple[str, str]]:
    try:
        span = span_from_code(code)
    except (ValueError, OverflowError):
        return []
    return [(code, period_name(span))] if span.start.year >= EARLIEST_YEAR else []


def _group_with_branch(obj: Any) -> str:
    return f"{obj.organization.name} · {obj.name}"


def _indented(organization: Organization) -> str:
    return f"{'　' * (organization.depth - 1)}{organization.name}"
