"""Rule sets as files: one JSON format for presets, export and import. Described in docs/rule-sets.md."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Field, JSONField, PositiveSmallIntegerField
from django.utils.translation import gettext as _

from meetings.enums import ExclusionReason
from meetings.models import Deadline, ReminderRule, Requirement, RuleVersion, VoteRule

FORMAT = "branchlife-rules/1"
LARGEST = 512 * 1024
MOST_ENTRIES = 300
SECTIONS: dict[str, type[RuleVersion]] = {
    "requirements": Requirement,
    "deadlines": Deadline,
    "votes": VoteRule,
    "reminders": ReminderRule,
}
HEAD = {"format", "title", "valid_from", *SECTIONS}
DATES = ("valid_from", "valid_to")


@dataclass(frozen=True)
class EntryProblem:
    """What is wrong, and where: such as ``requirements[3] (lecture)`` and its key ``period``."""

    place: str
    key: str
    sentence: str

    def __str__(self) -> str:
        where = f"{self.place} · {self.key}" if self.place and self.key else self.place or self.key
        return f"{where}: {self.sentence}" if where else self.sentence


class RuleSetError(Exception):
    """The file cannot be taken over; nothing was."""

    def __init__(self, problems: list[EntryProblem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True)
class Entry:
    place: str
    rule: RuleVersion  # not stored; without owner


@dataclass
class RuleSet:
    title: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def kinds(self) -> set[str]:
        """The kinds of meeting it is about."""
        return {entry.rule.kind for entry in self.entries if isinstance(entry.rule, Requirement)}


def write_rule_set(title: str, rules: Iterable[RuleVersion]) -> str:
    """The text of a file: every version with its dates. What equals the default is left out."""
    rules = list(rules)
    content: dict[str, Any] = {"format": FORMAT, "title": title}
    for section, model in SECTIONS.items():
        content[section] = [_entry(rule) for rule in rules if isinstance(rule, model)]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _entry(rule: RuleVersion) -> dict[str, Any]:
    entry = {"code": rule.code}
    for name in rule.SAYS:
        column = _column(type(rule), name)
        value = getattr(rule, name)
        if column.get_default() != value and value not in ("", None):
            entry[name] = value
    dates = {name: getattr(rule, name) for name in DATES}
    return entry | {name: day.isoformat() for name, day in dates.items() if day}


def decode(content: bytes) -> str:
    """The text of a file. Raises RuleSetError."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _give_up(_("The file is not written in UTF-8."))


def read_rule_set(text: str, since: date | None = None) -> RuleSet:
    """The rules of a file, each judged by itself. Entries without a date of their own hold from ``since``,
    else from the day the file names. Raises RuleSetError with every problem found."""
    content = _load(text)
    problems = [*_head_problems(content)]
    rule_set = RuleSet(title=str(content.get("title", ""))[:100])
    for section, model in SECTIONS.items():
        for number, raw in enumerate(_listed(content, section, problems), 1):
            code = raw.get("code") if isinstance(raw, dict) else None
            place = f"{section}[{number}]" + (f" ({code})" if isinstance(code, str) else "")
            try:
                rule = _rule(model, raw, since or content.get("valid_from"))
            except ValidationError as error:
                problems += problems_of(place, error)
            else:
                rule_set.entries.append(Entry(place, rule))
    if problems:
        raise RuleSetError(problems)
    return rule_set


def problems_of(place: str, error: ValidationError) -> list[EntryProblem]:
    """One problem for each sentence, with the key at fault where the error names one."""
    by_key = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return [
        EntryProblem(place, "" if key == "__all__" else key, sentence)
        for key, sentences in by_key.items()
        for sentence in sentences
    ]


def _load(text: str) -> dict[str, Any]:
    if len(text) > LARGEST:
        _give_up(_("The file is larger than %(size)s KB.") % {"size": LARGEST // 1024})
    try:
        content = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        facts = {"line": error.lineno, "column": error.colno}
        _give_up(_("The file is not JSON: line %(line)s, column %(column)s cannot be read.") % facts)
    except (ValueError, RecursionError) as error:
        _give_up(_("The file is not JSON that can be read: %(why)s") % {"why": str(error)[:100]})
    if not isinstance(content, dict):
        _give_up(_("The file must hold an object with “format”, “requirements” and “deadlines”."))
    return content


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _value in pairs]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice is not None:
        raise ValueError(_("the key “%(key)s” stands twice in one object") % {"key": twice[:40]})
    return dict(pairs)


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _give_up(sentence: str) -> NoReturn:
    raise RuleSetError([EntryProblem("", "", sentence)])


def _head_problems(content: dict[str, Any]) -> Iterator[EntryProblem]:
    if content.get("format") != FORMAT:
        yield EntryProblem("", "format", _("must be “%(format)s”.") % {"format": FORMAT})
    for key in sorted(set(content) - HEAD):
        yield EntryProblem("", key[:40], _("There is no such key."))
    if "valid_from" in content:
        try:
            _date(content["valid_from"])
        except ValidationError as error:
            yield EntryProblem("", "valid_from", error.messages[0])


def _listed(content: dict[str, Any], section: str, problems: list[EntryProblem]) -> list[Any]:
    entries = content.get(section, [])
    if isinstance(entries, list) and len(entries) <= MOST_ENTRIES:
        return entries
    sentence = _("must be a list of at most %(number)s entries.") % {"number": MOST_ENTRIES}
    problems.append(EntryProblem("", section, sentence))
    return []


def _rule(model: type[RuleVersion], raw: Any, since: date | str | None) -> RuleVersion:
    """An entry as an unsaved version. Raises ValidationError by key, with everything that is wrong."""
    if not isinstance(raw, dict):
        raise ValidationError(_("An entry must be an object."))
    typed, wrong = _typed(model, {"valid_from": since} | raw)
    unsaid = ["period", "minimum"] if not {"period", "minimum"} & set(raw) else []
    rule = model(**typed, **dict.fromkeys(unsaid if issubclass(model, Requirement) else []))
    for check in (lambda: rule.clean_fields(exclude=["owner", *unsaid, *wrong]), rule.clean):
        try:
            check()
        except ValidationError as error:
            error.update_error_dict(wrong)
    if wrong:
        raise ValidationError(wrong)
    return rule


def _typed(model: type[RuleVersion], raw: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values that can be used, and the faults of the others by key."""
    typed, wrong = {}, {}
    known = {"code", *model.SAYS, *DATES}
    for key, value in raw.items():
        try:
            if key not in known:
                raise ValidationError(_("There is no such key."))
            typed[key] = _date(value) if key in DATES else _value(_column(model, key), value)
        except ValidationError as error:
            wrong[key[:40]] = error.error_list
    return typed, wrong


def _column(model: type[RuleVersion], name: str) -> Field:
    column = model._meta.get_field(name)
    assert isinstance(column, Field)
    return column


def _value(column: Field, value: Any) -> Any:
    """JSON knows numbers, words and yes/no apart; so do we, instead of guessing."""
    if value is None and column.null:
        return None
    if isinstance(column, BooleanField):
        wanted, fits = _("true or false"), isinstance(value, bool)
    elif isinstance(column, PositiveSmallIntegerField):
        wanted, fits = _("a whole number"), isinstance(value, int) and not isinstance(value, bool)
    elif isinstance(column, JSONField):
        wanted = _("a list of these words: %(words)s") % {"words": " ".join(ExclusionReason.values)}
        fits = isinstance(value, list) and all(word in ExclusionReason.values for word in value)
    else:
        wanted, fits = _("a text on one line"), isinstance(value, str) and value.isprintable()
    if not fits:
        raise ValidationError(_("must be %(wanted)s.") % {"wanted": wanted})
    return value


def _date(value: Any) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValidationError(_("must be a day like 2026-01-01.")) from None
    if not 1950 <= day.year <= 2200:
        raise ValidationError(_("The year lies between 1950 and 2200."))
    return day
