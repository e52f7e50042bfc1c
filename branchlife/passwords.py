"""What a password must be: two sets of rules, of which the site chooses one (PASSWORD_PROFILE).

``asvs``: OWASP ASVS 5.0, 6.2: long, nothing about kinds of characters, none of the common ones, no
expiry. ``dengbao``: GB/T 22239-2019, 8.1.4.1: kinds of characters, change every 90 days, no old ones.
"""

import re

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import OldPassword, User
from branchlife.second_factor import has_second_factor, must_have_second_factor

# What somebody tries first at a site like this; a password made of nothing else is none.
SITE_WORDS = (
    "branchlife", "zhibushenghuo", "dangzhibu", "zhibu", "shenghuo", "dangyuan", "dangwei", "zuzhi",
    "zhonggong", "gongchandang", "renmin", "woaini", "zhongguo", "beijing", "mima", "guanliyuan",
    "password", "passwort", "admin", "welcome", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "letmein",
    "iloveyou", "abc", "abcd", "abcdef",
)  # fmt: skip
CLASSES = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[^a-zA-Z0-9]")


class LengthValidator:
    """Long where it is the only lock, shorter where a second one follows."""

    def __init__(self, alone: int = 15, with_second_factor: int = 8) -> None:
        self.alone, self.with_second_factor = alone, with_second_factor

    def validate(self, password: str, user: User | None = None) -> None:
        if len(password) < self.least(user):
            raise ValidationError(
                _("A password has at least %(count)s characters.") % {"count": self.least(user)}
            )

    def least(self, user: User | None) -> int:
        second = user is not None and user.pk and (has_second_factor(user) or must_have_second_factor(user))
        return self.with_second_factor if second else self.alone

    def get_help_text(self) -> str:
        return _(
            "At least %(count)s characters. A few words in a row are easy to remember and hard to guess."
        ) % {"count": self.alone}


class SiteWordsValidator:
    """Digits and signs around the words everybody tries first do not make them a secret (ASVS 6.2.11)."""

    def validate(self, password: str, user: User | None = None) -> None:
        letters = _letters(password)
        own = _letters(user.username) if user is not None else ""
        words = "|".join((*SITE_WORDS, own) if own else SITE_WORDS)
        if re.fullmatch(f"(?:{words})+", letters) if letters else _is_pattern(password):
            raise ValidationError(_("This password is made of what is guessed first."))

    def get_help_text(self) -> str:
        return _("Not your name, not the name of this site, nothing that is on everybody's list.")


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _is_pattern(password: str) -> bool:
    """Few different signs, or digits in a row."""
    row = "0123456789" * 10
    return len(set(password)) < 6 or password in row or password in row[::-1]


class KindsValidator:
    """GB/T 22239: several kinds of characters."""

    def __init__(self, kinds: int = 3) -> None:
        self.kinds = kinds

    def validate(self, password: str, user: User | None = None) -> None:
        if sum(bool(re.search(pattern, password)) for pattern in CLASSES) < self.kinds:
            raise ValidationError(self.get_help_text())

    def get_help_text(self) -> str:
        return _("Three of these kinds: small letters, capital letters, digits, signs.")


class HistoryValidator:
    """None of the last passwords. Also keeps them, which Django tells it after each change."""

    def __init__(self, last: int = 5) -> None:
        self.last = last

    def validate(self, password: str, user: User | None = None) -> None:
        if user is None or not user.pk:
            return
        digests = user.old_passwords.values_list("digest", flat=True)[: self.last]
        if any(check_password(password, digest) for digest in digests):
            raise ValidationError(_("You have had this password before; take a new one."))

    def password_changed(self, password: str, user: User) -> None:
        OldPassword.objects.create(user=user, digest=user.password, set_at=timezone.now())
        kept = OldPassword.objects.filter(user=user)[: self.last]
        OldPassword.objects.filter(user=user).exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()

    def get_help_text(self) -> str:
        return _("None of your last %(count)s passwords.") % {"count": self.last}


def is_too_old(user: User) -> bool:
    """The site wants passwords changed from time to time, and it is time."""
    if settings.PASSWORD_LASTS is None or not user.has_usable_password():
        return False
    set_at = user.password_set_at
    return set_at is None or set_at + settings.PASSWORD_LASTS < timezone.now()
