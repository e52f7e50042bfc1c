"""Rules for the tests of the rule book: national ones as shipped, and drafts of other versions."""

from datetime import UTC, date, datetime
from typing import Any

from branchlife.models import User
from meetings.enums import Confidence, Role
from meetings.models import Deadline, Organization, Requirement, RuleVersion
from meetings.services.rulebook.versions import put_in_force
from tests.world import World, appoint

# A Monday in the middle of the second quarter.
NOW = datetime(2026, 5, 11, 2, tzinfo=UTC)
TODAY = date(2026, 5, 11)
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}


def national(code: str) -> Requirement:
    return Requirement.objects.get(owner=None, code=code, valid_to=None)


def next_version(rule: RuleVersion, valid_from: date, **says: Any) -> Any:
    """An unsaved copy with another beginning."""
    draft = type(rule)._default_manager.get(pk=rule.pk)
    draft.pk, draft._state.adding = None, True
    draft.valid_from, draft.valid_to = valid_from, None
    for name, value in says.items():
        setattr(draft, name, value)
    return draft


def change(code: str, valid_from: date, **says: Any) -> Requirement:
    """Put another national version in force."""
    rule: Requirement = put_in_force(
        rule=next_version(national(code), valid_from, **says), actor=None, now=NOW
    )  # type: ignore[assignment]
    return rule


def override(code: str, owner: Organization, valid_from: date, **says: Any) -> Requirement:
    """Put an organization's own version of a national rule in force."""
    draft = next_version(national(code), valid_from, owner=owner, **({"note": ""} | says))
    rule: Requirement = put_in_force(rule=draft, actor=None, now=NOW)  # type: ignore[assignment]
    return rule


def limit(code: str) -> Deadline:
    return Deadline.objects.get(owner=None, code=code, valid_to=None)


def new_rule(**says: Any) -> Requirement:
    facts = {
        "code": "staff_branch", "kind": "staff", "period": "year", "minimum": 1, "bearer": "branch",
        "confidence": Confidence.LOCAL, "valid_from": date(2026, 1, 1),
    }  # fmt: skip
    return Requirement(**(facts | says))


def keeper_of_everything(world: World) -> User:
    """Administers every tree, and with it the national rules and the calendar."""
    appoint(world.administrator, world.other_committee, Role.ADMINISTRATOR)
    return User.objects.get(pk=world.administrator.pk)
