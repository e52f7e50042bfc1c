"""Taking over a rule set from a preset or a file: what it would do first, then the change."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.http import SignedInRequest
from meetings.forms.rulebook import RuleSetForm
from meetings.rules import can_change_rules, keeps_national_rules
from meetings.services.rulebook import sets
from meetings.services.rulebook.files import RuleSetError, decode, read_rule_set
from meetings.services.rulebook.preview import preview_ledger
from meetings.services.rulebook.seed import read_preset
from meetings.views.rulebook import tops


def rule_import(request: SignedInRequest) -> HttpResponse:
    if not can_change_rules(request.user):
        raise PermissionDenied
    form = RuleSetForm(request.POST or None, request.FILES or None)
    form.fields["owner"].offer(request.user, national=keeps_national_rules(request.user, tops()))
    problems = []
    if request.method == "POST" and form.is_valid():
        try:
            return _decide(request, form)
        except RuleSetError as error:
            problems = error.problems
    status = 400 if form.errors or problems else 200
    return render(request, "meetings/rule_import.html", {"form": form, "problems": problems}, status=status)


def _decide(request: SignedInRequest, form: RuleSetForm) -> HttpResponse:
    text = _text(form.cleaned_data)
    facts = {
        "rule_set": read_rule_set(text, form.cleaned_data["since"]),
        "owner": form.cleaned_data["owner"],
        "actor": request.user,
    }
    if request.POST.get("stage") != "confirm":
        return _preview(request, form, text, facts)
    result = sets.import_rule_set(**facts)
    counts = {"added": result.added, "changed": result.changed, "unchanged": result.unchanged}
    messages.success(
        request, _("%(added)s rules added, %(changed)s changed, %(unchanged)s left as they were.") % counts
    )
    return redirect("rule_list")


def _preview(request: SignedInRequest, form: RuleSetForm, text: str, facts: dict[str, Any]) -> HttpResponse:
    results: list[sets.ImportResult] = []
    difference = preview_ledger(
        change=lambda: results.append(sets.take_over(**facts)),
        owner=facts["owner"],
        kinds=facts["rule_set"].kinds,
        as_of=timezone.localdate(),
    )
    context = {"form": form, "text": text, "difference": difference, "result": results[0]}
    return render(request, "meetings/rule_import_preview.html", context)


def _text(cleaned: dict[str, Any]) -> str:
    if cleaned["preset"]:
        return read_preset(cleaned["preset"])
    return decode(cleaned["file"].read()) if cleaned["file"] else str(cleaned["text"])
