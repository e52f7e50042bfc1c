"""Which version of a rule holds where and when: the nearest organization's above, else the national one."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Generic, Self, TypeVar

from django.db.models import QuerySet

from meetings.models import Deadline, Organization, Requirement, RuleVersion
from meetings.periods import Span, spans_between

R = TypeVar("R", bound=RuleVersion)
Schedule = list[tuple[Requirement, Span]]


class RuleBook(Generic[R]):
    """The versions that may be in force in a window of time, held in memory.

    Places are paths of the tree, four characters a step; a national rule stands at the empty path.
    """

    def __init__(self, versions: Iterable[R]) -> None:
        self._by_code: dict[str, list[R]] = {}
        for rule in sorted(versions, key=lambda rule: (rule.position, rule.code)):
            self._by_code.setdefault(rule.code, []).append(rule)
        for rules in self._by_code.values():
            rules.sort(key=_nearness, reverse=True)
        self._owners = sorted({path_of(rule) for rules in self._by_code.values() for rule in rules})

    @classmethod
    def read(cls, rules: "QuerySet[R]", first: date, last: date) -> Self:
        """The rules of a queryset that are in force at some time in ``first … last``."""
        return cls(rules.in_force_during(first, last).select_related("owner"))  # type: ignore[attr-defined]

    @property
    def codes(self) -> list[str]:
        """In the order of the rule book."""
        return list(self._by_code)

    def versions(self, code: str) -> list[R]:
        """Every version of a code, the nearest owners' first."""
        return self._by_code.get(code, [])

    def at(self, code: str, path: str, day: date) -> R | None:
        """The version in force there that day, in use or not; None where the book has none."""
        reaching = (rule for rule in self._by_code.get(code, ()) if path.startswith(path_of(rule)))
        return next((rule for rule in reaching if rule.in_force_on(day)), None)

    def above(self, rule: R, day: date) -> R | None:
        """What would hold at the owner's place without the owner's own rule; None above a national rule."""
        own = path_of(rule)
        others = (each for each in self._by_code.get(rule.code, ()) if path_of(each) != own)
        return next(
            (each for each in others if own.startswith(path_of(each)) and each.in_force_on(day)), None
        )

    def chain(self, path: str) -> tuple[str, ...]:
        """The owners whose rules reach a place; places with equal chains stand under equal rules."""
        return tuple(owner for owner in self._owners if path.startswith(owner))


class RequirementBook(RuleBook[Requirement]):
    """``kinds``: the book tells of these kinds of meeting only; None means of all."""

    def __init__(self, versions: Iterable[Requirement], kinds: Collection[str] | None = None) -> None:
        super().__init__(versions)
        self.kinds = kinds
        self._schedules: dict[tuple[tuple[str, ...], date, date], Schedule] = {}

    def schedule(self, path: str, first: date, last: date) -> Schedule:
        """What is owed at a place: each requirement in use with each of its periods that begins in the
        window. A period belongs to the version in force on its first day."""
        key = self.chain(path), first, last
        if key not in self._schedules:
            self._schedules[key] = list(self._scheduled(path, first, last))
        return self._schedules[key]

    def _scheduled(self, path: str, first: date, last: date) -> Iterator[tuple[Requirement, Span]]:
        for code, rules in self._by_code.items():
            for rule in rules:
                for span in spans_between(rule.period, first, last):
                    if first <= span.start and rule.is_active and self.at(code, path, span.start) is rule:
                        yield rule, span


def path_of(rule: RuleVersion) -> str:
    return rule.owner.path if rule.owner else ""


def chain_of(rule: RuleVersion) -> str:
    """Where its changes are audited: with its owner; national rules belong to no organization's chain."""
    return rule.owner.chain if rule.owner else ""


def _nearness(rule: RuleVersion) -> tuple[int, int]:
    return len(path_of(rule)), rule.version


def read_requirements(first: date, last: date, kinds: Collection[str] | None = None) -> RequirementBook:
    rules = Requirement.objects.in_force_during(first, last).select_related("owner")
    return RequirementBook(rules if kinds is None else rules.filter(kind__in=kinds), kinds)


def requirement_for(*, organization: Organization, code: str, day: date) -> Requirement | None:
    """The requirement of this code that holds for the organization on a period's first day, if in use."""
    rule = read_requirements(day, day).at(code, organization.path, day)
    return rule if rule and rule.is_active else None


def read_deadlines(first: date, last: date) -> RuleBook[Deadline]:
    return RuleBook.read(Deadline.objects.all(), first, last)


def deadline_for(*, organization: Organization, code: str, day: date) -> Deadline | None:
    """The time limit that holds for the organization on a day, if in use.

    The day is the first of the year or quarter for what is handed in for one, else the day of the
    meeting or of handing in.
    """
    rule = read_deadlines(day, day).at(code, organization.path, day)
    return rule if rule and rule.is_active else None
