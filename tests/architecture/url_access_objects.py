"""The secretary is signed in at a second place."""

from django.contrib.sessions.backends.db import SessionStore
from django.db import models
from django.utils import timezone

from branchlife.models import OpenSession
from tests.world import World


def access_things(world: World) -> dict[str, models.Model]:
    now, store = timezone.now(), SessionStore()
    store.create()
    row = OpenSession.objects.create(user=world.secretary, key=store.session_key, began_at=now, seen_at=now)
    return {"elsewhere": row}
