"""Wrong passwords close the door for a while: for that name at that place, and for nobody else."""

from datetime import timedelta

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client, RequestFactory
from django.utils import timezone

from branchlife.middleware import client_address
from branchlife.models import AuditEvent
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]
PASSWORD = "correct-horse-9"
HERE, THERE = "198.51.100.1", "203.0.113.2"


def attempt(password: str, username: str = "secretary", place: str = HERE) -> int:
    return (
        Client(REMOTE_ADDR=place).post("/sign-in/", {"username": username, "password": password}).status_code
    )


def test_five_wrong_ones_and_the_right_one_waits(world: World) -> None:
    assert [attempt("wrong") for _each in range(5)] == [400] * 4 + [429]
    assert attempt(PASSWORD) == 429
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert attempt(PASSWORD) == 302


def test_trying_on_does_not_make_it_longer(world: World) -> None:
    for _each in range(5):
        attempt("wrong")
    begin = timezone.now()
    with time_machine.travel(begin + timedelta(minutes=14)):
        assert attempt("wrong") == 429
    with time_machine.travel(begin + timedelta(minutes=16)):
        assert attempt(PASSWORD) == 302


def test_the_true_owner_elsewhere_is_not_locked_out(world: World) -> None:
    for _each in range(20):
        attempt("wrong", place=THERE)
    assert attempt(PASSWORD, place=THERE) == 429
    assert attempt(PASSWORD, place=HERE) == 302


def test_colleagues_behind_the_same_address_are_not_locked_out(world: World) -> None:
    for _each in range(6):
        attempt("wrong")
    assert attempt(PASSWORD, username="reviewer") == 302


def test_a_success_wipes_the_slate_clean(world: World) -> None:
    for _round in range(3):
        assert [attempt("wrong") for _each in range(4)] == [400] * 4
        assert attempt(PASSWORD) == 302


def test_unknown_names_are_answered_alike(world: World) -> None:
    pages = []
    for username in ("secretary", "nobodyatall"):
        answers = [
            Client(REMOTE_ADDR=HERE).post("/sign-in/", {"username": username, "password": "x"})
            for _ in range(5)
        ]
        pages.append((answers[-1].status_code, answers[-1].content))
    assert pages[0] == pages[1]
    assert pages[0][0] == 429


def test_without_the_guard_guessing_goes_on(world: World, settings) -> None:
    settings.AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
    settings.AXES_ENABLED = False
    assert [attempt("wrong") for _each in range(10)] == [400] * 10


def test_a_failure_is_written_down_without_the_password(world: World) -> None:
    attempt("my-secret-guess")
    attempt("my-secret-guess", username="nobodyatall")
    event = AuditEvent.objects.get(action="session.refused")
    assert (event.subject_id, event.actor, event.address) == (str(world.secretary.pk), None, HERE)
    for row in AccessAttempt.objects.all():
        assert "my-secret-guess" not in str(vars(row))


def test_a_name_longer_than_any_account(world: World) -> None:
    assert attempt("wrong", username="x" * 5000) == 400
    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    ("behind", "forwarded", "address"),
    [
        (False, "203.0.113.9", HERE),  # anybody can write the header
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "10.0.0.1, 203.0.113.9", "203.0.113.9"),  # the proxy wrote the last one
        (True, "", HERE),
        (True, "nonsense", None),
    ],
)
def test_whose_address_counts(settings, behind: bool, forwarded: str, address: str | None) -> None:
    settings.BEHIND_PROXY = behind
    request = RequestFactory(REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=forwarded).get("/")
    assert client_address(request) == address
