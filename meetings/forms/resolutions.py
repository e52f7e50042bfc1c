"""A vote as people type it: what is put to it, and the numbers counted. Voters are never typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from branchlife.enumeration import enumerated
from meetings.enums import SECRET_BALLOT, PostTitle, ResolutionKind
from meetings.forms.fields import DayField, LineField, ParagraphField
from meetings.forms.prefill import members_on
from meetings.models import Candidate, Exclusion, Meeting, Member, Post, Resolution
from meetings.services.resolutions import ResolutionDraft, Standing, Votes
from meetings.services.verdicts import candidates_in_order
from meetings.services.vote_counts import attendance_is_taken
from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import person_name, plain

MOST_VOTES = 9999
MOST_SEATS = 99
MOST_CANDIDATES = 60
SPARE_ROWS = 3
# Somebody has to carry these out; the others are about persons.
CARRIED_OUT = (ResolutionKind.GENERAL, ResolutionKind.COMMITTEE, ResolutionKind.DEMOCRATIC_LIFE)
COUNTS = ("yes", "no", "abstain")


class CountField(forms.IntegerField):
    """A number of votes, as typed with any kind of digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=MOST_VOTES, required=False, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric"}

    def to_python(self, value: Any) -> int | None:
        return super().to_python(plain(value) if isinstance(value, str) else value)


class PersonNameField(LineField):
    """The name of exactly one person, who need not be in the roster."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        try:
            return person_name(text) if text else ""
        except BadValue as error:
            raise ValidationError(str(error)) from None


class ResolutionForm(forms.Form):
    """Only the fields this kind of vote has; the votes once it is written down who came."""

    subject = LineField(label=gettext_lazy("Put to the vote"), max_length=200)
    about = PersonNameField(label=gettext_lazy("Person voted on"), max_length=60)
    text = ParagraphField(
        label=gettext_lazy("Text of the resolution"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    seats = forms.IntegerField(label=gettext_lazy("Seats"), min_value=1, max_value=MOST_SEATS)
    exclusions = forms.MultipleChoiceField(
        label=gettext_lazy("Approved by the upper organization"), widget=forms.CheckboxSelectMultiple
    )
    yes = CountField(label=gettext_lazy("In favour"))
    no = CountField(label=gettext_lazy("Against"))
    abstain = CountField(label=gettext_lazy("Abstentions"))
    is_secret = forms.BooleanField(label=gettext_lazy("Secret ballot"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Responsible"), required=False)
    due_on = DayField(label=gettext_lazy("To be done by"), required=False)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        meeting: Meeting,
        kind: ResolutionKind,
        resolution: Resolution | None = None,
    ) -> None:
        self.meeting, self.kind, self.resolution = meeting, kind, resolution
        self.is_counted = attendance_is_taken(meeting)
        super().__init__(data, initial=self._known())
        for name in self._unused():
            del self.fields[name]
        if "owner" in self.fields:
            self._members = {
                str(member.pk): member for member in members_on(meeting.organization, meeting.day)
            }
            names = [("", "—"), *((pk, member.name) for pk, member in self._members.items())]
            self.fields["owner"].choices = names  # type: ignore[attr-defined]
        if "exclusions" in self.fields:
            self._offer_exclusions()
        self.candidates = self._candidate_rows(data) if kind == ResolutionKind.ELECTION else None

    @property
    def kind_label(self) -> str:
        return str(self.kind.label)

    def is_valid(self) -> bool:
        rows = self.candidates is None or self.candidates.is_valid()
        return super().is_valid() and rows

    def clean_owner(self) -> Member | None:
        return self._members.get(self.cleaned_data["owner"])

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        if (
            "yes" in self.fields
            and cleaned.get("yes") is None
            and (cleaned.get("no") or cleaned.get("abstain"))
        ):
            self.add_error("yes", _("Give the votes in favour, 0 if there were none."))
        return cleaned

    def draft(self) -> ResolutionDraft:
        cleaned = self.cleaned_data
        chosen = tuple(self._exclusions[pk] for pk in cleaned.get("exclusions", ()))
        return ResolutionDraft(
            subject=cleaned.get("subject") or self._subject(chosen),
            text=cleaned.get("text", ""),
            about=cleaned.get("about", ""),
            is_secret=cleaned["is_secret"],
            owner=cleaned.get("owner"),
            due_on=cleaned.get("due_on"),
            seats=cleaned.get("seats"),
            votes=_votes(cleaned),
            candidates=tuple(self._standings()),
            exclusions=chosen,
        )

    # ---- inside ----

    def _known(self) -> dict[str, Any]:
        """Nothing typed twice: what the vote says already, or what such a vote usually is."""
        vote = self.resolution
        if vote is None:
            return {"is_secret": self.kind in SECRET_BALLOT}
        names = ("subject", "about", "text", "seats", "is_secret", "due_on", "version", *COUNTS)
        listed = [str(pk) for pk in vote.exclusions.values_list("pk", flat=True)]
        return {name: getattr(vote, name) for name in names} | {"owner": vote.owner_id, "exclusions": listed}

    def _unused(self) -> set[str]:
        kind, unused = self.kind, set()
        if kind not in (ResolutionKind.ADMISSION, ResolutionKind.TURNING_FULL):
            unused.add("about")
        if kind not in (*CARRIED_OUT, ResolutionKind.ELECTION):
            unused.add("subject")
        if kind not in CARRIED_OUT:
            unused |= {"text", "owner", "due_on"}
        if kind != ResolutionKind.ELECTION:
            unused.add("seats")
        if kind != ResolutionKind.EXCLUSION:
            unused.add("exclusions")
        if kind == ResolutionKind.ELECTION or not self.is_counted:
            unused |= set(COUNTS)
        return unused

    def _offer_exclusions(self) -> None:
        rows = list(Exclusion.objects.to_adopt(self.meeting.organization).select_related("member"))
        if self.resolution:
            rows += list(self.resolution.exclusions.select_related("member"))
        self._exclusions = {str(row.pk): row for row in rows}
        labels = [
            (pk, f"{row.member.name} · {row.get_reason_display()}") for pk, row in self._exclusions.items()
        ]
        self.fields["exclusions"].choices = labels  # type: ignore[attr-defined]

    def _subject(self, chosen: tuple[Exclusion, ...]) -> str:
        """What a vote on persons is called follows from their names."""
        names = enumerated(row.member.name for row in chosen)
        sentences = {
            ResolutionKind.ADMISSION: _("Admit %(name)s as a probationary member"),
            ResolutionKind.TURNING_FULL: _("%(name)s becomes a full member"),
            ResolutionKind.EXCLUSION: _("Leave out of the count: %(name)s"),
        }
        return (sentences[self.kind] % {"name": self.cleaned_data.get("about") or names})[:200]

    def _candidate_rows(self, data: Any) -> Any:
        known = candidates_in_order(self.resolution) if self.resolution else []
        rows = forms.formset_factory(
            CandidateForm, formset=CandidateRows, extra=SPARE_ROWS, max_num=MOST_CANDIDATES,
            absolute_max=MOST_CANDIDATES, validate_max=True,
        )  # fmt: skip
        form_kwargs = {"is_counted": self.is_counted}
        return rows(
            data, prefix="candidate", initial=[_row_of(each) for each in known], form_kwargs=form_kwargs
        )

    def _standings(self) -> list[Standing]:
        if self.candidates is None:
            return []
        rows = [form.cleaned_data for form in self.candidates if form.cleaned_data.get("name")]
        return [Standing(row["name"], _votes(row), row["written_in"]) for row in rows]


class CandidateForm(forms.Form):
    name = PersonNameField(
        label=gettext_lazy("Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "usual-candidates", "autocomplete": "off"}),
    )
    yes = CountField(label=gettext_lazy("In favour"))
    no = CountField(label=gettext_lazy("Against"))
    abstain = CountField(label=gettext_lazy("Abstentions"))
    written_in = forms.BooleanField(label=gettext_lazy("Written in by voters"), required=False)

    def __init__(self, *args: Any, is_counted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_counted:
            for name in COUNTS:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        counted = any(cleaned.get(name) is not None for name in COUNTS)
        if counted and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", _("Whose votes are these?"))
        return cleaned


class CandidateRows(forms.BaseFormSet):
    def clean(self) -> None:
        names = [form.cleaned_data.get("name") for form in self.forms if hasattr(form, "cleaned_data")]
        twice = {name for name in names if name and names.count(name) > 1}
        if twice:
            raise ValidationError(_("On the list twice: %(names)s.") % {"names": enumerated(sorted(twice))})


class OpinionForm(forms.Form):
    """Which voter handed in a written opinion, and when."""

    member = forms.ChoiceField(label=gettext_lazy("Voter who cannot come"))
    received_on = DayField(label=gettext_lazy("Handed in on"))

    def __init__(self, data: Any = None, *, voters: list[Member]) -> None:
        super().__init__(data)
        self._voters = {str(member.pk): member for member in voters}
        choices = [("", "—"), *((pk, member.name) for pk, member in self._voters.items())]
        self.fields["member"].choices = choices  # type: ignore[attr-defined]

    def clean_member(self) -> Member:
        return self._voters[self.cleaned_data["member"]]


def usual_candidates(meeting: Meeting) -> list[str]:
    """Names to choose from while typing: those who hold a post, then the other members."""
    members = members_on(meeting.organization, meeting.day)
    posts = Post.objects.on(meeting.day).filter(organization=meeting.organization)
    seated = set(posts.exclude(title=PostTitle.YOUTH).values_list("member", flat=True))
    return [member.name for member in sorted(members, key=lambda member: member.pk not in seated)]


def _votes(cleaned: dict[str, Any]) -> Votes | None:
    if cleaned.get("yes") is None:
        return None
    return Votes(cleaned["yes"], cleaned.get("no") or 0, cleaned.get("abstain") or 0)


def _row_of(candidate: Candidate) -> dict[str, Any]:
    return {name: getattr(candidate, name) for name in ("name", *COUNTS, "written_in")}
