from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from meetings.enums import Role
from meetings.models import Organization
from meetings.services.accounts import appoint, open_guest_account, password_link


class Command(BaseCommand):
    help = (
        "Opens the first administrator's account for an organization and prints the link to set a password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the person's name")
        parser.add_argument("--organization", required=True, help="name of a committee or general branch")
        parser.add_argument("--email", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(Organization.objects.filter(name=options["organization"])[:2])
        if len(found) != 1:
            raise CommandError(f"There is no single organization named {options['organization']!r}.")
        user = open_guest_account(name=options["name"], email=options["email"], actor=None)
        appoint(user=user, organization=found[0], role=Role.ADMINISTRATOR, actor=None)
        self.stdout.write(f"{user.username}: {settings.SITE_URL}{password_link(user)}")
