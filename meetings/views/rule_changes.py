"""Changing the rule book: a form, what it would do to the ledger, and only then the change itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.http import SignedInRequest
from branchlife.models import User
from branchlife.views import render_conflict
from meetings.enums import Bearer, Confidence, Period
from meetings.forms.rulebook import (
    BASIS,
    BasisForm,
    DeadlineForm,
    DeadlineOverrideForm,
    EndForm,
    NewRequirementForm,
    OverrideForm,
    ReminderRuleForm,
    ReminderRuleOverrideForm,
    RequirementForm,
    VersionForm,
    VoteRuleForm,
    VoteRuleOverrideForm,
)
from meetings.models import Deadline, Organization, ReminderRule, Requirement, RuleVersion, VoteRule
from meetings.rules import can_change_rules, keeps_national_rules, keeps_rules_of
from meetings.services.obligations import SyncResult
from meetings.services.rulebook import versions
from meetings.services.rulebook.drafts import draft_of, newest_of, next_first_day
from meetings.services.rulebook.preview import preview_ledger
from meetings.views.rulebook import address, fetch, tops

CONFIRM, EDIT = "confirm", "edit"
VERSION_FORMS: dict[type[RuleVersion], type[VersionForm]] = {
    Requirement: RequirementForm,
    Deadline: DeadlineForm,
    VoteRule: VoteRuleForm,
    ReminderRule: ReminderRuleForm,
}
OVERRIDE_FORMS: dict[type[RuleVersion], type[VersionForm]] = {
    Requirement: OverrideForm,
    Deadline: DeadlineOverrideForm,
    VoteRule: VoteRuleOverrideForm,
    ReminderRule: ReminderRuleOverrideForm,
}


@dataclass(frozen=True)
class Change:
    """One change of the book: its form, the rule it is about, and how it is tried and made.

    ``attempt`` leaves the ledger alone: the preview runs it and takes it back.
    """

    form: forms.Form | forms.ModelForm
    rule: RuleVersion
    title: str
    back: str
    attempt: Callable[[], object]
    make: Callable[[], SyncResult]


def rule_create(request: SignedInRequest) -> HttpResponse:
    _require_administrator(request.user)
    draft = Requirement(bearer=Bearer.BRANCH, confidence=Confidence.LOCAL, period=Period.QUARTER)
    draft.valid_from = next_first_day(draft, timezone.localdate())
    form = NewRequirementForm(request.POST or None, instance=draft)
    form.fields["owner"].offer(request.user, national=keeps_national_rules(request.user, tops()))
    return _version_page(request, form, draft, _("New rule"), reverse("rule_list"))


def rule_change(request: SignedInRequest, pk: int, model: type[RuleVersion]) -> HttpResponse:
    rule = fetch(request.user, model, pk)
    _require_keeper(request.user, rule.owner)
    draft = draft_of(rule, timezone.localdate())
    known = {"seen": newest_of(rule, rule.owner)}
    form = VERSION_FORMS[model](request.POST or None, instance=draft, initial=known)
    title = _("Change: %(rule)s") % {"rule": rule}
    return _version_page(request, form, draft, title, address(rule, "detail"))


def rule_override(request: SignedInRequest, pk: int, model: type[RuleVersion]) -> HttpResponse:
    rule = fetch(request.user, model, pk)
    _require_administrator(request.user)
    draft = draft_of(rule, timezone.localdate())
    draft.owner, draft.note = None, ""
    form = OVERRIDE_FORMS[model](request.POST or None, instance=draft)
    form.fields["owner"].offer(request.user, below=rule.owner)  # type: ignore[attr-defined]
    title = _("Own rule for an organization: %(rule)s") % {"rule": rule}
    return _version_page(request, form, draft, title, address(rule, "detail"))


def rule_end(request: SignedInRequest, pk: int, model: type[RuleVersion]) -> HttpResponse:
    rule = fetch(request.user, model, pk)
    _require_keeper(request.user, rule.owner)
    known = {"seen": newest_of(rule, rule.owner), "valid_from": next_first_day(rule, timezone.localdate())}
    form = EndForm(request.POST or None, initial=known)

    def facts() -> dict[str, Any]:
        cleaned = form.cleaned_data
        ending = {"from_day": cleaned["valid_from"], "seen": cleaned["seen"]}
        return {"rule": rule, "actor": request.user} | ending

    change = Change(
        form,
        rule,
        _("End: %(rule)s") % {"rule": rule},
        address(rule, "detail"),
        attempt=lambda: versions.close_rule(**facts()),
        make=lambda: versions.end_rule(**facts()),
    )
    return _decide(request, change)


def rule_basis(request: SignedInRequest, pk: int, model: type[RuleVersion]) -> HttpResponse:
    """The basis can be mended at once: what is owed does not change."""
    rule = fetch(request.user, model, pk)
    _require_keeper(request.user, rule.owner)
    form = BasisForm(request.POST or None, initial={name: getattr(rule, name) for name in BASIS})
    if request.method == "POST" and form.is_valid():
        try:
            versions.correct_basis(rule=rule, basis=form.cleaned_data, actor=request.user)
        except ValidationError as error:
            blame(form, error)
        else:
            messages.success(request, _("The basis is corrected."))
            return redirect(address(rule, "detail"))
    title = _("Correct the basis: %(rule)s") % {"rule": rule}
    context = {"form": form, "title": title, "back": address(rule, "detail"), "submit": _("Save")}
    return render(request, "meetings/rule_form.html", context, status=400 if form.errors else 200)


def _version_page(
    request: SignedInRequest, form: VersionForm, draft: RuleVersion, title: str, back: str
) -> HttpResponse:
    def known() -> dict[str, Any]:
        return {"rule": draft, "actor": request.user, "seen": form.cleaned_data["seen"]}

    change = Change(
        form,
        draft,
        title,
        back,
        attempt=lambda: versions.put_in_force(**known()),
        make=lambda: versions.save_rule(**known()),
    )
    return _decide(request, change)


def _decide(request: SignedInRequest, change: Change) -> HttpResponse:
    """Show the form; once it is right, what it would do; make the change when that was confirmed."""
    stage = request.POST.get("stage", "")
    if request.method == "POST" and change.form.is_valid() and stage != EDIT:
        try:
            if stage == CONFIRM or not isinstance(change.rule, Requirement):
                return _make(request, change)
            return _preview(request, change, change.rule)
        except versions.StaleRule:
            sentence = _("Somebody else changed this rule in the meantime. Look at it again first.")
            return render_conflict(request, sentence, change.back)
        except ValidationError as error:
            blame(change.form, error)
    submit = _("Show what it would do") if isinstance(change.rule, Requirement) else _("Save")
    context = {"form": change.form, "title": change.title, "back": change.back, "submit": submit}
    return render(request, "meetings/rule_form.html", context, status=400 if change.form.errors else 200)


def _preview(request: SignedInRequest, change: Change, rule: Requirement) -> HttpResponse:
    difference = preview_ledger(
        change=change.attempt, owner=rule.owner, kinds={rule.kind}, as_of=timezone.localdate()
    )
    context = {
        "form": change.form,
        "title": change.title,
        "back": change.back,
        "difference": difference,
        "valid_from": change.form.cleaned_data["valid_from"],
        "reaches_back": change.form.cleaned_data["valid_from"] <= timezone.localdate(),
    }
    return render(request, "meetings/rule_preview.html", context)


def _make(request: SignedInRequest, change: Change) -> HttpResponse:
    done = change.make()
    if isinstance(change.rule, Requirement):
        messages.success(request, ledger_sentence(done))
    else:
        messages.success(request, _("Saved."))
    return redirect(address(change.rule, "detail", newest_of(change.rule, change.rule.owner)))


def ledger_sentence(done: SyncResult) -> str:
    facts = {"created": done.created, "changed": done.changed, "removed": done.removed}
    return (
        _("Saved. In the ledger: %(created)s lines added, %(changed)s changed, %(removed)s removed.") % facts
    )


def blame(form: forms.BaseForm, error: ValidationError) -> None:
    """Each sentence at its field, or above the form where the form has no such field."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, sentences in by_field.items():
        form.add_error(name if name in form.fields else None, sentences)


def _require_administrator(user: User) -> None:
    if not can_change_rules(user):
        raise PermissionDenied


def _require_keeper(user: User, owner: Organization | None) -> None:
    if not keeps_rules_of(user, owner, [] if owner else tops()):
        raise PermissionDenied(_("National rules are kept by whoever administers the whole tree."))
