"""The roster, one member's page, and everybody's own page."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from meetings.confidential import masked
from meetings.enums import MeetingState, Presence, StandingKind
from meetings.models import Attendance, Member, Membership, Standing
from meetings.services.attendance import Deviation, freeze_attendance
from tests.held import attended, hold
from tests.typed_forms import body_without_tokens
from tests.world import World, make_member

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST_QUERIES = 12
LIST = "/members/"
DAY = date(2026, 10, 14)
ID_NUMBER, PHONE = "110101198003077534", "13912345678"


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel("2026-11-23T02:00:00Z", tick=False):
        yield


def names(client: Client, **asked: object) -> list[str]:
    response = client.get(LIST, asked)
    assert response.status_code == 200
    return [row.member.name for row in response.context["page_obj"]]


def shown(client: Client, url: str) -> str:
    return client.get(url).content.decode()


def detail(member: Member) -> str:
    return reverse("member_detail", args=[member.pk])


def test_each_role_sees_its_own_people(client: Client, world: World) -> None:
    client.force_login(world.reviewer)
    assert len(names(client)) == 13
    client.force_login(world.secretary)
    assert sorted(names(client)) == sorted(member.name for member in world.members)
    client.force_login(world.group_leader)
    assert sorted(names(client)) == sorted(member.name for member in world.members[:5])


@pytest.mark.parametrize("role", ["member", "outsider"])
def test_the_roster_is_not_for_everybody(client: Client, world: World, role: str) -> None:
    client.force_login(getattr(world, role))
    assert client.get(LIST).status_code == 403


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("黄峰", ["黄峰浩"]),
        ("hfh", ["黄峰浩"]),
        ("HF", ["黄峰浩"]),
        ("ｈｆｈ", ["黄峰浩"]),
        ("huangfeng", ["黄峰浩"]),
        ("huang feng", ["黄峰浩"]),
        ("sxh", ["单晓华"]),
        ("zh", ["曾浩"]),
        ("zeng", ["曾浩"]),
        ("浩", ["黄峰浩", "曾浩"]),
        ("外", []),
        (".*", []),
        ("%", []),
    ],
)
def test_names_are_found_by_characters_and_pinyin(
    client: Client, world: World, text: str, expected: list[str]
) -> None:
    client.force_login(world.secretary)
    assert names(client, name=text) == expected


def test_other_filters(client: Client, world: World) -> None:
    Standing.objects.create(member=world.members[3], kind=StandingKind.FRAIL, start_on=date(2026, 1, 1))
    Standing.objects.create(
        member=world.members[4], kind=StandingKind.FRAIL, start_on=date(2025, 1, 1), end_on=date(2025, 6, 1)
    )
    client.force_login(world.reviewer)
    assert names(client, standing="frail") == ["邹建娟"]
    assert names(client, standing="probationary") == ["郝健"]
    assert len(names(client, organization=world.small_branch.pk)) == 4
    assert len(names(client, organization=world.committee.pk)) == 13
    assert len(names(client, group=world.groups[0].pk)) == 5
    for asked in (
        {"organization": world.other_branch.pk},
        {"standing": "x"},
        {"group": "①"},
        {"name": "n" * 61},
    ):
        response = client.get(LIST, asked)
        assert response.status_code == 400
        assert "外党员" not in response.content.decode()


def test_the_rate_is_of_those_bound_to_come_in_meetings_that_count(client: Client, world: World) -> None:
    chen, frail = world.members[2], world.members[3]
    Standing.objects.create(member=frail, kind=StandingKind.FRAIL, start_on=date(2026, 1, 1))
    attended(hold(world.branch, "theme_day", DAY), chen)
    attended(hold(world.branch, "lecture", DAY))
    attended(hold(world.branch, "general", DAY, state=MeetingState.HOLD_AGAIN), chen)
    attended(hold(world.branch, "general", date(2025, 10, 14)), chen)
    client.force_login(world.secretary)
    rows = {row.member.name: (row.rate, row.here, row.base) for row in client.get(LIST).context["page_obj"]}
    assert rows["陈军"] == ("50.0%", 1, 2)
    assert rows["邹建娟"] == ("—", 0, 0)
    page = client.get(detail(chen))
    assert (page.context["rate"], page.context["here"], page.context["base"]) == ("50.0%", 1, 2)


def test_identity_and_telephone(client: Client, world: World) -> None:
    member = world.members[2]
    Member.objects.filter(pk=member.pk).update(id_number=ID_NUMBER, phone=PHONE)
    Standing.objects.create(
        member=member, kind=StandingKind.ABROAD, start_on=date(2026, 1, 1), reason="自费留学批复"
    )
    masked_phone = masked(PHONE, "phone")
    for role, phone in (("secretary", PHONE), ("reviewer", masked_phone), ("group_leader", "")):
        sees_person = bool(phone)
        client.force_login(getattr(world, role))
        for url in (LIST, detail(member)):
            text = shown(client, url)
            assert ID_NUMBER not in text, "never in full"
            assert [each for each in (PHONE, masked_phone) if each in text] == [
                each for each in [phone] if each
            ]
            assert ("110*************34" in text) is sees_person
        assert ("自费留学批复" in shown(client, detail(member))) is sees_person


def test_a_whole_id_number_finds_its_owner_for_those_who_answer_for_them(
    client: Client, world: World
) -> None:
    Member.objects.filter(pk=world.members[2].pk).update(id_number=ID_NUMBER)
    for role, found in (("secretary", ["陈军"]), ("reviewer", ["陈军"]), ("group_leader", [])):
        client.force_login(getattr(world, role))
        assert names(client, name=ID_NUMBER) == found, role
        assert names(client, name=ID_NUMBER[:10]) == [], "a part of it finds nobody"


def test_a_former_branch_keeps_what_was_its_own_only(client: Client, world: World) -> None:
    """Transferred to the small branch in July: the old secretary sees the time before and no more."""
    member = world.members[2]
    Member.objects.filter(pk=member.pk).update(phone=PHONE)
    Membership.objects.filter(member=member).update(end_on=date(2026, 6, 30))
    attended(hold(world.branch, "theme_day", date(2026, 5, 12), theme="老支部的党日"))
    Attendance.objects.filter(member=member).delete()
    meeting = hold(world.branch, "lecture", date(2026, 4, 8), theme="老支部的党课")
    freeze_attendance(meeting=meeting, deviations={member.pk: Deviation(Presence.EXCUSED, "老支部请假")})
    Membership.objects.create(member=member, organization=world.small_branch, start_on=date(2026, 7, 1))
    new = hold(world.small_branch, "theme_day", DAY, theme="新支部的党日")
    freeze_attendance(meeting=new, deviations={member.pk: Deviation(Presence.EXCUSED, "新支部请假")})
    client.force_login(world.secretary)
    text = shown(client, detail(member))
    assert "老支部请假" in text
    for secret in ("新支部请假", "新支部的党日", "督查室党支部", PHONE):
        assert secret not in text
    assert member.name not in names(client)
    client.force_login(world.small_secretary)
    text = shown(client, detail(member))
    assert "新支部请假" in text and PHONE in text and "老支部请假" not in text


@pytest.mark.parametrize("role", ["other_secretary", "small_secretary", "outsider", "member"])
def test_outside_the_scope_a_member_is_nobody(client: Client, world: World, role: str) -> None:
    client.force_login(getattr(world, role))
    there, nowhere = detail(world.members[2]), "/members/987654/"
    answers = {path: client.get(path) for path in (there, nowhere)}
    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({body_without_tokens(answer, path) for path, answer in answers.items()}) == 1


def test_everybody_sees_the_own_row(client: Client, world: World) -> None:
    client.force_login(world.member)
    assert client.get(detail(world.members[5])).status_code == 200


def test_my_page(client: Client, world: World) -> None:
    me, other = world.members[5], world.members[2]
    Member.objects.filter(pk=me.pk).update(id_number=ID_NUMBER, phone=PHONE)
    meeting = hold(world.branch, "theme_day", DAY, theme="我缺的党日")
    freeze_attendance(
        meeting=meeting,
        deviations={
            me.pk: Deviation(Presence.EXCUSED, "本人病假"),
            other.pk: Deviation(Presence.EXCUSED, "他人住院"),
        },
    )
    attended(hold(world.branch, "lecture", DAY, theme="我到的党课"))
    hold(world.branch, "general", date(2026, 12, 3), theme="将要开的大会", state=MeetingState.SCHEDULED)
    hold(
        world.branch,
        "group",
        date(2026, 12, 4),
        group=world.groups[0],
        theme="别组的会",
        state=MeetingState.SCHEDULED,
    )
    hold(world.branch, "committee", date(2026, 12, 5), theme="支委的会", state=MeetingState.SCHEDULED)
    hold(world.small_branch, "general", date(2026, 12, 3), theme="别家的会", state=MeetingState.SCHEDULED)
    client.force_login(world.member)
    response = client.get(reverse("my_page"))
    text = response.content.decode()
    assert response.context["rate"] == "50.0%"
    for words in ("我缺的党日", "本人病假", "我到的党课", "将要开的大会", PHONE, "办公室党支部"):
        assert words in text
    for secret in ("他人住院", "别组的会", "支委的会", "别家的会", ID_NUMBER):
        assert secret not in text


def test_who_holds_a_post_sees_the_committees_meetings_coming(client: Client, world: World) -> None:
    hold(world.branch, "committee", date(2026, 12, 5), theme="支委的会", state=MeetingState.SCHEDULED)
    client.force_login(world.secretary)
    assert "支委的会" in shown(client, reverse("my_page"))


def test_a_rate_reads_the_same_on_every_page(client: Client, world: World) -> None:
    """One of thirty missed: neither 96 nor 97 per cent anywhere."""
    days = [date(2026, 1, 5) + timedelta(days=number) for number in range(30)]
    for day in days:
        missed = [world.members[5]] if day == days[7] else []
        meeting = hold(world.branch, "group", day, group=world.groups[1])
        attended(meeting, *missed)
    for user, url in (
        (world.member, reverse("my_page")),
        (world.member, "/"),
        (world.secretary, detail(world.members[5])),
        (world.secretary, LIST),
    ):
        client.force_login(user)
        assert "96.6%" in shown(client, url), url
    client.force_login(world.secretary)
    assert "100.0%" in shown(client, reverse("meeting_detail", args=[meeting.pk]))


def test_the_number_of_coming_meetings_is_the_true_one(client: Client, world: World) -> None:
    days = [date(2026, 12, day) for day in range(1, 15)]
    for day in days:
        hold(world.branch, "lecture", day, theme=f"党课{day:%d}", state=MeetingState.SCHEDULED)
    client.force_login(world.member)
    page = client.get(reverse("my_page"))
    text = page.content.decode()
    assert page.context["coming_count"] == 14
    assert [meeting.day for meeting in page.context["coming"]] == days[:10]
    assert "<b>14</b>" in text
    assert "还有4项" in text
    assert f'href="{reverse("my_page")}?coming=all#coming"' in text
    everything = client.get(reverse("my_page"), {"coming": "all"})
    assert [meeting.day for meeting in everything.context["coming"]] == days
    assert "还有" not in everything.content.decode()


@pytest.mark.parametrize("role", ["secretary", "group_leader", "reviewer"])
def test_only_what_one_is_expected_at_is_coming(client: Client, world: World, role: str) -> None:
    """Whatever else a post, a role or a group one leads lets somebody look at."""
    Member.objects.filter(user=world.secretary).update(user=None)
    Member.objects.filter(user=world.group_leader).update(user=None)
    Member.objects.filter(pk=world.members[2].pk).update(user=getattr(world, role))  # sits on the committee
    Membership.objects.filter(member=world.members[2]).update(group=world.groups[1])
    for theme, kind, group in (
        ("全体的会", "general", None),
        ("支委的会", "committee", None),
        ("本组的会", "group", world.groups[1]),
        ("别组的会", "group", world.groups[0]),
    ):
        hold(world.branch, kind, date(2026, 12, 5), group=group, theme=theme, state=MeetingState.SCHEDULED)
    hold(world.small_branch, "general", date(2026, 12, 5), theme="别家的会", state=MeetingState.SCHEDULED)
    client.force_login(getattr(world, role))
    coming = client.get(reverse("my_page")).context["coming"]
    assert {meeting.theme for meeting in coming} == {"全体的会", "支委的会", "本组的会"}


def test_an_account_without_a_member_is_told_so(client: Client, world: World) -> None:
    client.force_login(world.reviewer)
    assert "您不在党员名册中" in shown(client, reverse("my_page"))


def test_a_long_roster_has_pages(client: Client, world: World) -> None:
    for number in range(60):
        make_member(f"李{chr(0x4E00 + number)}", world.branch)
    client.force_login(world.secretary)
    assert len(names(client)) == 50
    assert len(names(client, page=2)) == 19
    assert client.get(LIST, {"page": "x"}).status_code == 200


COUNTS: dict[tuple[str, str], int] = {}


@pytest.mark.parametrize("role", ["reviewer", "secretary", "group_leader"])
@pytest.mark.parametrize("more", [1, 3])
def test_the_number_of_queries_does_not_depend_on_the_rows(
    client: Client, world: World, django_assert_max_num_queries, role: str, more: int
) -> None:
    for number in range(more):
        make_member(f"李{chr(0x4E00 + number)}", world.branch, world.groups[0])
        attended(hold(world.branch, "theme_day", DAY + timedelta(days=number)), world.members[5])
    client.force_login(getattr(world, role))
    for name, url in (("list", LIST), ("detail", detail(world.members[2])), ("me", reverse("my_page"))):
        client.get(url)  # the first look is noted in the audit trail
        with django_assert_max_num_queries(MOST_QUERIES) as asked:
            assert client.get(url).status_code == 200
        assert COUNTS.setdefault((role, name), len(asked)) == len(asked)
