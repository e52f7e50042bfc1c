"""The one way text gets into a cell of a file that a spreadsheet program will open.

A cell that begins with = + - @ is a formula to the program, whoever typed it, and a formula can send the
sheet's data elsewhere. Text stays text (an apostrophe in a CSV, the cell's type in a workbook), and a
character that XML cannot hold is left out.
"""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NUMBERS = (int, float, Decimal, date, datetime, time)
LONGEST = 32_767  # characters that Excel takes


def csv_cell(value: Any) -> Any:
    """What to hand to ``csv.writer``: numbers and days as they are, text so that it is never a formula."""
    if value is None or isinstance(value, NUMBERS):
        return "" if value is None else value
    text = plain_text(value)
    return f"'{text}" if text.lstrip(" ").startswith(STARTS) else text


def put(cell: Cell, value: Any) -> None:
    """Into a cell of openpyxl, as text whatever it looks like; numbers and days as they are."""
    if value is None or isinstance(value, NUMBERS):
        cell.value = value
        return
    cell.value = plain_text(value)
    cell.data_type = "s"


def plain_text(value: Any) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST]
