import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from meetings.services.reminders.health import Health, read_health


class Command(BaseCommand):
    help = "Says whether reminders go out. Exit code: 0 fine, 1 something to look at, 2 they do not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            health = read_health()
            self.stdout.write(_json(health) if options["format"] == "json" else _text(health))
            grade = health.grade
        if grade:
            raise SystemExit(int(grade))


def _json(health: Health) -> str:
    facts = {
        "grade": health.grade.name.lower(),
        "now": health.now,
        "last_round": health.last_round,
        "last_planned": health.last_planned,
        "oldest_unsent_seconds": round(health.unsent_for.total_seconds()),
        "waiting": health.waiting,
        "dead": health.dead,
        "held": health.held,
        "queue_reachable": health.queue_reachable,
        "journal_writable": health.journal_writable,
        "clock_right": not health.clock,
        "failed_kinds": health.failed_kinds,
        "troubles": [{"code": each.code, "sentence": each.sentence} for each in health.troubles],
    }
    return json.dumps(facts, default=str, indent=2)


def _text(health: Health) -> str:
    ages = (
        f"Last round: {_ago(health, health.last_round)}.",
        f"Last planning: {_ago(health, health.last_planned)}.",
        f"Letters waiting: {health.waiting}, the oldest for {round(health.unsent_for.total_seconds())} s.",
        f"Given up: {health.dead}. Answer unknown: {health.held}.",
        f"Broker: {'answers' if health.queue_reachable else 'does not answer'}.",
    )
    return "\n".join([health.grade.name, *ages, *(f"! {each.sentence}" for each in health.troubles)])


def _ago(health: Health, moment: Any) -> str:
    return f"{round((health.now - moment).total_seconds())} s ago" if moment else "never"
