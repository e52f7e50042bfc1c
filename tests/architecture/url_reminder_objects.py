"""Something said to the secretary, put off, not delivered; a robot."""

from datetime import date, timedelta

from django.db import models
from django.utils import timezone

from meetings.models import Letter, Notice, Reminder, Robot, Snooze
from tests.world import World


def reminder_things(world: World) -> dict[str, models.Model]:
    now, day = timezone.now(), timezone.localdate()
    about = {
        "source": "term", "subject": world.branch.pk, "due_on": day, "organization": world.branch,
        "stage": "due_soon", "falls_on": day, "planned_at": now,
    }  # fmt: skip
    reminder = Reminder.objects.create(
        recipient=world.secretary, channel="in_app", state="sent", sent_at=now, **about
    )
    Notice.objects.create(
        recipient=world.secretary, reminder=reminder, code="reminder.term.due_soon", created_at=now, url="/",
        values={"bearer": world.branch.name, "due_on": day.isoformat()},
    )  # fmt: skip
    letters = {
        f"{state}_letter": Letter.objects.create(
            recipient=world.secretary, day=day - timedelta(days=back), state=state,
            message_id=f"<{state}.{world.secretary.pk}@x>", planned_at=now, due_at=now, next_attempt_at=now,
        )
        for back, state in enumerate(("dead", "held"))
    }  # fmt: skip
    # An address that is not allowed: trying it says so and calls nobody.
    robot = Robot.objects.create(
        organization=world.branch, channel="wecom", name="支部群", url="https://x.example/?key=k",
        added_by=world.secretary, added_at=now,
    )  # fmt: skip
    snooze = Snooze.objects.create(
        user=world.secretary, source="term", subject=0, due_on=day, until=date(2100, 1, 1), reason="出差",
        made_on=day, made_at=now,
    )  # fmt: skip
    return {"reminder": reminder, "robot": robot, "snooze": snooze, **letters}
