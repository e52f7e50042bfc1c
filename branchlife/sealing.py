"""Personal numbers at rest: sealed with a key that is not in the database, found by a keyed mark.

A stored value is the mark (22 characters, HMAC-SHA256 of the plain text under INDEX_KEY) followed by the
sealed text (AES-256-GCM under the first of FIELD_KEYS, with the column as associated data, so that a
value carried into another column does not open). Mark and text lie in one column and cannot disagree.
"""

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Func
from django.db.models.lookups import Exact, In, Lookup

from branchlife.local_key import local_key

MARK_LENGTH = 22  # base64 of 16 bytes without padding
NAME_BYTES = 4  # of a key, so that the right one is tried
NONCE_BYTES = 12


class CannotOpen(Exception):
    """The key a value was sealed with is not among FIELD_KEYS, or the value was tampered with."""


def seal(text: str, column: str) -> str:
    """The stored form of ``text``; every call gives another one with the same mark."""
    name, cipher = _ciphers()[0]
    nonce = os.urandom(NONCE_BYTES)
    token = name + nonce + cipher.encrypt(nonce, text.encode(), column.encode())
    return mark_of(text, column) + base64.urlsafe_b64encode(token).decode()


def unseal(stored: str, column: str) -> str:
    """The plain text. Raises CannotOpen."""
    try:
        token = base64.urlsafe_b64decode(stored[MARK_LENGTH:])
    except binascii.Error:
        raise CannotOpen(f"{column} holds something that was never sealed") from None
    name, nonce, sealed = _parts(token)
    for known, cipher in _ciphers():
        if known == name:
            try:
                return cipher.decrypt(nonce, sealed, column.encode()).decode()
            except InvalidTag:
                break
    raise CannotOpen(f"no key of FIELD_KEYS opens a value of {column}")


def is_current(stored: str, column: str) -> bool:
    """Sealed with the first key, and marked with today's index key."""
    name, _nonce, _sealed = _parts(base64.urlsafe_b64decode(stored[MARK_LENGTH:]))
    return name == _ciphers()[0][0] and stored.startswith(mark_of(unseal(stored, column), column))


def mark_of(text: str, column: str) -> str:
    """Equal texts of a column have equal marks; without INDEX_KEY nobody can guess his way back."""
    digest = hmac.digest(_index_key(), f"{column}\0{text}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:16]).decode().rstrip("=")


def _parts(token: bytes) -> tuple[bytes, bytes, bytes]:
    start = NAME_BYTES + NONCE_BYTES
    return token[:NAME_BYTES], token[NAME_BYTES:start], token[start:]


def _ciphers() -> list[tuple[bytes, AESGCM]]:
    """Newest first."""
    return [_cipher(text) for text in settings.FIELD_KEYS or [local_key(settings.FIELD_KEY_FILE)]]


@lru_cache(maxsize=16)
def _cipher(text: str) -> tuple[bytes, AESGCM]:
    key = _derive(text, b"branchlife sealed fields")
    return hashlib.sha256(key).digest()[:NAME_BYTES], AESGCM(key)


def _index_key() -> bytes:
    return _derive(
        settings.INDEX_KEY or local_key(settings.FIELD_KEY_FILE), b"branchlife marks of sealed fields"
    )


@lru_cache(maxsize=16)
def _derive(text: str, purpose: bytes) -> bytes:
    """Keys are long random texts, so one round is enough."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(text.encode())


class SealedField(models.CharField):
    """Text that the database holds sealed. ``exact`` and ``in`` compare marks; nothing else can be asked."""

    def get_internal_type(self) -> str:
        return "TextField"  # ``max_length`` is that of the plain text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return unseal(value, self.label) if value else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return seal(value, self.label) if value else value

    def get_lookup(self, lookup_name: str) -> type[Lookup] | None:
        return super().get_lookup(lookup_name) if lookup_name in ("exact", "in", "isnull") else None

    @property
    def label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"


class Mark(Func):
    """The mark of a sealed column, for indexes and unique constraints."""

    function = "SUBSTR"
    template = f"%(function)s(%(expressions)s, 1, {MARK_LENGTH})"
    output_field = models.TextField()


def _marked(lhs: str) -> str:
    """The mark of a column that is not empty, said so that a partial index over the marks is used."""
    return f"NOT ({lhs} = '') AND SUBSTR({lhs}, 1, {MARK_LENGTH})"


@SealedField.register_lookup
class SealedExact(Exact):
    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        lhs, parameters = compiler.compile(self.lhs)
        if self.rhs == "":
            return f"{lhs} = %s", [*parameters, ""]
        return f"({_marked(lhs)} = %s)", [*parameters, *parameters, _mark(self, self.rhs)]


@SealedField.register_lookup
class SealedIn(In):
    def get_prep_lookup(self) -> Any:
        return self.rhs

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        lhs, parameters = compiler.compile(self.lhs)
        marks = sorted({_mark(self, text) for text in self.rhs if text})
        if not marks:
            raise EmptyResultSet
        places = ", ".join(["%s"] * len(marks))
        return f"({_marked(lhs)} IN ({places}))", [*parameters, *parameters, *marks]


def _mark(lookup: Any, text: str) -> str:
    return mark_of(text, lookup.lhs.output_field.label)
