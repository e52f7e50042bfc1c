"""The second factor: asked for at the door, set up, renewed, taken away by its owner."""

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branchlife import second_factor, sessions
from branchlife.audit import record_event
from branchlife.forms import CodeForm, ConfirmForm, SetUpForm, signed_secret
from branchlife.http import SignedInRequest, safe_next
from branchlife.second_factor import has_second_factor, must_have_second_factor


def check(request: SignedInRequest) -> HttpResponse:
    """Between the password and everything else."""
    if not has_second_factor(request.user):
        return redirect("workbench")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if sentence := _wrong_with(request, form.cleaned_data["code"]):
            form.add_error("code", sentence)
        else:
            sessions.pass_factor(request.session)
            record_event(actor=request.user, action="session.second_factor", subject=request.user)
            return redirect(safe_next(request))
    context = {"form": form, "next": request.POST.get("next") or request.GET.get("next", "")}
    status = 400 if form.errors or request.method == "POST" else 200
    return render(request, "registration/second_factor_check.html", context, status=status)


def _wrong_with(request: SignedInRequest, code: str) -> str:
    try:
        second_factor.check(user=request.user, code=code)
    except second_factor.WrongCode:
        record_event(actor=request.user, action="session.wrong_code", subject=request.user)
        return _("This code is wrong or was used before. Take the one the app shows now.")
    except second_factor.TooManyCodes as error:
        return ngettext(
            "Too many wrong codes. Wait a second, then try again.",
            "Too many wrong codes. Wait %(count)s seconds, then try again.",
            error.seconds,
        ) % {"count": error.seconds}
    return ""


def set_up(request: SignedInRequest) -> HttpResponse:
    """A QR code to scan, a code to prove it; then the recovery codes, shown this once."""
    if has_second_factor(request.user) and not request.session.get(sessions.FACTOR_PASSED):
        return redirect("second_factor_check")  # an own authenticator is replaced by whoever has it
    form = SetUpForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        try:
            codes = second_factor.set_up(
                user=request.user, secret=form.cleaned_data["secret"], code=form.cleaned_data["code"]
            )
        except second_factor.WrongCode:
            form.add_error("code", _("This is not the code of the app; does the phone's clock go right?"))
        else:
            return _set_up_done(request, codes)
    return _set_up_page(request, form)


def _set_up_page(request: SignedInRequest, form: SetUpForm) -> HttpResponse:
    secret = form.cleaned_data.get("secret") if form.is_bound else ""
    secret = secret or second_factor.new_secret()
    address = second_factor.provisioning_address(request.user, secret)
    context = {
        "form": form,
        "signed": signed_secret(request, secret),
        "spoken": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        # A picture inside the page: its address would carry the secret into the logs.
        "picture": segno.make(address, error="m").png_data_uri(scale=5, border=2),
        "required": must_have_second_factor(request.user),
        "first": not has_second_factor(request.user),
    }
    status = 400 if form.errors else 200
    return render(request, "registration/second_factor_set_up.html", context, status=status)


def _set_up_done(request: SignedInRequest, codes: list[str]) -> HttpResponse:
    sessions.pass_factor(request.session)
    sessions.end_sessions(request.user, keep=request.session.session_key)
    return render(request, "registration/recovery_codes.html", {"codes": codes})


def renew_codes(request: SignedInRequest) -> HttpResponse:
    _require_own(request)
    form = ConfirmForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        codes = second_factor.renew_codes(user=request.user)
        return render(request, "registration/recovery_codes.html", {"codes": codes})
    return _confirm(request, form, _("New recovery codes"), _("The old ones no longer work."))


def remove(request: SignedInRequest) -> HttpResponse:
    _require_own(request)
    if must_have_second_factor(request.user):
        raise PermissionDenied(_("Your role signs in with a second factor."))
    form = ConfirmForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_bound and form.is_valid():
        second_factor.remove(user=request.user, actor=request.user)
        sessions.end_sessions(request.user, keep=request.session.session_key)
        messages.success(request, _("Your password alone opens your account again."))
        return redirect("security")
    return _confirm(
        request, form, _("Remove the authenticator"), _("Your password alone will open your account.")
    )


def _require_own(request: SignedInRequest) -> None:
    if not has_second_factor(request.user):
        raise PermissionDenied(_("You have no authenticator yet."))


def _confirm(request: HttpRequest, form: ConfirmForm, title: str, sentence: str) -> HttpResponse:
    context = {"form": form, "page_title": title, "sentence": sentence, "cancel_url": reverse("security")}
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)
