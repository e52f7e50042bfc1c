from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from meetings.enums import OFFICES, Role
from meetings.models import Organization
from meetings.services.accounts import appoint, open_guest_account, password_link


class Command(BaseCommand):
    help = (
        "Opens the account of a system, security or audit officer and prints the link to set a password."
        " Only here, so that none of the three can make another."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the person's name")
        parser.add_argument("--office", required=True, choices=[office.value for office in OFFICES])
        parser.add_argument("--organization", required=True, help="name of the organization at the top")
        parser.add_argument("--email", default="")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        found = list(Organization.objects.filter(name=options["organization"], depth=1)[:2])
        if len(found) != 1:
            raise CommandError(
                f"There is no single organization at the top named {options['organization']!r}."
            )
        user = open_guest_account(name=options["name"], email=options["email"], actor=None)
        try:
            appoint(user=user, organization=found[0], role=Role(options["office"]), actor=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{user.username}: {settings.SITE_URL}{password_link(user)}")
