"""Accounts and appointments: who may give which role to whom, and the first password."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife.models import AuditEvent, User
from meetings.enums import Role
from meetings.models import Appointment
from meetings.scope import scope_of
from meetings.services import accounts
from tests.world import World

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_new_account_is_named_in_pinyin_and_has_no_password(world: World) -> None:
    user = accounts.open_account(member=world.members[6], actor=world.security_officer)
    assert user.username == "shanxiaohua"  # 单 is read Shan as a surname
    assert not user.has_usable_password()
    assert accounts.open_account(member=world.members[6], actor=world.security_officer) == user


def test_taken_username_gets_a_number(world: World) -> None:
    first = accounts.open_guest_account(name="李伟", actor=None)
    second = accounts.open_guest_account(name="李卫", actor=None)
    assert [first.username, second.username] == ["liwei", "liwei2"]


def test_role_takes_effect_and_ends_at_once(world: World) -> None:
    appointment = accounts.appoint(
        user=world.outsider, organization=world.committee, role=Role.REVIEWER, actor=world.security_officer
    )
    assert scope_of(User.objects.get(pk=world.outsider.pk)).paths(Role.REVIEWER) == (world.committee.path,)
    accounts.end_appointment(appointment=appointment, actor=world.security_officer)
    assert scope_of(User.objects.get(pk=world.outsider.pk)).paths(Role.REVIEWER) == ()
    assert AuditEvent.objects.filter(action="appointment.end").count() == 1


def test_old_role_keeps_its_history_when_it_ends(world: World) -> None:
    appointment = Appointment.objects.get(user=world.reviewer)
    accounts.end_appointment(appointment=appointment, actor=world.security_officer)
    appointment.refresh_from_db()
    assert appointment.end_on is not None
    assert appointment.end_on < date.today()


@pytest.mark.parametrize(
    "actor", ["secretary", "reviewer", "administrator", "system_officer", "audit_officer", "outsider"]
)
def test_only_the_security_officer_above_appoints(world: World, actor: str) -> None:
    with pytest.raises(PermissionDenied):
        accounts.appoint(
            user=world.member, organization=world.branch, role=Role.SECRETARY, actor=getattr(world, actor)
        )


def test_nobody_appoints_oneself(world: World) -> None:
    with pytest.raises(PermissionDenied):
        accounts.appoint(
            user=world.security_officer,
            organization=world.committee,
            role=Role.REVIEWER,
            actor=world.security_officer,
        )


@pytest.mark.parametrize(
    ("place", "role", "group"),
    [
        ("committee", Role.SECRETARY, None),
        ("branch", Role.REVIEWER, None),
        ("branch", Role.GROUP_LEADER, None),
        ("small_branch", Role.GROUP_LEADER, 0),
        ("branch", Role.SECRETARY, 0),
    ],
)
def test_roles_that_do_not_fit_are_refused(world: World, place: str, role: Role, group: int | None) -> None:
    with pytest.raises(ValidationError):
        accounts.appoint(
            user=world.outsider,
            organization=getattr(world, place),
            role=role,
            group=None if group is None else world.groups[group],
            actor=world.security_officer,
        )


def test_pages_give_a_role_and_the_link_sets_the_password(world: World) -> None:
    client = signed_in(world.security_officer)
    known = {"organization": world.branch.pk, "role": "secretary", "member": world.members[6].pk}
    answer = client.post("/accounts/new/", known, follow=True)
    assert "shanxiaohua" in answer.content.decode()
    link = answer.context["link"]["url"].replace("http://testserver", "")
    guest = Client()
    form_page = guest.get(link, follow=True)
    secret = {"new_password1": "calm-river-2026", "new_password2": "calm-river-2026"}
    guest.post(form_page.redirect_chain[-1][0], secret)
    answer = guest.post("/sign-in/", {"username": "shanxiaohua", "password": "calm-river-2026"})
    assert answer.status_code == 302
    assert Client().get(link, follow=True).context["validlink"] is False


def test_form_errors_are_sentences_and_nothing_is_written(world: World) -> None:
    client = signed_in(world.security_officer)
    before = User.objects.count()
    answer = client.post(
        "/accounts/new/", {"organization": world.branch.pk, "role": "reviewer", "name": "王新"}
    )
    assert answer.status_code == 400
    assert User.objects.count() == before
    foreign = client.post(
        "/accounts/new/", {"organization": world.other_branch.pk, "role": "secretary", "name": "x"}
    )
    assert foreign.status_code == 400


def test_accounts_of_other_trees_are_not_shown_or_ended(world: World) -> None:
    client = signed_in(world.security_officer)
    page = client.get("/accounts/").content.decode()
    assert "周审核" in page
    assert "外审核" not in page
    foreign = Appointment.objects.get(user=world.other_reviewer)
    assert client.post(f"/accounts/{foreign.pk}/end/").status_code == 404
    assert client.post(f"/accounts/{foreign.pk}/link/").status_code == 404


@pytest.mark.parametrize("who", ["secretary", "reviewer", "member"])
def test_others_have_no_accounts_page(world: World, who: str) -> None:
    assert signed_in(getattr(world, who)).get("/accounts/").status_code == 403


def test_nobody_renews_a_link_for_an_own_colleague_without_being_administrator(world: World) -> None:
    own = Appointment.objects.get(user=world.secretary)
    assert signed_in(world.secretary).post(f"/accounts/{own.pk}/link/").status_code == 403


def test_list_costs_the_same_with_one_and_three_more_rows(world: World) -> None:
    client = signed_in(world.security_officer)
    costs = []
    for people in (["甲"], ["乙", "丙", "丁"]):
        for name in people:
            user = accounts.open_guest_account(name=name, actor=None)
            accounts.appoint(user=user, organization=world.committee, role=Role.REVIEWER, actor=None)
        with CaptureQueriesContext(connection) as queries:
            client.get("/accounts/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_first_administrator_comes_from_the_command_line(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("add_administrator", "赵新", "--organization", "市直机关党委")
    line = capsys.readouterr().out.strip()
    assert line.startswith("zhaoxin: http")
    assert "/set-password/" in line
    with pytest.raises(CommandError):
        call_command("add_administrator", "赵新", "--organization", "没有这个党委")
