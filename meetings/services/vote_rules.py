"""By which rule a vote is judged: the nearest organization's, else the national one, else the preset."""

import json
from datetime import date
from functools import cache
from typing import Any

from django.apps.registry import Apps
from django.db import transaction

from meetings.models import Organization, VoteRule
from meetings.services.rulebook.effective import RuleBook
from meetings.services.rulebook.seed import read_preset

PRESET = "votes"


def read_vote_rules(day: date) -> RuleBook[VoteRule]:
    """The rules in force on a day. One query, however many votes are judged by them."""
    return RuleBook.read(VoteRule.objects.all(), day, day)


def vote_rule_in(book: RuleBook[VoteRule], *, organization: Organization, kind: str, day: date) -> VoteRule:
    """The rule for this kind of vote there. A rule not in use leaves the one of the preset."""
    rule = book.at(kind, organization.path, day)
    return rule if rule and rule.is_active else VoteRule(**preset_rules()[kind])


@cache
def preset_rules() -> dict[str, dict[str, Any]]:
    return {entry["code"]: entry for entry in json.loads(read_preset(PRESET))["votes"]}


@transaction.atomic
def install_national_vote_rules(*, apps: Apps | None = None, **kwargs: Any) -> None:
    """After ``migrate``: add the national voting rules that are not there yet. A database migrated back to
    before there were any is left as it is."""
    if apps is not None and "voterule" not in apps.all_models["meetings"]:
        return
    since = date.fromisoformat(json.loads(read_preset(PRESET))["valid_from"])
    known = set(VoteRule.objects.filter(owner=None).values_list("code", flat=True))
    VoteRule.objects.bulk_create(
        VoteRule(**entry, position=position, valid_from=since)
        for position, (code, entry) in enumerate(preset_rules().items(), 1)
        if code not in known
    )
