"""The pages of being reminded, and of looking after it."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from branchlife.models import User
from meetings.models import Letter, Notice, Organization, Robot
from tests.browser.demo import ADMINISTRATOR, SECRETARY
from tests.browser.stops import Stop


def reminder_stops() -> Iterator[Stop]:
    notice = (
        Notice.objects.current()
        .filter(reminder__isnull=False, recipient__appointments__role="secretary")
        .select_related("recipient", "reminder__organization")[0]
    )
    place = notice.reminder.organization
    _give_trouble(notice.recipient, place)
    for name in ("reminder_list", "reminder_settings", "robot_list", "robot_create"):
        yield Stop(SECRETARY, place.name, reverse(name))
    yield Stop(SECRETARY, place.name, reverse("reminder_snooze", args=[notice.reminder_id]))
    robot = Robot.objects.get()
    for name in ("robot_edit", "robot_remove"):
        yield Stop(SECRETARY, place.name, reverse(name, args=[robot.pk]))
    for name in ("letter_list", "reminder_health"):
        yield Stop(ADMINISTRATOR, "机关党委", reverse(name))


def _give_trouble(reader: User, place: Organization) -> None:
    """A letter that was refused, and a robot."""
    now = timezone.now()
    Letter.objects.update_or_create(
        recipient=reader, day=timezone.localdate(), channel="email",
        defaults={
            "message_id": "<refused@x>", "state": "dead", "planned_at": now, "due_at": now,
            "next_attempt_at": now, "last_error": "550 5.1.1 no such mailbox",
        },
    )  # fmt: skip
    Robot.objects.get_or_create(
        organization=place, name=place.name,
        defaults={"channel": "dingtalk", "url": "https://x", "added_by": reader, "added_at": now},
    )  # fmt: skip
