from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from meetings.enums import OFFICES
from meetings.models import Appointment
from meetings.services.accounts import end_appointment


class Command(BaseCommand):
    help = "Ends the office of a system, security or audit officer at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        held = Appointment.objects.on(timezone.localdate()).filter(
            user__username=options["username"], role__in=OFFICES
        )
        if not held:
            raise CommandError(f"{options['username']!r} holds no office.")
        for appointment in held:
            end_appointment(appointment=appointment, actor=None)
            self.stdout.write(f"{options['username']}: {appointment.get_role_display()}")
