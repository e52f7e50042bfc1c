"""The secretary is signed in at a second place, and two records have a file."""

from django.contrib.sessions.backends.db import SessionStore
from django.db import models
from django.utils import timezone

from branchlife.models import OpenSession, User
from meetings.models import Attachment, Meeting
from tests.world import World


def attachment_things(record: Meeting, open_record: Meeting, actor: User) -> dict[str, models.Model]:
    """One beside a record that was handed in, one beside a record that is still open."""
    facts = {
        "name": "附件.pdf",
        "kind": "pdf",
        "size": 7,
        "uploaded_by": actor,
        "uploaded_at": timezone.now(),
    }
    digest = "0" * 64  # there is no such file: looked for in vain by whoever may
    return {
        "closed_file": Attachment.objects.create(meeting=record, digest=digest, **facts),
        "open_file": Attachment.objects.create(meeting=open_record, digest=digest, **facts),
    }


def access_things(world: World) -> dict[str, models.Model]:
    now, store = timezone.now(), SessionStore()
    store.create()
    row = OpenSession.objects.create(user=world.secretary, key=store.session_key, began_at=now, seen_at=now)
    return {"elsewhere": row}
