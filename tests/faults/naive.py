"""How reminders are usually written: read what is due, send, mark as sent. Only to see the harness find it out."""

from datetime import datetime

from django.core.mail import send_mail

from branchlife.failpoints import reach
from meetings.models import Notice
from tests.faults.scene import Scene

MARK = "naive"


def sends_then_marks(scene: Scene, now: datetime) -> None:
    for person, lines in scene.owed().items():
        for line in lines:
            if not Notice.objects.filter(code=MARK, recipient=person, url=str(line.pk)).exists():
                reach("naive.read")
                send_mail("Reminder", f"- {line.pk}\n", None, [person.email])
                reach("naive.between")
                Notice.objects.create(code=MARK, recipient=person, url=str(line.pk), created_at=now)


def marks_then_sends(scene: Scene, now: datetime) -> None:
    for person, lines in scene.owed().items():
        for line in lines:
            mark = {"code": MARK, "recipient": person, "url": str(line.pk)}
            if Notice.objects.get_or_create(**mark, defaults={"created_at": now})[1]:
                reach("naive.between")
                send_mail("Reminder", f"- {line.pk}\n", None, [person.email])
