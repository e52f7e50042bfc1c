"""What is asked of somebody about the own account."""

import json
from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

LONGEST_PASSWORD = 200
SET_UP_TIME = 1800  # seconds from the page with the QR code to its answer


def has_password(request: HttpRequest, password: str) -> bool:
    """Asked through the same gate as at the door, so that guessing is stopped here as well."""
    return authenticate(request, username=request.user.get_username(), password=password) == request.user


class ConfirmForm(forms.Form):
    """The password once more, before something about the account changes (ASVS 7.5.1)."""

    password = forms.CharField(
        label=_("Your password"), strip=False, max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not has_password(self._request, password):
            raise ValidationError(_("The password is wrong."))
        return password


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=40,
        help_text=_("Six digits from the app, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )  # fmt: skip


class SetUpForm(ConfirmForm):
    """The secret travels with the page, signed: nothing is kept until a code proves that the app has it."""

    secret = forms.CharField(widget=forms.HiddenInput, max_length=500)
    code = forms.CharField(
        label=_("Code that the app shows now"), max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )  # fmt: skip
    field_order = ("secret", "code", "password")

    def clean_secret(self) -> str:
        try:
            return opened_secret(self._request, self.cleaned_data["secret"])
        except signing.BadSignature:
            raise ValidationError(_("The page was open too long; scan the new code.")) from None


def signed_secret(request: HttpRequest, secret: str) -> str:
    return signing.dumps([request.user.pk, secret], salt="second factor")


def opened_secret(request: HttpRequest, signed: str) -> str:
    """Raises BadSignature for a page of somebody else's, or one that was open too long."""
    owner, secret = signing.loads(signed, salt="second factor", max_age=SET_UP_TIME)
    if owner != request.user.pk:
        raise signing.BadSignature
    return str(secret)


class OwnPasswordForm(PasswordChangeForm):
    """Django's, with the old password asked through the gate that counts wrong ones."""

    def __init__(self, user: Any, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self._request = request

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if not has_password(self._request, old):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old


class UnchangedMixin(forms.Form):
    """An edit form that knows what its reader saw when it was opened.

    Where somebody else has saved in between, both texts are shown: theirs beside each field, the writer's
    own still in it. Sent once more it replaces theirs, now knowingly.
    """

    before = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["before"].initial = self._mark()

    def watched(self) -> list[str]:
        """The fields that show what is stored."""
        return [name for name in self.fields if name in self.initial]

    def _mark(self) -> str:
        stored = [[name, str(self.get_initial_for_field(self.fields[name], name))] for name in self.watched()]
        return salted_hmac("branchlife.forms.unchanged", json.dumps(stored)).hexdigest()[:32]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        seen, now = cleaned.pop("before", ""), self._mark()
        if seen and seen != now:
            for name in self.watched():
                self._compare(name)
            self.data = self.data.copy()  # type: ignore[assignment]
            self.data[self.add_prefix("before")] = now
        return cleaned

    def _compare(self, name: str) -> None:
        field = self.fields[name]
        stored = self.get_initial_for_field(field, name)
        if field.has_changed(stored, self[name].data):
            sentence = _("Meanwhile somebody else has saved: “%(value)s”. Send again to replace it.")
            shown = dict(getattr(field, "choices", ())).get(stored, stored)
            self.add_error(name, sentence % {"value": "" if shown is None else str(shown)[:1000]})
