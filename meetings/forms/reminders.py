"""Forms about being reminded."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.digest import Habits
from meetings.forms.fields import ClockField, DayField, LineField
from meetings.models import Organization, Robot
from meetings.reminder_enums import ROBOTS
from meetings.scope import scope_of
from meetings.services.reminders.groups import RobotFacts

KEPT = _("It is kept sealed and never shown again; leave it empty to keep the one that is there.")


class HabitsForm(forms.Form):
    by_mail = forms.BooleanField(required=False, label=_("Send me a daily summary by e-mail"))
    digest_at = ClockField(label=_("Time of the daily summary"))
    quiet_from = ClockField(label=_("Quiet from"))
    quiet_until = ClockField(
        label=_("Quiet until"), help_text=_("Nothing is sent in between. Equal times: never quiet.")
    )
    working_days_only = forms.BooleanField(required=False, label=_("On working days only"))

    @property
    def habits(self) -> Habits:
        return Habits(**self.cleaned_data)


class SnoozeForm(forms.Form):
    until = DayField(label=_("Remind me again on"))
    reason = LineField(max_length=200, label=_("Reason"), help_text=_("Stays with your name and the time."))

    def __init__(self, *args: Any, first: date, last: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}


class RobotForm(forms.Form):
    organization = forms.ModelChoiceField(Organization.objects.none(), label=_("Organization"))
    channel = forms.ChoiceField(choices=[(each.value, each.label) for each in ROBOTS], label=_("Kind"))
    name = LineField(max_length=60, label=_("Name of the group"))
    url = LineField(max_length=300, required=False, label=_("Address of the robot (webhook)"))
    secret = LineField(max_length=100, required=False, label=_("Signing secret (DingTalk)"))
    is_active = forms.BooleanField(required=False, initial=True, label=_("In use"))

    def __init__(self, *args: Any, user: User, robot: Robot | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = scope_of(user)
        places = Organization.objects.filter(
            scope.within(roles=("administrator",))
        ) | Organization.objects.filter(path__in=scope.paths("secretary"))
        self.fields["organization"].queryset = places.distinct()  # type: ignore[attr-defined]
        if robot:
            for name in ("url", "secret"):
                self.fields[name].help_text = KEPT
                self.fields[name].widget.attrs["autocomplete"] = "off"
        else:
            self.fields["url"].required = True

    @property
    def facts(self) -> RobotFacts:
        return RobotFacts(**self.cleaned_data)
