"""The text of a cell: what is kept as it is, what is evened out, and what counts as empty."""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

from django.utils.translation import gettext as _

from meetings.workbooks.problems import BadValue

Cell = object  # what the spreadsheet reader gives: str, float, int, bool, date, datetime, time, timedelta

# What people write into a cell that has nothing to say.
NOTHING = {
    "",
    "/",
    "\\",
    "-",
    "--",
    "—",
    "——",
    "–",
    "―",
    "无",
    "无。",
    "没有",
    "空",
    "暂无",
    "n/a",
    "na",
    "none",
    "null",
}

LONGEST_NOTHING = 8  # with a stray space or invisible mark

DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･．﹒●‣᛫"), "·")
HAN = r"\u2e80-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0003ffff"
BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")
AROUND_DOT = re.compile(r"\s*·\s*")
LATIN_DOT_BETWEEN_HAN = re.compile(rf"(?<=[{HAN}])\.(?=[{HAN}])")
NOT_IN_A_NAME = re.compile(r"[=+@<>{}\[\]|\\^~#$%&*:;,/?!\"：；，,、/？！。“”《》【】]")

MAX_NAME = 60


def plain(value: Cell) -> str:
    """The text as it stands, in NFC, without invisible characters and outer spaces.

    Full-width and rare characters stay what they are. Numbers lose the ".0" of the spreadsheet.
    """
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return _visible(unicodedata.normalize("NFC", str(value))).strip()


def _visible(text: str) -> str:
    """Without control and formatting characters; line breaks and tabs become spaces."""
    if text.isprintable():
        return text
    kept = (" " if char in "\t\n\r\v\f\u2028\u2029" else char for char in text)
    return "".join(char for char in kept if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))


def compact(value: Cell) -> str:
    """For recognizing only, never for keeping: NFKC, lower case, no space at all."""
    return _compacted(value) if isinstance(value, str) else _compacted(plain(value))


@lru_cache(maxsize=20_000)
def _compacted(text: str) -> str:
    """Sheets say the same again and again."""
    return "".join(unicodedata.normalize("NFKC", plain(text)).lower().split())


def is_nothing(value: Cell) -> bool:
    """Whether a cell says nothing: empty, blank, or one of the signs people put there instead."""
    if value is None or value == "":
        return True
    return isinstance(value, str) and len(value.strip()) <= LONGEST_NOTHING and compact(value) in NOTHING


def line(value: Cell, limit: int) -> str:
    """One line of running text of at most ``limit`` characters. Raises BadValue if it is longer."""
    text = " ".join(plain(value).split())
    if len(text) > limit:
        raise BadValue(_("longer than %(limit)s characters") % {"limit": limit})
    return text


def person_name(value: Cell) -> str:
    """A name with its dot variants as ``·`` and without the spaces that stretch it ("张 三").

    Rare characters stay byte-exact: only NFC is applied, never NFKC.
    Raises BadValue for what cannot be a name of one person.
    """
    name = LATIN_DOT_BETWEEN_HAN.sub("·", " ".join(plain(value).split()).translate(DOTS))
    name = AROUND_DOT.sub("·", BETWEEN_HAN.sub("", name))
    if len(name) > MAX_NAME:
        raise BadValue(_("longer than %(limit)s characters") % {"limit": MAX_NAME})
    if NOT_IN_A_NAME.search(name) or name.isdigit():
        raise BadValue(_("“%(value)s” is not a person's name") % {"value": name})
    return name


def place_name(value: Cell, limit: int = 100) -> str:
    """Name of an organization or group: spaces between Chinese characters do not count."""
    return BETWEEN_HAN.sub("", line(value, limit))
