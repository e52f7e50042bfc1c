"""Taking over and handing on whole rule sets."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.models import User
from meetings.models import Organization, RuleVersion
from meetings.services.rulebook.files import (
    SECTIONS,
    Entry,
    EntryProblem,
    RuleSet,
    RuleSetError,
    problems_of,
    write_rule_set,
)
from meetings.services.rulebook.versions import put_in_force, says, sync_under


@dataclass(frozen=True)
class ImportResult:
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def export_rule_set(owner: Organization | None) -> str:
    """Every version of the owner's rules, national ones without an owner, as a file."""
    title = owner.name if owner else _("National rules")
    rules: list[RuleVersion] = [
        rule
        for model in SECTIONS.values()
        for rule in model._default_manager.filter(owner=owner).order_by("position", "code", "valid_from")
    ]
    return write_rule_set(title, rules)


@transaction.atomic
def take_over(
    *, rule_set: RuleSet, owner: Organization | None, actor: User | None, now: datetime | None = None
) -> ImportResult:
    """Put the rules of a file in force for the owner. All or nothing; the ledger is not touched.

    A set need not name every rule: what it does not name stays as it is, and what says the same as the
    version in force is left alone. Raises RuleSetError with every entry that is refused.
    """
    known = {(type(rule), rule.code) for rule in _own(rule_set, owner)}
    counts = {"added": 0, "changed": 0, "unchanged": 0}
    problems: list[EntryProblem] = []
    for entry in sorted(rule_set.entries, key=lambda entry: entry.rule.valid_from):
        try:
            counts[_take(entry, owner, known, actor, now)] += 1
        except ValidationError as error:
            problems += problems_of(entry.place, error)
    if problems:
        raise RuleSetError(problems)
    return ImportResult(**counts)


@transaction.atomic
def import_rule_set(
    *, rule_set: RuleSet, owner: Organization | None, actor: User | None, now: datetime | None = None
) -> ImportResult:
    """``take_over``, and bring the ledger in line."""
    result = take_over(rule_set=rule_set, owner=owner, actor=actor, now=now)
    if result.added or result.changed:
        sync_under(owner, timezone.localdate(now), rule_set.kinds)
    return result


@transaction.atomic
def _take(
    entry: Entry,
    owner: Organization | None,
    known: set[tuple[type[RuleVersion], str]],
    actor: User | None,
    now: datetime | None,
) -> str:
    rule = entry.rule
    rule.owner = owner
    if _says_nothing_new(rule):
        return "unchanged"
    new = (type(rule), rule.code) not in known
    put_in_force(rule=rule, actor=actor, new_book=new, now=now)
    return "added" if new else "changed"


def _says_nothing_new(rule: RuleVersion) -> bool:
    """The version in force then says the same and, if an end is given, ends then, too."""
    day: date = rule.valid_from
    rules = type(rule)._default_manager.filter(owner=rule.owner, code=rule.code)
    current = next((each for each in rules if each.in_force_on(day)), None)
    if current is None or says(current) != says(rule):
        return False
    return rule.valid_to is None or current.valid_to == rule.valid_to


def _own(rule_set: RuleSet, owner: Organization | None) -> list[RuleVersion]:
    codes = [entry.rule.code for entry in rule_set.entries]
    return [
        rule
        for model in SECTIONS.values()
        for rule in model._default_manager.filter(owner=owner, code__in=codes)
    ]
