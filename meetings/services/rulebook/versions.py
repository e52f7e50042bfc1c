"""Changing the rule book: a new version from a day on; what was in force before stays as it was."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.models import User
from meetings.models import LedgerYear, Organization, Requirement, RuleVersion
from meetings.models.organization import OrganizationQuerySet
from meetings.services.obligations import SyncResult, ledger_window, sync_obligations
from meetings.services.rulebook import checks
from meetings.services.rulebook.effective import RuleBook, chain_of

ONE_DAY = timedelta(days=1)
BASIS = ("basis_source", "basis_article", "confidence", "note")
# What a page says it has seen when there was no version of this owner yet.
NOTHING_SEEN = 0


class StaleRule(Exception):
    """Somebody put another version in force after the page was opened."""


@transaction.atomic
def put_in_force(
    *,
    rule: RuleVersion,
    actor: User | None,
    seen: int | None = None,
    new_book: bool = False,
    now: datetime | None = None,
) -> RuleVersion:
    """Make this (unsaved) version of the owner's rule hold from ``rule.valid_from`` on.

    The version before ends the day before. One that has not begun yet and begins on the same day is
    corrected in place. ``seen`` is the id of the newest version the writer knew (``NOTHING_SEEN`` for
    none); ``new_book`` allows a history that lies in years already closed, as long as no ledger of them is
    kept. The ledger is not touched.
    Raises ValidationError, or StaleRule.
    """
    today = timezone.localdate(now)
    newest = _lock_newest(rule)
    if seen is not None and seen != (newest.pk if newest else NOTHING_SEEN):
        raise StaleRule
    above = _above(rule)
    _check(rule, newest, above)
    if _is_closed(rule, today, changes=not new_book and bool(newest or above)):
        checks.check_open_year(rule.valid_from, today)
    if newest and newest.valid_from == rule.valid_from > today:
        return _correct(newest, rule, actor, now)
    if newest:
        checks.check_after(rule.valid_from, newest)
        _close(newest, rule.valid_from)
    rule.version = newest.version + 1 if newest else 1
    rule.position = _position(rule, newest, above)
    _clean(rule, newest)
    _insert(rule)
    _record("rule.change" if newest else "rule.add", rule, newest, actor, now)
    return rule


def _clean(rule: RuleVersion, newest: RuleVersion | None) -> None:
    """``full_clean``; where there was no version to lock, somebody may have added the first one meanwhile."""
    try:
        rule.full_clean()
    except ValidationError:
        if newest is None and _lock_newest(rule) is not None:
            raise StaleRule from None
        raise


@transaction.atomic
def save_rule(
    *, rule: RuleVersion, actor: User, seen: int | None = None, now: datetime | None = None
) -> SyncResult:
    """``put_in_force``, and bring the ledger in line."""
    saved = put_in_force(rule=rule, actor=actor, seen=seen, now=now)
    return _follow(saved, timezone.localdate(now))


@transaction.atomic
def close_rule(
    *,
    rule: RuleVersion,
    from_day: date,
    actor: User,
    seen: int | None = None,
    now: datetime | None = None,
) -> RuleVersion:
    """End the owner's rule: from that day on the rule above holds, or none. The ledger is not touched."""
    newest = _lock_newest(rule)
    if newest is None or (seen is not None and seen != newest.pk):
        raise StaleRule
    checks.check_first_day(from_day, (newest, _above(newest, from_day)))
    checks.check_open_year(from_day, timezone.localdate(now))
    checks.check_after(from_day, newest)
    if newest.valid_to and newest.valid_to < from_day:
        raise ValidationError({"valid_from": _("The rule has ended by then already.")})
    _close(newest, from_day)
    _record("rule.end", newest, None, actor, now)
    return newest


@transaction.atomic
def end_rule(
    *,
    rule: RuleVersion,
    from_day: date,
    actor: User,
    seen: int | None = None,
    now: datetime | None = None,
) -> SyncResult:
    """``close_rule``, and bring the ledger in line."""
    ended = close_rule(rule=rule, from_day=from_day, actor=actor, seen=seen, now=now)
    return _follow(ended, timezone.localdate(now))


@transaction.atomic
def correct_basis(
    *, rule: RuleVersion, basis: dict[str, str], actor: User, now: datetime | None = None
) -> RuleVersion:
    """Mend the legal basis or the explanation of a version. What is owed does not change, so it is no new
    version."""
    stored = type(rule)._default_manager.select_for_update().get(pk=rule.pk)
    before = says(stored)
    for name in BASIS:
        setattr(stored, name, basis[name])
    checks.check_explained(stored, _above(stored))
    stored.full_clean()
    stored.save(update_fields=BASIS)
    if says(stored) != before:
        difference = {"before": before, "after": says(stored)}
        record_event(
            actor=actor, action="rule.correct", subject=stored, chain=chain_of(stored), difference=difference,
            now=now,
        )  # fmt: skip
    return stored


def sync_under(owner: Organization | None, today: date, kinds: Collection[str]) -> SyncResult:
    """The ledger of everybody a rule of this owner reaches, for the kinds of meeting it is about."""
    first, last = ledger_window(today)
    return sync_obligations(organizations=reach(owner), first=first, last=last, kinds=kinds)


def _follow(rule: RuleVersion, today: date) -> SyncResult:
    """Time limits have no lines in the ledger."""
    return sync_under(rule.owner, today, {rule.kind}) if isinstance(rule, Requirement) else SyncResult()


def reach(owner: Organization | None) -> OrganizationQuerySet:
    everybody: OrganizationQuerySet = Organization.objects.all()
    return everybody.below(owner) if owner else everybody


def says(rule: RuleVersion) -> dict[str, Any]:
    """What a version says, ready for JSON."""
    return {name: getattr(rule, name) for name in rule.SAYS}


def _lock_newest(rule: RuleVersion) -> RuleVersion | None:
    """Changes of one code wait for each other, wherever they are made: each compares itself with the rules
    above it."""
    rules = type(rule)._default_manager.filter(code=rule.code)
    list(rules.order_by("pk").select_for_update().values_list("pk"))
    own: QuerySet[RuleVersion] = rules.filter(owner=rule.owner_id).select_related("owner")
    return own.order_by("-valid_from", "-version").first()


def _above(rule: RuleVersion, day: date | None = None) -> RuleVersion | None:
    """The rule that would hold at the owner's place without the owner's own."""
    day = day or rule.valid_from
    rules = type(rule)._default_manager.filter(code=rule.code)
    return RuleBook.read(rules, day, day).above(rule, day) if rule.owner else None


def _is_closed(rule: RuleVersion, today: date, *, changes: bool) -> bool:
    """Whether years gone by forbid this rule: it ``changes`` what held in them, or their ledger is kept."""
    if changes or not isinstance(rule, Requirement):
        return changes
    kept = LedgerYear.objects.filter(organization__in=reach(rule.owner).order_by())
    return kept.filter(year__range=(rule.valid_from.year, today.year - 1)).exists()


def _check(rule: RuleVersion, newest: RuleVersion | None, above: RuleVersion | None) -> None:
    rule.clean_fields(exclude=["version", "position"])
    rule.clean()
    replaced = newest if newest and newest.in_force_on(rule.valid_from) else None
    checks.check_same_kind(rule, (newest, above))
    checks.check_first_day(rule.valid_from, (rule, replaced, above))
    checks.check_kind_free(rule)
    checks.check_explained(rule, above)


def _insert(rule: RuleVersion) -> None:
    """Where a code had no version yet, there was nothing to lock: the database tells who was second."""
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError:
        raise StaleRule from None


def _close(rule: RuleVersion, next_day: date) -> None:
    if rule.valid_to is None or rule.valid_to >= next_day:
        rule.valid_to = next_day - ONE_DAY
        rule.save(update_fields=["valid_to"])


def _correct(newest: RuleVersion, rule: RuleVersion, actor: User | None, now: datetime | None) -> RuleVersion:
    before = says(newest)
    for name in (*rule.SAYS, "valid_to"):
        setattr(newest, name, getattr(rule, name))
    newest.full_clean()
    newest.save()
    difference = {"before": before, "after": says(newest)}
    record_event(
        actor=actor,
        action="rule.correct",
        subject=newest,
        chain=chain_of(newest),
        difference=difference,
        now=now,
    )
    return newest


def _position(rule: RuleVersion, newest: RuleVersion | None, above: RuleVersion | None) -> int:
    """A new version stands where the old one stood, a new rule at the end."""
    known = newest or above
    if known:
        return known.position
    last = type(rule)._default_manager.aggregate(last=Max("position"))["last"]
    return (last or 0) + 1


def _record(
    action: str, rule: RuleVersion, before: RuleVersion | None, actor: User | None, now: datetime | None
) -> None:
    difference = {
        "code": rule.code,
        "before": says(before) if before else None,
        "after": says(rule),
        "valid_from": rule.valid_from.isoformat(),
        "valid_to": rule.valid_to.isoformat() if rule.valid_to else None,
    }
    record_event(
        actor=actor, action=action, subject=rule, chain=chain_of(rule), difference=difference, now=now
    )
