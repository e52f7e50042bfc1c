from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from meetings.services.demo_people import DemoPeople, demo_people


class Command(BaseCommand):
    help = (
        "Prints who can be signed in as with one click in the local demonstration, in Chinese and in English."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for chinese, english in zip(_people("zh-hans"), _people("en"), strict=True):
            self.stdout.write(f"{chinese.role_label} {english.role_label}")
            for person in chinese.people:
                self.stdout.write(f"  {person.username:<16} {person.name}  {person.organization}")


def _people(language: str) -> list[DemoPeople]:
    with translation.override(language):
        return demo_people(day=timezone.localdate())
