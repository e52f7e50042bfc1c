"""Counts and years as people write them: 29, "２９人", 29.0, "三年"."""

import re

from django.utils.translation import gettext as _

from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import Cell, compact, plain

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "○": 0,
    "两": 2,
    "o": 0,
}
COUNT = re.compile(r"(?:共|应到|实到|约)?(\d{1,6})(?:\.0+)?(?:人|名|位|年|个月|次)?\Z")
UP_TO_99 = "[二三四五六七八九]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九]"
CHINESE_COUNT = re.compile(rf"({UP_TO_99})(?:人|名|位|年)?\Z")


def parse_count(value: Cell) -> int:
    """A whole number of people or years. Raises BadValue for anything else."""
    text = compact(value)
    if match := COUNT.match(text):
        return int(match[1])
    if match := CHINESE_COUNT.match(text):
        return chinese_number(match[1])
    raise BadValue(_("“%(value)s” is not a whole number") % {"value": plain(value)[:40]})


def chinese_number(text: str) -> int:
    """Text that ``UP_TO_99`` matched: 七 → 7, 十二 → 12, 二十 → 20, 二十九 → 29."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return DIGITS[text]
    return 10 * (DIGITS[tens] if tens else 1) + (DIGITS[ones] if ones else 0)


def chinese_year(text: str) -> str:
    """Digit by digit: 二〇二三 → 2023."""
    return "".join(str(DIGITS[char]) for char in text)
