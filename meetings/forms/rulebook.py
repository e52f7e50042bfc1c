"""Changing the rule book: a version of any kind of rule, its end, its basis, whole files."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from branchlife.forms import UnchangedMixin
from branchlife.models import User
from meetings.enums import ExclusionReason, MeetingKind, ResolutionKind, Role
from meetings.forms.fields import DayField, LineField, NumbersField
from meetings.models import Deadline, Organization, ReminderRule, Requirement, RuleVersion, VoteRule
from meetings.models.vote_rule import WRITTEN_COUNTS
from meetings.scope import scope_of
from meetings.services.rulebook.checks import check_new_kind
from meetings.services.rulebook.files import LARGEST

LABELS = {
    "national": gettext_lazy("National rules"),
    "organ": gettext_lazy("State organs"),
    "university": gettext_lazy("Universities"),
    "enterprise": gettext_lazy("Enterprises"),
}
BASIS = ("basis_source", "basis_article", "confidence", "note")


class OwnerField(forms.ModelChoiceField):
    """For whom a rule is set: everybody, or an organization and what is below it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Organization.objects.none(), label=gettext_lazy("Set for"), required=False, **kwargs)

    def offer(self, user: User, *, national: bool = False, below: Organization | None = None) -> None:
        """The places the user administers, everybody where ``national``, only below an organization."""
        places = Organization.objects.filter(scope_of(user).within(roles=(Role.ADMINISTRATOR,)))
        if below:
            places = places.below(below).exclude(pk=below.pk)
        self.queryset = places
        self.required = not national
        self.empty_label = _("Everybody (national)") if national else "---------"


class SeenMixin(forms.Form):
    """Carries the newest version the writer saw, so that nobody overwrites what they did not know."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class VersionForm(SeenMixin, forms.ModelForm):
    """What all kinds of rules ask for. The instance is an unsaved draft."""

    valid_from = DayField(label=gettext_lazy("In force from"))
    basis_source = LineField(
        label=gettext_lazy("Regulation"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Empty for local practice."),
    )
    basis_article = LineField(label=gettext_lazy("Article"), max_length=40, required=False)
    note = LineField(
        label=gettext_lazy("Explanation"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("A sentence. Needed where a local rule asks for less than the one above it."),
    )


class RequirementForm(VersionForm):
    """A new version of a requirement that is there."""

    class Meta:
        model = Requirement
        fields = (
            "period", "minimum", "bearer", "condition", "grace_days", "shares_event", "valid_from", "is_active",
            *BASIS,
        )  # fmt: skip
        labels = {
            "period": gettext_lazy("In each"),
            "minimum": gettext_lazy("At least this often"),
            "grace_days": gettext_lazy("Days of grace after the period"),
        }
        help_texts = {
            "shares_event": gettext_lazy(
                "Off: it has to be an event of its own, not together with another kind."
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Asked for together, see `clean`.
        self.fields["period"].required = self.fields["minimum"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [name for name in ("period", "minimum") if cleaned.get(name) or name in self.errors]
        if len(given) == 1:  # with neither of them the rule itself has its say
            missing = "minimum" if given == ["period"] else "period"
            self.add_error(missing, _("This field is required."))
        return cleaned


class OverrideForm(RequirementForm):
    """An organization's own version of a rule that holds above it."""

    owner = OwnerField()

    class Meta(RequirementForm.Meta):
        fields = ("owner", *RequirementForm.Meta.fields)


class NewRequirementForm(OverrideForm):
    """A rule for a kind of meeting that has none yet."""

    class Meta(RequirementForm.Meta):
        fields = ("kind", "owner", *RequirementForm.Meta.fields)

    kind = forms.ChoiceField(label=gettext_lazy("Kind of meeting"), choices=MeetingKind.choices)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        known = {name: cleaned.get(name) for name in ("kind", "bearer", "owner", "valid_from")}
        if all(known[name] for name in ("kind", "bearer", "valid_from")):
            check_new_kind(Requirement(**known))
        return cleaned

    def _post_clean(self) -> None:
        self.instance.code = _free_code(
            self.cleaned_data.get("kind", ""), self.cleaned_data.get("bearer", "")
        )
        super()._post_clean()  # type: ignore[misc]


def _free_code(kind: str, bearer: str) -> str:
    """Codes are for files and never shown: the kind, and the bearer where the kind has another rule."""
    taken = Requirement.objects.filter(code=kind).exclude(bearer=bearer).exists()
    return f"{kind}_{bearer}" if taken else kind


class DeadlineForm(VersionForm):
    class Meta:
        model = Deadline
        fields = ("amount", "unit", "month", "valid_from", "is_active", *BASIS)
        help_texts = {
            "month": gettext_lazy(
                "Only for a day of a month: 1 is the period's first month, 13 January of the next year."
            )
        }


class DeadlineOverrideForm(DeadlineForm):
    owner = OwnerField()

    class Meta(DeadlineForm.Meta):
        fields = ("owner", *DeadlineForm.Meta.fields)


class VoteRuleForm(VersionForm):
    leaves_out = forms.MultipleChoiceField(
        label=gettext_lazy("May be left out of the count"),
        choices=ExclusionReason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = VoteRule
        fields = (
            "quorum_part", "quorum_whole", "quorum_strict", "majority_part", "majority_whole", "majority_strict",
            "majority_of_present", "takes_written", "surplus", "leaves_out", "valid_from", "is_active", *BASIS,
        )  # fmt: skip
        help_texts = {
            "quorum_strict": gettext_lazy("Off: exactly that share is enough to meet."),
            "majority_strict": gettext_lazy("Off: exactly that share is enough to carry."),
            "majority_of_present": gettext_lazy("Off: the majority is of all voters expected."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.code not in WRITTEN_COUNTS:
            del self.fields["takes_written"]
        if self.instance.code != ResolutionKind.ELECTION:
            del self.fields["surplus"]


class VoteRuleOverrideForm(VoteRuleForm):
    owner = OwnerField()

    class Meta(VoteRuleForm.Meta):
        fields = ("owner", *VoteRuleForm.Meta.fields)


class ReminderRuleForm(VersionForm):
    """The ladder of one kind of deadline."""

    before = NumbersField(
        label=gettext_lazy("Before the due date"),
        required=False,
        help_text=gettext_lazy(
            "Such as 10, 3: told so long before the due date. Empty: not before it, only when it is overdue."
        ),
    )
    above = NumbersField(
        label=gettext_lazy("Told above after (working days)"),
        required=False,
        help_text=gettext_lazy(
            "Such as 5, 10: the organization above hears of it after 5 working days, the next one after 10. "
            "Empty: nobody above is told."
        ),
    )

    class Meta:
        model = ReminderRule
        fields = (
            "before", "unit", "after", "every", "times", "above", "when_unsure", "valid_from", "is_active", *BASIS,
        )  # fmt: skip
        help_texts = {
            "after": gettext_lazy("Empty: nobody is told that it is overdue."),
            "every": gettext_lazy("Empty: told once."),
            "when_unsure": gettext_lazy("Where the mail server took a letter and never said so."),
        }


class ReminderRuleOverrideForm(ReminderRuleForm):
    owner = OwnerField()

    class Meta(ReminderRuleForm.Meta):
        fields = ("owner", *ReminderRuleForm.Meta.fields)


class EndForm(SeenMixin):
    """The first day on which the owner's rule holds no longer."""

    valid_from = DayField(
        label=gettext_lazy("No longer in force from"),
        help_text=gettext_lazy("From then on the rule above holds, or none."),
    )


class BasisForm(UnchangedMixin, forms.Form):
    """What may be mended in a version without changing what is owed."""

    basis_source = VersionForm.base_fields["basis_source"]
    basis_article = VersionForm.base_fields["basis_article"]
    confidence = forms.ChoiceField(
        label=gettext_lazy("How sure"), choices=RuleVersion._meta.get_field("confidence").choices
    )
    note = VersionForm.base_fields["note"]


class RuleSetForm(forms.Form):
    """A preset shipped with the program, or a file. ``text`` carries an uploaded file through the preview."""

    preset = forms.ChoiceField(
        label=gettext_lazy("Preset"),
        required=False,
        choices=[("", gettext_lazy("None: a file of your own")), *LABELS.items()],
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("A rule set as exported here (JSON)."),
    )
    text = forms.CharField(widget=forms.HiddenInput, required=False, max_length=LARGEST, strip=False)
    owner = OwnerField()
    since = DayField(
        label=gettext_lazy("In force from"),
        required=False,
        help_text=gettext_lazy("For entries without a date of their own; empty: the day the file names."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = [name for name in ("preset", "file", "text") if cleaned.get(name)]
        if len(given) != 1 and not self.errors:
            raise ValidationError(_("Choose a preset or a file, one of them."))
        file = cleaned.get("file")
        if file and file.size > LARGEST:
            self.add_error("file", _("The file is larger than %(size)s KB.") % {"size": LARGEST // 1024})
        return cleaned


class DutiesFilter(forms.Form):
    organization = forms.ModelChoiceField(
        Organization.objects.none(), label=gettext_lazy("Organization"), required=False
    )

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, auto_id="filter_%s")
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organization.objects.visible_to(user)
        field.empty_label = pgettext("filter", "All")
