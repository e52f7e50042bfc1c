"""Who was missing and why, from one cell: "张三(病假)、李四（出差）;王五 事假"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from meetings.workbooks.problems import BadValue
from meetings.workbooks.text import HAN, Cell, is_nothing, person_name, plain

MAX_REASON = 100

NOBODY = re.compile(
    r"(?:共?0[人名]?|全勤|全到|全部(?:到会|到齐|出席|参加)|无人?(?:缺席|请假)(?:人员)?|(?:缺席|请假)(?:人员)?:?(?:无|0人?))[。.]?\Z"
)
HEAD_COUNT = re.compile(r"共?\s*\d+\s*[人名位]\s*[:,，]?\s*")
TAIL_COUNT = re.compile(r"[,，、;]?\s*等?\s*共?\s*\d+\s*[人名位]\Z")
NUMBERING = re.compile(r"\(?\d{1,2}[.、)]\s*(?!\d)")
# Words that give a reason without brackets: 张三因病请假, 李四 出差, 王五-事假.
REASON_WORDS = (
    "因.|病假|事假|公假|产假|婚假|丧假|年假|年休假|休假|探亲|请假|出差|公差|公出|外出|培训|值班|住院|生病|缺席|旷会|未请假|无故|"
    "在外|流动|年老|体弱|出国|学习|开会|调休|陪护|援派|援藏|援疆|挂职|借调|驻村|下乡|加班|轮休|隔离"
)
NAME_THEN_REASON = re.compile(rf"(?P<name>[{HAN}·]{{2,}}?)(?P<reason>(?:{REASON_WORDS}).*)\Z")
REASON_FIRST = re.compile(
    rf"(?P<reason>(?:{REASON_WORDS})[{HAN}]*)\s*(?:\d+\s*[人名位])?\s*[:]\s*(?P<names>.*)\Z"
)
REASON_WITH_COUNT = re.compile(rf"(?P<reason>[{HAN}]+?)\s*\d+\s*[人名位]\s*\((?P<names>.*)\)\Z")
BRACKETED = re.compile(r"(?P<name>[^(]+)\((?P<reason>.*)\)\Z")
SPACED = re.compile(rf"(?P<name>[{HAN}]\s+[{HAN}]|\S+)\s+(?P<reason>.+)\Z")
DASHED = re.compile(r"(?P<name>[^-:—]+)\s*[-:—]+\s*(?P<reason>.+)\Z")
EVEN = str.maketrans("（）【】[]：；，　－０１２３４５６７８９", "()()():;, -0123456789")
# These say that nobody was told: absent, not excused.
UNEXCUSED = ("缺席", "旷会", "未请假", "无故", "没请假", "不明", "原因不明", "未到")


@dataclass(frozen=True)
class Absence:
    name: str
    reason: str = ""

    @property
    def is_excused(self) -> bool:
        return bool(self.reason) and not self.reason.startswith(UNEXCUSED)


def parse_absences(value: Cell) -> tuple[Absence, ...]:
    """Everybody named, each once, with the reason given. Raises BadValue if a piece names nobody."""
    if is_nothing(value):
        return ()
    text = _even(value)
    if NOBODY.match("".join(text.split())):
        return ()
    found: dict[str, Absence] = {}
    for absence in _absences(_without_counts(text)):
        if absence.name in found:
            raise BadValue(_("%(name)s is named twice") % {"name": absence.name})
        found[absence.name] = absence
    return tuple(found.values())


def _without_counts(text: str) -> str:
    match = HEAD_COUNT.match(text)
    return TAIL_COUNT.sub("", text[match.end() :] if match else text)


def _even(value: Cell) -> str:
    """One kind of brackets and separators; names themselves are not touched by this."""
    text = (value if isinstance(value, str) else plain(value)).replace("\r", "").replace("\n", ";")
    return plain(text.translate(EVEN)).strip(" .。;,、")


def _absences(text: str) -> Iterator[Absence]:
    """A reason put in front ("病假:张三、李四;") holds until the next one or the end of its part."""
    for part in _pieces(text, ";"):
        reason, names = _leading_reason(part)
        for piece in _pieces(names, ",，、"):
            if match := REASON_WITH_COUNT.match(piece):
                yield from (_absence(name, match["reason"]) for name in _pieces(match["names"], ",，、"))
                continue
            later, piece = _leading_reason(piece)
            reason = later or reason
            yield _one(piece, reason)


def _leading_reason(text: str) -> tuple[str, str]:
    match = REASON_FIRST.match(text)
    return (match["reason"], match["names"]) if match else ("", text)


def _pieces(text: str, separators: str) -> Iterator[str]:
    """Split outside of brackets, because a reason may contain a comma."""
    depth, piece = 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char in separators and depth <= 0:
            yield from _filled(piece)
            piece = ""
        else:
            piece += char
    yield from _filled(piece)


def _filled(piece: str) -> Iterator[str]:
    piece = piece.strip()
    if match := NUMBERING.match(piece):
        piece = piece[match.end() :]
    if piece and not is_nothing(piece):
        yield piece


def _one(piece: str, reason: str) -> Absence:
    for pattern in (BRACKETED, DASHED, NAME_THEN_REASON, SPACED):
        match = pattern.match(piece)
        if match and not (pattern is SPACED and _is_stretched_name(piece)):
            return _absence(match["name"], match["reason"])
    return _absence(piece, reason)


def _is_stretched_name(piece: str) -> bool:
    """ "张 三" is one name of two characters, not a name and a reason."""
    return all(len(part) == 1 for part in piece.split())


def _absence(name: str, reason: str) -> Absence:
    name = person_name(name.strip())
    if len(name) < 2:
        raise BadValue(_("“%(value)s” is not a person's name") % {"value": name})
    reason = reason.strip(" ,、;:-—()")
    if len(reason) > MAX_REASON:
        raise BadValue(_("longer than %(limit)s characters") % {"limit": MAX_REASON})
    return Absence(name, reason)
