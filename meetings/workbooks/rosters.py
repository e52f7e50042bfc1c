"""Reading a roster of members."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import BinaryIO

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from meetings.enums import Gender, StandingKind
from meetings.joining import ADULT_YEARS, PARTY_FOUNDED, is_too_soon, is_too_young
from meetings.periods import months_later
from meetings.workbooks import words
from meetings.workbooks.columns import ROSTER
from meetings.workbooks.days import MONTH, YEAR, Day, parse_day
from meetings.workbooks.identity import birth_date, is_male, parse_id_number, parse_phone
from meetings.workbooks.problems import BadValue
from meetings.workbooks.table import Reading, RowReader, open_table
from meetings.workbooks.text import Cell, is_nothing, line, person_name, place_name

FLAGS = {
    "is_mobile": StandingKind.MOBILE,
    "is_out_of_contact": StandingKind.LOST_CONTACT,
    "is_frail": StandingKind.FRAIL,
}


@dataclass(frozen=True)
class RosterRow:
    row: int
    name: str
    branch: str
    joined_on: date
    gender: str = ""
    ethnicity: str = ""
    born_on: date | None = None
    id_number: str = ""
    full_member_on: date | None = None
    category: str = ""
    group: str = ""
    posts: tuple[str, ...] = ()
    is_leading_cadre: bool = False
    phone: str = ""
    standings: tuple[str, ...] = ()
    # Those of them that are ticked in a column of their own.
    ticked: tuple[str, ...] = ()
    transferred_in_on: date | None = None
    # Dates of which the sheet gives only the month.
    months_only: frozenset[str] = frozenset()
    # The sheet does not say since when; one year of probation was added.
    full_is_assumed: bool = False


def read_roster(file: BinaryIO, *, today: date) -> Reading[RosterRow]:
    """Read a roster; dates after ``today`` are errors. Raises WorkbookRefused for the file as a whole."""
    reading, rows = open_table(file, ROSTER)
    seen: dict[tuple[object, ...], int] = {}
    for sheet_row in rows:
        reader = RowReader(reading, sheet_row)
        member = _read_member(reader, today)
        if member and not _is_repeated(reader, member, seen):
            reading.rows.append(member)
    return reading


def _read_member(reader: RowReader, today: date) -> RosterRow | None:
    name = reader.read("name", person_name, required=True)
    branch = reader.read("branch", place_name, required=True)
    days = _read_days(reader, today)
    joined_on = days["joined_on"]
    standings = reader.read("standing", words.parse_standings) or ()
    ticked = tuple(kind for name, kind in FLAGS.items() if reader.read(name, words.parse_yes_no))
    row = RosterRow(
        row=reader.number,
        name=name or "",
        branch=branch or "",
        joined_on=joined_on.date if joined_on else today,
        gender=reader.read("gender", words.parse_gender) or "",
        ethnicity=reader.read("ethnicity", lambda value: line(value, 20)) or "",
        born_on=_date(days["born_on"]),
        id_number=reader.read("id_number", parse_id_number) or "",
        full_member_on=_date(days["full_member_on"]),
        category=reader.read("category", words.parse_category) or "",
        group=reader.read("group", lambda value: place_name(value, 60)) or "",
        posts=_read_posts(reader),
        is_leading_cadre=reader.read("is_leading_cadre", words.parse_yes_no) or False,
        phone=_read_phone(reader),
        standings=tuple(dict.fromkeys((*standings, *ticked))),
        ticked=ticked,
        transferred_in_on=_date(days["transferred_in_on"]),
        months_only=frozenset(field for field, day in days.items() if day and day.precision == MONTH),
    )
    if joined_on:
        _check_dates(reader, row, today)
    _compare_with_id_number(reader, row)
    return _with_full_membership(reader, row, today) if reader.is_good else None


def _read_days(reader: RowReader, today: date) -> dict[str, Day | None]:
    return {
        "joined_on": reader.read("joined_on", _past_day(today), required=True),
        "full_member_on": reader.read("full_member_on", _day),
        "born_on": reader.read("born_on", _past_day(today)),
        "transferred_in_on": reader.read("transferred_in_on", _past_day(today)),
    }


def _date(day: Day | None) -> date | None:
    return day.date if day else None


def _day(value: Cell) -> Day:
    day = parse_day(value)
    if day.precision == YEAR:
        raise BadValue(_("only a year; the month is needed too"))
    return day


def _past_day(today: date) -> Callable[[Cell], Day]:
    def parse(value: Cell) -> Day:
        day = _day(value)
        if day.date > today:
            raise BadValue(_("%(day)s lies in the future") % {"day": date_format(day.date)})
        return day

    return parse


def _read_posts(reader: RowReader) -> tuple[str, ...]:
    posts = reader.read("post", words.parse_posts) or ()
    if words.UPPER_POST in posts:
        reader.warn("post", _("a post above the branch is not recorded here"))
    return tuple(post for post in posts if post not in (words.UPPER_POST, words.GROUP_LEADER))


def _read_phone(reader: RowReader) -> str:
    """A wrong telephone number must not keep a member out of the roster: it is left out and told."""
    try:
        value = reader.cell("phone")
        return "" if is_nothing(value) else parse_phone(value)
    except BadValue as problem:
        reader.warn("phone", str(problem))
        return ""


def _check_dates(reader: RowReader, row: RosterRow, today: date) -> None:
    if row.joined_on < PARTY_FOUNDED:
        reader.refuse(
            "joined_on", _("%(day)s is before the Party was founded") % {"day": date_format(row.joined_on)}
        )
    if row.born_on and row.born_on >= row.joined_on:
        reader.refuse("joined_on", _("lies before the date of birth"))
    elif is_too_young(row.born_on, row.joined_on):
        reader.warn("joined_on", _("younger than %(years)s when joining") % {"years": ADULT_YEARS})
    if row.transferred_in_on and row.transferred_in_on < row.joined_on:
        reader.warn("transferred_in_on", _("lies before joining the Party; the joining date is used"))
    _check_full_membership(reader, row, today)


def _check_full_membership(reader: RowReader, row: RosterRow, today: date) -> None:
    full_on = row.full_member_on
    if full_on and full_on < row.joined_on:
        reader.refuse("full_member_on", _("lies before joining the Party"))
    elif full_on and row.category == words.PROBATIONARY and full_on <= today:
        reader.refuse(
            "category",
            _("a probationary member cannot have become a full member on %(day)s")
            % {"day": date_format(full_on)},
        )
    elif full_on and row.category == words.FULL and full_on > today:
        reader.refuse("full_member_on", _("%(day)s lies in the future") % {"day": date_format(full_on)})
    elif is_too_soon(row.joined_on, full_on):
        reader.warn("full_member_on", _("less than a year after joining"))


def _with_full_membership(reader: RowReader, row: RosterRow, today: date) -> RosterRow:
    """Where the sheet is silent, a full member's probation lasted one year."""
    if row.category == words.PROBATIONARY:
        return replace(row, full_member_on=None)
    if row.full_member_on:
        return row
    a_year_later = months_later(row.joined_on, 12)
    if row.category != words.FULL and a_year_later > today:
        return row
    reader.warn("full_member_on", _("is missing; one year after joining is assumed"))
    return replace(row, full_member_on=min(a_year_later, today), full_is_assumed=True)


def _compare_with_id_number(reader: RowReader, row: RosterRow) -> None:
    """Files and ID numbers disagree in honest rosters too, so this only warns."""
    if not row.id_number:
        return
    birth = birth_date(row.id_number)
    if row.born_on and (row.born_on.year, row.born_on.month) != (birth.year, birth.month):
        reader.warn(
            "born_on", _("differs from the ID number, which says %(day)s") % {"day": date_format(birth)}
        )
    if row.gender and is_male(row.id_number) != (row.gender == Gender.MALE):
        reader.warn("gender", _("differs from the ID number"))


def _is_repeated(reader: RowReader, row: RosterRow, seen: dict[tuple[object, ...], int]) -> bool:
    """Whether the same person already stood in an earlier row."""
    key = (row.id_number,) if row.id_number else (row.name, row.born_on, row.branch)
    first = seen.setdefault(key, row.row)
    if first == row.row:
        return False
    reader.refuse(
        "id_number" if row.id_number else "name", _("the same person stands in row %(row)s") % {"row": first}
    )
    return True
