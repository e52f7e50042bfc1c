"""The audit officer's pages: the trail of the own part, and an export with its purpose."""

import csv
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branchlife.models import AuditEvent, User
from meetings.enums import Role
from meetings.models import Organization
from meetings.services import accounts
from tests.branchlife.trail import drop_guards, sql, write
from tests.reviews.pages import html_of, words
from tests.world import World, appoint

pytestmark = [pytest.mark.once, pytest.mark.django_db]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(user: User, query: str = "") -> list[AuditEvent]:
    answer = signed_in(user).get(f"/audit/{query}")
    assert answer.status_code == 200
    return [row.event for row in answer.context["rows"]]


def test_an_officer_sees_the_own_part_and_nothing_a_record_says(world: World) -> None:
    own = write(world.secretary, world.branch, world.branch.chain, difference={"theme": "机密主题"})
    write(world.other_secretary, world.other_branch, world.other_branch.chain)
    write(world.secretary, world.secretary, "")
    assert shown(world.audit_officer) == [own]
    page = signed_in(world.audit_officer).get("/audit/").content.decode()
    assert "theme" in page
    assert "机密主题" not in page
    assert "沈玉芳 (secretary)" in page


def test_of_a_role_it_says_whose_and_which(world: World) -> None:
    appointment = accounts.appoint(
        user=world.outsider, organization=world.branch, role=Role.SECRETARY, actor=world.security_officer
    )
    accounts.end_appointment(appointment=appointment, actor=world.security_officer)
    text = words(html_of(world.audit_officer, "/audit/"))
    for what, number in (("授予", 1), ("终止", 2)):
        assert f"角色：{what} 任命 路人 (outsider) · 支部书记 办公室党支部 本组织第{number}条" in text
    write(world.secretary, Organization(pk=8714, name="旧支部"), world.branch.chain)
    assert "8714" not in html_of(world.audit_officer, "/audit/"), "a number without a page behind it"


def test_what_belongs_to_no_organization_is_for_whoever_watches_over_every_tree(world: World) -> None:
    free = write(world.secretary, world.secretary, "")
    assert free not in shown(world.audit_officer)
    appoint(world.audit_officer, world.other_committee, "audit_officer")
    assert free in shown(world.audit_officer)


def test_the_filter(world: World) -> None:
    first = write(world.secretary, world.branch, world.branch.chain)
    second = write(world.reviewer, world.small_branch, world.small_branch.chain, minutes=2 * 24 * 60)
    for query, found in (
        ("?actor=周审核", [second]),
        ("?action=plan.", [second, first]),
        ("?action=meeting.", []),
        (f"?place={world.branch.pk}", [first]),
        (f"?place={world.other_branch.pk}", [second, first]),  # not theirs: a fault of the field
        ("?last=2026-11-20", [first]),
        ("?first=2026-11-21", [second]),
        ("?first=x", [second, first]),
    ):
        assert shown(world.audit_officer, query) == found, query


def test_pages_follow_each_other_at_the_same_cost(world: World) -> None:
    client, costs = signed_in(world.audit_officer), []
    client.get("/audit/")
    for number in (1, 3):
        for _time in range(number):
            write(world.secretary, world.branch, world.branch.chain)
        with CaptureQueriesContext(connection) as queries:
            client.get("/audit/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
    for _time in range(60):
        write(world.secretary, world.branch, world.branch.chain)
    answer = signed_in(world.audit_officer).get("/audit/")
    rest = shown(world.audit_officer, answer.context["next_url"])
    assert (len(answer.context["rows"]), len(rest)) == (50, 14)
    assert signed_in(world.audit_officer).get("/audit/?before=x").status_code == 400


def test_an_export_says_what_for(world: World) -> None:
    Organization.objects.filter(pk=world.branch.pk).update(name="x")
    world.secretary.name = "=HYPERLINK(1)"
    write(world.secretary, world.branch, world.branch.chain, difference={"theme": "机密主题"})
    client = signed_in(world.audit_officer)
    assert client.post("/audit/export/", {"purpose": ""}).status_code == 400
    answer = client.post("/audit/export/", {"purpose": "季度安全审计"})
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert len(rows) == 2
    assert rows[1][1].startswith("'=")
    assert "机密主题" not in text
    event = AuditEvent.objects.get(action="audit.export")
    assert event.difference == {"purpose": "季度安全审计", "events": 1}


@pytest.mark.parametrize(
    "who", ["administrator", "secretary", "system_officer", "security_officer", "outsider"]
)
def test_nobody_else(world: World, who: str) -> None:
    for page in ("/audit/", "/audit/export/"):
        assert signed_in(getattr(world, who)).get(page).status_code == 403


def test_what_verify_audit_found_is_shown(world: World) -> None:
    """The command notes it in the trail, the fault it finds as well as its absence."""
    write(world.secretary, world.branch, world.branch.chain)
    page = "/audit/"
    assert "尚未对全部日志进行校验" in html_of(world.audit_officer, page)
    call_command("verify_audit", no_progress=True, stdout=StringIO())
    assert "未发现问题" in html_of(world.audit_officer, page)
    drop_guards()
    sql("UPDATE branchlife_auditevent SET subject_label = %s", "别人")
    with pytest.raises(CommandError):
        call_command("verify_audit", no_progress=True, stdout=StringIO(), stderr=StringIO())
    found = AuditEvent.objects.filter(action="audit.verify").latest("pk").difference["faults"]
    assert found > 0
    assert f"发现 {found} 处问题" in html_of(world.audit_officer, page)


def test_the_officer_begins_there(world: World) -> None:
    assert signed_in(world.audit_officer).get("/").url == "/audit/"
