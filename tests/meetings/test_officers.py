"""The three officers: apart from each other and from the branches' life, by the database as well."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.utils import timezone

from branchlife.models import AuditEvent, User
from meetings.enums import OFFICES, Role
from meetings.models import Appointment, Member
from meetings.scope import scope_of
from meetings.services import accounts
from tests.world import SINCE, World, build_world, make_user

pytestmark = pytest.mark.django_db
OTHERS = [Role.ADMINISTRATOR, Role.REVIEWER]


@pytest.fixture
def world() -> World:
    return build_world()


def seat(user: User, world: World, role: Role, start: date = SINCE, end: date | None = None) -> Appointment:
    return Appointment(user=user, organization=world.committee, role=role, start_on=start, end_on=end)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("office", OFFICES)
@pytest.mark.parametrize("role", [*OFFICES, *OTHERS])
def test_the_database_refuses_a_second_role_beside_an_office(world: World, office: Role, role: Role) -> None:
    if role == office:
        return
    user = make_user("officer")
    seat(user, world, office).save()
    with pytest.raises(IntegrityError, match="officer holds no other role"), transaction.atomic():
        Appointment.objects.bulk_create([seat(user, world, role)])
    newcomer = make_user("newcomer")
    with pytest.raises(IntegrityError, match="officer holds no other role"), transaction.atomic():
        Appointment.objects.bulk_create([seat(newcomer, world, role), seat(newcomer, world, office)])


def test_one_after_the_other_is_no_clash(world: World) -> None:
    user, day = make_user("officer"), date(2026, 1, 1)
    old = seat(user, world, Role.AUDIT_OFFICER, end=day)
    old.save()
    new = seat(user, world, Role.REVIEWER, start=day + timedelta(days=1))
    new.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=new.pk).update(start_on=day)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=old.pk).update(end_on=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=new.pk).update(user=world.audit_officer)
    Appointment.objects.filter(pk=new.pk).update(end_on=day + timedelta(days=9))


def test_two_business_roles_go_together(world: World) -> None:
    user = make_user("both")
    Appointment.objects.bulk_create([seat(user, world, role) for role in OTHERS])


@pytest.mark.django_db(transaction=True)
def test_two_appointments_at_once_do_not_slip_past_each_other() -> None:
    world = build_world()
    for number in range(5):
        user, barrier = make_user(f"u{number}"), Barrier(2)

        def give(role: Role, user: User = user, barrier: Barrier = barrier) -> bool:
            try:
                with transaction.atomic():
                    barrier.wait(timeout=30) if connections["default"].vendor == "postgresql" else None
                    seat(user, world, role).save()
                return True
            except IntegrityError:
                return False
            finally:
                connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(give, [Role.AUDIT_OFFICER, Role.REVIEWER])) == [False, True]


@pytest.mark.parametrize("office", OFFICES)
def test_an_officer_sees_nothing_of_the_branches_life(world: World, office: Role) -> None:
    user = User.objects.get(pk=getattr(world, office).pk)
    scope = scope_of(user)
    assert (scope.seats, scope.member_id, scope.branch_id) == ((), None, None)
    assert scope.paths(office) == (world.committee.path,)


@pytest.mark.parametrize("role", [Role.REVIEWER, *OFFICES])
def test_officers_get_no_other_role_from_anybody(world: World, role: Role) -> None:
    for actor in (world.security_officer, None):
        with pytest.raises((PermissionDenied, ValidationError)):
            accounts.appoint(user=world.system_officer, organization=world.committee, role=role, actor=actor)


def test_offices_are_given_by_the_command_line_alone(world: World) -> None:
    with pytest.raises(PermissionDenied):
        accounts.appoint(
            user=world.outsider, organization=world.committee, role=Role.AUDIT_OFFICER,
            actor=world.security_officer,
        )  # fmt: skip
    form = signed_in(world.security_officer).get("/accounts/new/").context["form"]
    assert not {value for value, _label in form.fields["role"].choices} & set(OFFICES)


def test_an_officers_account_is_not_a_members(world: World) -> None:
    assert Member.objects.get(user=world.member)
    with pytest.raises(ValidationError, match="专用账号"):
        accounts.appoint(user=world.member, organization=world.committee, role=Role.AUDIT_OFFICER, actor=None)
    with pytest.raises(ValidationError):
        accounts.appoint(user=world.outsider, organization=world.branch, role=Role.AUDIT_OFFICER, actor=None)


def test_the_keeper_of_accounts_cannot_become_the_auditor(world: World) -> None:
    """Neither end the audit officer's role nor get a link to that password."""
    office = Appointment.objects.get(user=world.audit_officer)
    client = signed_in(world.security_officer)
    assert client.post(f"/accounts/{office.pk}/link/").status_code == 403
    assert client.post(f"/accounts/{office.pk}/end/").status_code == 403
    page = client.get("/accounts/").content.decode()
    assert "秦审计" in page
    assert f"/accounts/{office.pk}/" not in page


def test_a_new_link_is_written_down(world: World) -> None:
    own = Appointment.objects.get(user=world.secretary)
    signed_in(world.security_officer).post(f"/accounts/{own.pk}/link/")
    event = AuditEvent.objects.get(action="account.link")
    assert (event.actor, event.subject_id) == (world.security_officer, str(world.secretary.pk))


def test_the_command_line_gives_and_ends_an_office(world: World, capsys: Any) -> None:
    place = ["--organization", "市直机关党委"]
    call_command("add_officer", "钱新审", "--office", "audit_officer", *place)
    assert capsys.readouterr().out.startswith("qianxinshen: http")
    user = User.objects.get(username="qianxinshen")
    assert user.appointments.get().role == Role.AUDIT_OFFICER
    call_command("end_officer", "qianxinshen")
    assert not user.appointments.on(timezone.localdate()).exists()
    assert AuditEvent.objects.filter(action="appointment.end", actor=None).count() == 1
    for wrong in (["nobody"], ["secretary"]):
        with pytest.raises(CommandError):
            call_command("end_officer", *wrong)
    with pytest.raises(CommandError):
        call_command("add_officer", "钱新审", "--office", "audit_officer", "--organization", "办公室党支部")


class TestCompact:
    """A small place: the administrator keeps the accounts as well, and sees on every page that it is so."""

    @pytest.fixture(autouse=True)
    def _compact(self, settings: Any) -> None:
        settings.COMPACT_OFFICES = True

    def test_the_administrator_keeps_the_accounts(self, world: World) -> None:
        client = signed_in(world.administrator)
        answer = client.post(
            "/accounts/new/", {"organization": world.branch.pk, "role": "secretary", "name": "王新"}
        )
        assert answer.status_code == 302
        assert "王新" in client.get("/accounts/").content.decode()

    def test_the_administrator_is_told_everywhere(self, world: World, settings: Any) -> None:
        for page in ("/", "/accounts/", "/meetings/"):
            assert "精简模式" in signed_in(world.administrator).get(page).content.decode()
        assert "精简模式" not in signed_in(world.secretary).get("/").content.decode()
        settings.COMPACT_OFFICES = False
        assert "精简模式" not in signed_in(world.administrator).get("/").content.decode()

    def test_others_still_do_not(self, world: World) -> None:
        for name in ("reviewer", "secretary", "system_officer", "audit_officer"):
            assert signed_in(getattr(world, name)).get("/accounts/").status_code == 403
