"""Random changes of the rule book, and waivers."""

from datetime import date
from typing import Any

from branchlife.models import User
from meetings.models import (
    Obligation,
    Organization,
    Requirement,
)
from meetings.services.rulebook.files import read_rule_set
from meetings.services.rulebook.seed import read_preset
from meetings.services.rulebook.sets import import_rule_set
from meetings.services.rulebook.versions import end_rule, save_rule
from meetings.services.waivers import lift_waiver, waive_obligation
from tests.meetings.ledger_life import Life, step
from tests.meetings.rulebook import new_rule, next_version

# --- rule book -------------------------------------------------------------------------------


def _says(life: Life) -> dict[str, Any]:
    """One or two things a version says otherwise."""
    rng = life.rng
    every: dict[str, Any] = {
        "minimum": rng.randrange(1, 4),
        "period": rng.choice(["month", "quarter", "half", "year"]),
        "grace_days": rng.choice([0, 5, 20]),
        "condition": rng.choice(["none", "has_committee", "has_leading_body"]),
        "shares_event": rng.random() < 0.4,
        "is_active": rng.random() < 0.7,
        "bearer": rng.choice(["branch", "group", "committee"]),
    }
    chosen = rng.sample(sorted(every), rng.randrange(1, 3))
    return {name: every[name] for name in chosen}


@step
def change_rule(life: Life) -> None:
    rule = life.one_of(Requirement.objects.filter(valid_to=None))
    save_rule(
        rule=next_version(rule, life.month(), note="因地制宜", **_says(life)), actor=life.admin, now=life.now
    )


@step
def override_rule(life: Life) -> None:
    rule = life.one_of(Requirement.objects.filter(owner=None, valid_to=None))
    owner = life.one_of(Organization.objects.all())
    draft = next_version(rule, life.month(), owner=owner, note="因地制宜", **_says(life))
    save_rule(rule=draft, actor=life.admin, now=life.now)


@step
def close_rule(life: Life) -> None:
    rule = life.one_of(Requirement.objects.filter(valid_to=None))
    end_rule(rule=rule, from_day=life.month(), actor=life.admin, now=life.now)


@step
def add_rule(life: Life) -> None:
    kind = life.rng.choice(["staff", "secretary_report", "democratic_life"])
    bearer = life.rng.choice(["branch", "group", "committee"])
    says = {"kind": kind, "bearer": bearer, "valid_from": life.month()}
    rule = new_rule(code=f"{kind}_{bearer}_own", **_says(life) | says)
    rule.owner = life.rng.choice([None, life.world.committee])
    save_rule(rule=rule, actor=life.admin, now=life.now)


@step
def take_over_preset(life: Life) -> None:
    name = life.rng.choice(["organ", "university", "enterprise"])
    since = date(life.model.today.year + life.rng.randrange(0, 2), 1, 1)
    rule_set = read_rule_set(
        read_preset(name).replace('"valid_from": "2026-01-01"', f'"valid_from": "{since}"')
    )
    owner = life.one_of(Organization.objects.filter(depth=1))
    import_rule_set(rule_set=rule_set, owner=owner, actor=life.admin, now=life.now)


# --- waivers ---------------------------------------------------------------------------------


@step
def waive(life: Life) -> None:
    line = life.one_of(Obligation.objects.unmet())
    reviewer = User.objects.get(pk=life.world.reviewer.pk)
    waive_obligation(obligation=line, reason="抽调抗洪", actor=reviewer, now=life.now)


@step
def owe_again(life: Life) -> None:
    line = life.one_of(Obligation.objects.exclude(waived_at=None))
    reviewer = User.objects.get(pk=life.world.reviewer.pk)
    lift_waiver(obligation=line, actor=reviewer, now=life.now)
