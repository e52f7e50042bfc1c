"""Everybody's own page on how they sign in and where they are signed in."""

import re

from django.contrib import messages
from django.contrib.auth import views as auth_views
from django.db import transaction
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from branchlife import sessions
from branchlife.audit import record_event
from branchlife.forms import OwnPasswordForm
from branchlife.http import SignedInRequest
from branchlife.models import Authenticator, OpenSession, RecoveryCode
from branchlife.second_factor import credentials_changed, must_have_second_factor

BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def security(request: SignedInRequest) -> HttpResponse:
    rows = OpenSession.objects.filter(user=request.user).current(timezone.now())
    here = request.session.session_key
    context = {
        "authenticator": Authenticator.objects.filter(user=request.user).first(),
        "codes_left": RecoveryCode.objects.filter(user=request.user, used_at=None).count(),
        "required": must_have_second_factor(request.user),
        "sessions": [(row, browser_name(row.browser), row.key == here) for row in rows],
    }
    return render(request, "registration/security.html", context)


def browser_name(agent: str) -> str:
    """Browser and system in two words; the long text means nothing to its owner."""
    found = [next((name for mark, name in table if mark in agent), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or re.sub(r"[^\w .-].*", "", agent)[:30] or _("unknown browser")


@require_POST
def session_end(request: SignedInRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(OpenSession, pk=pk, user=request.user)
    sessions.end_sessions(request.user, only=row.pk)
    record_event(actor=request.user, action="session.end", subject=request.user)
    messages.success(request, _("Signed out there."))
    return redirect("security")


@require_POST
def sessions_end_others(request: SignedInRequest) -> HttpResponse:
    ended = sessions.end_sessions(request.user, keep=request.session.session_key)
    record_event(actor=request.user, action="session.end_others", subject=request.user)
    sentence = ngettext(
        "Signed out in %(count)s other place.", "Signed out in %(count)s other places.", ended
    )
    messages.success(request, sentence % {"count": ended})
    return redirect("security")


@require_POST
def session_touch(request: SignedInRequest) -> HttpResponse:
    """A page on which somebody is typing says so from time to time; the door has noted it by now."""
    return JsonResponse({"signed_in": True})


class ChangePassword(auth_views.PasswordChangeView):
    """Signs out everywhere else."""

    template_name = "registration/change_password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("security")

    def get_form_kwargs(self) -> dict:
        return super().get_form_kwargs() | {"request": self.request}

    @transaction.atomic
    def form_valid(self, form: OwnPasswordForm) -> HttpResponse:
        user = self.request.user
        before = self.request.session.session_key
        response = super().form_valid(form)
        sessions.follow_key(before, self.request.session.session_key)
        sessions.end_sessions(user, keep=self.request.session.session_key)
        record_event(actor=user, action="account.password", subject=user)
        credentials_changed.send(sender=type(user), user=user, what="account.password")
        messages.success(self.request, _("Your password is changed. You are signed out everywhere else."))
        return response

    def form_invalid(self, form: OwnPasswordForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=400)
