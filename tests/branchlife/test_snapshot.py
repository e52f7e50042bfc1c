"""The database put back is what it was, guards and numbers included."""

import pytest
from django.db import DatabaseError, connection, transaction

from branchlife.audit import record_event
from branchlife.models import AuditEvent, User
from tests import snapshot
from tests.snapshot import Snapshot
from tests.world import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def everything() -> dict[str, list[tuple]]:
    with connection.cursor() as cursor:
        found = {}
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            found[name] = sorted(cursor.fetchall(), key=repr)
    return found


@pytest.mark.parametrize("large", [0, snapshot.LARGE])
def test_what_was_kept_comes_back(large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much is to be taken away before."""
    monkeypatch.setattr(snapshot, "LARGE", large)
    first = make_user("first", "甲")
    with transaction.atomic():
        record_event(actor=first, action="user.create", subject=first)
    kept, before = Snapshot.take(), everything()
    for _again in range(2):
        User.objects.filter(pk=first.pk).update(name="乙")
        second = make_user("second", "丙")
        assert second.pk == first.pk + 1
        assert everything() != before
        kept.restore()
        assert everything() == before
    with pytest.raises(DatabaseError):
        AuditEvent.objects.update(action="other")
