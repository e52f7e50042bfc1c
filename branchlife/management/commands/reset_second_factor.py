"""Take the authenticator of an account away, for an administrator who lost phone and recovery codes.

The operator makes sure who asks; the audit trail keeps that it was done from the command line.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branchlife import second_factor
from branchlife.models import User
from branchlife.sessions import end_sessions


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}.")
        end_sessions(user)
        second_factor.remove(user=user, actor=None)
        self.stdout.write(f"{username} signs in with the password alone until a new authenticator is set up.")
