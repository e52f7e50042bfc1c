"""SQL that is built once: the same rows, the same number of queries, and no answer from before."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from branchlife.compiled import Compiled
from branchlife.models import User
from tests.world import make_user

pytestmark = pytest.mark.django_db


def test_built_once_asked_each_time() -> None:
    queries, built = Compiled(most=5), []
    first = make_user("first", "甲")

    def build():
        built.append(1)
        return User.objects.filter(name="甲").order_by("pk").values_list("pk", "name")

    assert queries.rows("all", build) == [(first.pk, "甲")]
    second = make_user("second", "甲")
    with CaptureQueriesContext(connection) as asked:
        assert queries.rows("all", build) == [(first.pk, "甲"), (second.pk, "甲")]
    assert (len(built), len(asked)) == (1, 1)


def test_what_was_used_longest_ago_is_forgotten() -> None:
    queries, built = Compiled(most=2), []

    def build():
        built.append(1)
        return User.objects.values_list("pk")

    for key, total in (("a", 1), ("b", 2), ("a", 2), ("c", 3), ("a", 3), ("b", 4)):
        queries.rows(key, build)
        assert len(built) == total, key
