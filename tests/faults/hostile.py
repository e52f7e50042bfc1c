"""Values nobody means well with, and values people type by mistake."""

import random

TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "\u202e\u200b", "😀" * 50, "字" * 5000, "x" * 70_000, "📅",
    "'; DROP TABLE x; --", "<script>alert(1)</script>", "{{ 7*7 }}", "{% load x %}", "%s%n%(a)s",
    "../../etc/passwd", "=1+1", "\r\nX-A: b", "１２３", "²", "٣", "1e309", "-1", "0", "00", "1.5", "NaN",
    "Infinity", "-0", "9" * 40, str(2**31), str(2**63), str(-(2**63) - 1), "true", "null", "[]", "on",
    "2026-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "2026-13-01", "1900-01-01", "2026年2月31日",
    "２０２６-０１-０１", "24:00", "25:61", "下午99点", "-1:00", "99999999999:00", "a" * 255 + "@b.c",
    "00000000-0000-0000-0000-000000000000", "administrator", "secretary", "theme_day", "draft",
)  # fmt: skip


def hostile(chance: random.Random) -> str:
    """One of them, or two grown together, or noise."""
    dice = chance.random()
    if dice < 0.75:
        return chance.choice(TEXTS)
    if dice < 0.9:
        return (chance.choice(TEXTS) + chance.choice(TEXTS))[:70_000]
    return "".join(chr(chance.randrange(1, 0xD7FF)) for _each in range(chance.randrange(1, 60)))
