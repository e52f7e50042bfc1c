"""The made-up committee: alive on any day, without contradictions, always the same, never on a real site."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import models, transaction
from django.test import override_settings
from django.utils import timezone

from branchlife.audit_check import check_audit
from branchlife.models import AuditEvent, User
from meetings.enums import OFFICES, MeetingState, PostTitle, Role
from meetings.models import (
    Appointment,
    Attendance,
    Meeting,
    Member,
    Membership,
    Notice,
    Obligation,
    Organization,
    Post,
    Standing,
)
from meetings.services.demo_people import demo_people, demo_users
from meetings.services.discharge import drift
from meetings.services.obligations import generate_obligations
from meetings.workbooks.identity import parse_id_number
from reviews.enums import PlanState
from reviews.models import Finding, Plan, Transition
from reviews.services.demo import names
from reviews.services.demo.seed import NotEmpty, seed_demo
from tests.world import build_world

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
ORDINARY = datetime(2026, 11, 23, 10, tzinfo=ZONE)
# Also the first minutes of a year, and the last minutes of a quarter.
DAYS = [
    ORDINARY,
    pytest.param(datetime(2027, 1, 1, 0, 30, tzinfo=ZONE), marks=pytest.mark.once),
    pytest.param(datetime(2028, 3, 31, 23, 30, tzinfo=ZONE), marks=pytest.mark.once),
]
TABLES = (
    Organization, Member, Membership, Standing, Post, Appointment, Meeting, Attendance, Obligation, Notice,
    Plan, Transition, Finding, AuditEvent, User,
)  # fmt: skip


@contextmanager
def taken_back(day: datetime) -> Iterator[None]:
    with time_machine.travel(day, tick=False), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def seen(django_db_setup: None) -> dict[datetime, str]:
    """What the demonstration of the ordinary day said when it was seeded first: seeding is what takes time here."""
    return {}


@pytest.fixture(scope="class", params=DAYS, ids=lambda day: f"{day:%Y-%m-%d}")
def demo(request: pytest.FixtureRequest, seen: dict[datetime, str], django_db_blocker) -> Iterator[datetime]:
    """Seeded once for all the tests of one day, and taken back."""
    with django_db_blocker.unblock(), taken_back(request.param):
        assert seed_demo() is not None
        if request.param == ORDINARY:
            seen[ORDINARY] = fingerprint()
        yield request.param


class TestOnAnyDay:
    def test_the_ledger_agrees_with_the_records(self, demo: datetime) -> None:
        assert Obligation.objects.count() > 500
        assert drift(Obligation.objects.all()) == []

    def test_the_ledger_is_what_the_clock_would_make(self, demo: datetime) -> None:
        again = generate_obligations(as_of=timezone.localdate())
        assert (again.created, again.changed, again.removed, again.recounted) == (0, 0, 0, 0)

    def test_every_station_of_the_loop_is_there(self, demo: datetime) -> None:
        today = timezone.localdate()
        states = set(Meeting.objects.values_list("state", flat=True))
        assert states == set(MeetingState)
        assert set(Plan.objects.values_list("state", flat=True)) == set(PlanState)
        assert Meeting.objects.filter(state=MeetingState.SCHEDULED, day__gt=today).count() >= 3
        assert Meeting.objects.filter(state=MeetingState.SCHEDULED, day__lt=today).exists()
        assert Obligation.objects.overdue(today).count() >= 4
        assert Obligation.objects.filter(waived_at__isnull=False).count() == 1
        assert Notice.objects.unread().exists()

    def test_returned_papers_say_why(self, demo: datetime) -> None:
        plan = Plan.objects.get(state=PlanState.RETURNED)
        assert Finding.objects.filter(transition__plan=plan).count() == 2
        for state in (MeetingState.RETURNED, MeetingState.HOLD_AGAIN):
            meeting = Meeting.objects.get(state=state)
            assert Finding.objects.filter(transition__meeting=meeting).count() == 1

    def test_nothing_was_written_in_the_future(self, demo: datetime) -> None:
        for model, column in (
            (Transition, "at"),
            (Meeting, "recorded_at"),
            (Notice, "created_at"),
            (Plan, "submitted_at"),
        ):
            assert model.objects.filter(**{f"{column}__gt": demo}).count() == 0
        assert Meeting.objects.filter(recorded_at__isnull=False, day__gt=timezone.localdate()).count() == 0

    def test_the_audit_trail_is_in_order(self, demo: datetime) -> None:
        report = check_audit()
        assert report.events > 100
        assert report.faults == []

    def test_no_record_came_before_its_meeting(self, demo: datetime) -> None:
        early = [
            m for m in Meeting.objects.exclude(recorded_at=None) if timezone.localdate(m.recorded_at) < m.day
        ]
        assert early == []

    def test_somebody_of_every_role_can_be_clicked(self, demo: datetime) -> None:
        shown = {group.role_label: group.people for group in demo_people(day=timezone.localdate())}
        roles = [
            str(role.label)
            for role in (Role.SECRETARY, Role.REVIEWER, Role.ADMINISTRATOR, Role.GROUP_LEADER, *OFFICES)
        ]
        assert list(shown) == [*roles, "党员"]
        assert len(shown[str(Role.SECRETARY.label)]) == 8
        assert len(shown[str(Role.REVIEWER.label)]) == 2
        assert not any(user.has_usable_password() for user in User.objects.all())
        assert set(User.objects.all()) == set(demo_users())

    def test_id_numbers_are_right_and_of_nowhere(self, demo: datetime) -> None:
        numbers = list(Member.objects.values_list("id_number", flat=True))
        assert [parse_id_number(number) for number in numbers] == numbers
        assert {number[:6] for number in numbers} == {names.REGION}
        assert int(names.REGION[:2]) > 90

    def test_names_that_break_programs_are_among_them(self, demo: datetime) -> None:
        found = set(Member.objects.values_list("name", flat=True))
        assert len(found) == Member.objects.count() > 100
        assert any("·" in name for name in found)
        assert any(ord(character) > 0xFFFF for name in found for character in name)
        assert any(name.startswith(("欧阳", "司马", "尉迟", "诸葛")) for name in found)

    def test_branches_differ(self, demo: datetime) -> None:
        today = timezone.localdate()
        sizes = {b.name: Member.objects.of_branch(b, today).count() for b in Organization.objects.branches()}
        assert len(sizes) == 8
        assert min(sizes.values()) < 7 < 20 < max(sizes.values())
        assert Attendance.objects.filter(hard_bound=False).exists()
        assert Post.objects.filter(title=PostTitle.SECRETARY).count() == 8


@pytest.fixture(scope="class")
def by_command(seen: dict[datetime, str], django_db_blocker) -> Iterator[str]:
    """The ordinary day seeded another time, by the command: what it printed."""
    with django_db_blocker.unblock():
        if ORDINARY not in seen:  # the tests of that day were not run before
            with taken_back(ORDINARY):
                seed_demo()
                seen[ORDINARY] = fingerprint()
        with override_settings(DEMO=True), taken_back(ORDINARY):
            printed = StringIO()
            call_command("seed_demo", stdout=printed)
            yield printed.getvalue()


@pytest.mark.once
class TestByCommand:
    def test_the_same_day_gives_the_same_rows(self, by_command: str, seen: dict[datetime, str]) -> None:
        assert fingerprint() == seen[ORDINARY]

    def test_a_second_time_nothing_changes(self, by_command: str, capsys: pytest.CaptureFixture[str]) -> None:
        before = {model: list(model.objects.order_by("pk").values()) for model in TABLES}
        with time_machine.travel(timezone.now() + timedelta(days=40)):
            call_command("seed_demo")
        assert {model: list(model.objects.order_by("pk").values()) for model in TABLES} == before
        assert "120 members" in by_command
        call_command("demo_people")
        printed = capsys.readouterr().out
        assert all(
            words in printed for words in ("支部书记", "Branch secretary", "审核人", "Reviewer", "青榆市")
        )


class TestRefusal:
    def test_only_in_a_demonstration(self) -> None:
        with pytest.raises(CommandError, match="DEMO=1"):
            call_command("seed_demo")
        assert not Organization.objects.exists()
        assert not User.objects.exists()

    def test_never_beside_real_organizations(self, settings) -> None:
        settings.DEMO = True
        build_world()
        before = User.objects.count()
        with pytest.raises(CommandError, match="already holds organizations"):
            call_command("seed_demo")
        with pytest.raises(NotEmpty):
            seed_demo()
        assert User.objects.count() == before

    @pytest.mark.once
    def test_unless_it_is_meant(self) -> None:
        build_world()
        call_command("seed_demo", force=True)
        assert demo_users().exists()

    @pytest.mark.parametrize("demo", [False, True])
    def test_the_big_one_neither(self, settings, demo: bool) -> None:
        settings.DEMO = demo
        if demo:
            build_world()
        before = Organization.objects.count()
        with pytest.raises(CommandError, match="nothing was written"):
            call_command("seed_scale", branches=2)
        assert Organization.objects.count() == before


@pytest.mark.once
class TestScale:
    def test_a_big_committee_agrees_with_itself(self, settings, capsys) -> None:
        settings.DEMO = True
        call_command("seed_scale", branches=53)
        assert Organization.objects.branches().count() == 53
        assert Organization.objects.find_problems() == ([], [], [], [], [])
        assert drift(Obligation.objects.all()) == []
        assert 10 < Member.objects.count() / 53 < 18
        assert "53 branches" in capsys.readouterr().out
        assert User.objects.filter(is_active=True).count() == 0

    def test_the_same_seed_gives_the_same_rows(self, settings) -> None:
        def rows(seed: int) -> str:
            with transaction.atomic():
                call_command("seed_scale", branches=3, seed=seed, force=True, verbosity=0)
                found = fingerprint()
                transaction.set_rollback(True)
            return found

        assert rows(1) == rows(1) != rows(2)

    @pytest.mark.parametrize("wrong", [{"branches": 0}, {"branches": 1, "years": 0}])
    def test_nothing_of_nothing(self, settings, wrong: dict[str, int]) -> None:
        settings.DEMO = True
        with pytest.raises(CommandError, match="at least 1"):
            call_command("seed_scale", **wrong)


def fingerprint() -> str:
    """What the tables say, apart from row numbers, the clock of this machine and unusable passwords."""
    text = repr([told(model) for model in TABLES])
    return hashlib.sha256(text.encode()).hexdigest()


# Hold numbers of rows, which PostgreSQL does not give out a second time: a chain is called after one, its
# seals follow from the name, and so does the order in which several chains are appended to.
NUMBERED = {AuditEvent: {"chain", "number", "previous", "digest", "difference"}}


def told(model: type[models.Model]) -> list[list[object]]:
    rows = [stable(row) for row in model._default_manager.order_by("pk")]
    return sorted(rows, key=repr) if model in NUMBERED else rows


def stable(row: models.Model) -> list[object]:
    left_out = {"password", "date_joined", "created_at", "subject_id", "url", "email", "values"}
    left_out |= NUMBERED.get(type(row), set())
    columns = [
        field for field in row._meta.concrete_fields if not field.is_relation and not field.primary_key
    ]
    return [getattr(row, field.attname) for field in columns if field.name not in left_out]
