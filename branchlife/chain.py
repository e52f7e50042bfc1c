"""The arithmetic of the audit chains: one spelling of every fact, keys, seals. Knows no database.

A seal is an HMAC-SHA256 under a key the database never sees, so whoever can write to the database
can break a chain but cannot mend it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from branchlife.local_key import local_key

SHORTEST_KEY = 32  # characters
LOCAL_KEY = "local"  # the id of the key in the data folder


class UnknownKey(LookupError):
    """Something is sealed with a key that is not in AUDIT_KEY (any more)."""


def canonical(value: Any) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8; a whole number is never a float.

    Survives the database: jsonb turns 1e16 into 10000000000000000 and forgets the order of keys.
    """
    text = json.dumps(
        _plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return text.encode()


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def json_ready(value: Any) -> Any:
    """As it will come back from a JSON column: text keys, lists. Raises TypeError for what is no JSON."""
    return json.loads(json.dumps(value, allow_nan=False))


def instant(at: datetime) -> str:
    """An aware time as it is sealed: UTC with microseconds, whatever zone it was given in."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def plain_address(text: str | None) -> str | None:
    """An address as both databases give it back; None for what is none (a socket's name)."""
    try:
        address = ip_address((text or "").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(address)


def seal(what: str, facts: Mapping[str, Any], key_id: str) -> str:
    """The hexadecimal seal of these facts; ``what`` keeps seals of one kind from passing for another.

    Raises UnknownKey.
    """
    try:
        key = keyring()[key_id]
    except KeyError:
        raise UnknownKey(key_id) from None
    return hmac.new(key, canonical({"what": what, "key": key_id, **facts}), hashlib.sha256).hexdigest()


def same_seal(first: str, second: str) -> bool:
    return hmac.compare_digest(first.encode(), second.encode())


def writing_key() -> str:
    """The id of the key new events are sealed with."""
    return next(iter(keyring()))


def keyring() -> Mapping[str, bytes]:
    """Every key by its id; the first is the one in use. Raises ImproperlyConfigured for a weak key."""
    return _read_keys(tuple(settings.AUDIT_KEY), settings.AUDIT_KEY_FILE)


@lru_cache(maxsize=8)
def _read_keys(words: tuple[str, ...], file: Path) -> Mapping[str, bytes]:
    keys: dict[str, bytes] = {}
    for word in words:
        name, colon, secret = word.partition(":")
        if not (name and colon) or len(secret) < SHORTEST_KEY or name in keys:
            raise ImproperlyConfigured(
                f"AUDIT_KEY is a list of id:secret, each id once, each secret {SHORTEST_KEY} characters or more."
            )
        keys[name] = secret.encode()
    # What was sealed before the site had a key of its own stays provable.
    if not keys or file.exists():
        keys.setdefault(LOCAL_KEY, local_key(file).encode())
    return keys
