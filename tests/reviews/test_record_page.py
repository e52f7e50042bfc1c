"""The record page: what stands there already, what one has to do, what becomes of it."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from meetings.enums import MeetingKind, MeetingState, Presence, StandingKind
from meetings.models import Attendance, Meeting, Membership, Obligation, Standing
from meetings.services.obligations import sync_obligations
from tests.reviews.recording import (
    CONTENT,
    EVENING,
    TODAY,
    at,
    complete,
    put_on_calendar,
    record_url,
    returned,
    sign_in,
    text_of,
    write_down,
)
from tests.typed_forms import shown_form
from tests.world import World, make_member

pytestmark = [pytest.mark.once, pytest.mark.django_db]
MOST_INTERACTIONS = 12
MOST_QUERIES = 12


@pytest.fixture
def secretary(client: Client, world: World) -> Client:
    return sign_in(client, world.secretary)


def presences(meeting: Meeting) -> dict[str, tuple[str, str]]:
    return {
        row.member.name: (row.presence, row.reason) for row in meeting.attendances.select_related("member")
    }


def card(member, part: str) -> str:
    return f"person__{member.pk}__{part}"


def test_everything_known_is_filled_in(secretary: Client, world: World) -> None:
    write_down(world, put_on_calendar(world, day=date(2026, 10, 20)))
    meeting = put_on_calendar(world, kinds=("theme_day", "lecture"), problem="窗口作风")
    with at():
        data = shown_form(secretary.get(record_url(meeting)))
    assert data["theme"] == "廉政警示教育"
    assert data["day"] == "2026-11-20"
    assert data["starts"] == "15:00"
    assert data["ends"] == ""
    assert data["place"] == "三楼会议室"
    assert data["problem"] == "窗口作风"
    assert data["kinds"] == ["lecture", "theme_day"]
    assert data["chair"] == str(world.members[0].pk), "the secretary"
    assert data["recorder"] == str(world.members[1].pk), "whoever recorded last"
    cards = {name: value for name, value in data.items() if name.endswith("-status")}
    assert len(cards) == 9
    assert set(cards.values()) == {"present"}


def test_a_group_meeting_is_chaired_by_its_leader(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world, kinds=("group",), group=world.groups[0])
    with at():
        data = shown_form(secretary.get(record_url(meeting)))
    assert data["chair"] == str(world.members[1].pk)
    assert sum(name.endswith("-status") for name in data) == 5


def test_fifteen_people_are_logged_in_few_interactions(secretary: Client, world: World) -> None:
    for number in range(6):
        make_member(f"补充{'甲乙丙丁戊己'[number]}", world.branch, world.groups[1])
    write_down(world, put_on_calendar(world, day=date(2026, 10, 20)))
    meeting = put_on_calendar(world)
    with at():
        shown = shown_form(secretary.get(record_url(meeting)))
        assert sum(name.endswith("-status") for name in shown) == 15
        typed = {
            "ends": "16:30",
            "content": CONTENT,
            card(world.members[2], "status"): "excused",
            card(world.members[2], "reason"): "出差",
            card(world.members[3], "status"): "excused",
            card(world.members[3], "reason"): "病假",
        }
        data = shown_form(secretary.get(record_url(meeting)), **typed)
        response = secretary.post(record_url(meeting), data)
    meeting.refresh_from_db()
    assert response.status_code == 302
    assert meeting.state == MeetingState.SUBMITTED
    changed = sum(data[name] != shown[name] for name in data)
    opening_and_handing_in = 2
    assert changed + opening_and_handing_in <= MOST_INTERACTIONS
    assert list(presences(meeting).values()).count((Presence.PRESENT, "")) == 13


def test_a_draft_is_saved_with_elements_missing_and_named(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world, place="")
    with at():
        data = shown_form(secretary.get(record_url(meeting)), draft="1")
        response = secretary.post(record_url(meeting), data, follow=True)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.HELD
    assert response.redirect_chain == [(record_url(meeting), 302)]
    for field in ("ends", "place", "recorder", "content"):
        assert f'href="#id_{field}"' in text_of(response)
        assert f'id="id_{field}"' in text_of(response)
    assert "缺少主要内容" in text_of(response)


def test_missing_elements_hold_up_handing_in_and_nothing_is_written(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    with at():
        data = complete(secretary, meeting, content="", ends="")
        response = secretary.post(record_url(meeting), data)
    meeting.refresh_from_db()
    assert response.status_code == 400
    assert "缺少主要内容" in text_of(response)
    assert "缺少结束时间" in text_of(response)
    assert (meeting.state, meeting.recorded_at) == (MeetingState.SCHEDULED, None)
    assert not meeting.attendances.exists()


def test_absence_without_reason_is_a_missing_element_unless_there_is_no_hard_duty(
    secretary: Client, world: World
) -> None:
    frail, absent = world.members[3], world.members[2]
    Standing.objects.create(member=frail, kind=StandingKind.FRAIL, start_on=date(2026, 1, 1))
    meeting = put_on_calendar(world)
    with at():
        page = secretary.get(record_url(meeting))
        assert "不作硬性要求" in text_of(page)
        data = complete(secretary, meeting, **{card(absent, "status"): "absent"})
        assert data[f"person-{frail.pk}-status"] == "exempt"
        refused = secretary.post(record_url(meeting), data)
        assert "陈军缺少未到会原因。" in text_of(refused)
        data[f"person-{absent.pk}-reason"] = "未说明原因，已提醒"
        assert secretary.post(record_url(meeting), data).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SUBMITTED
    assert presences(meeting)[frail.name] == (Presence.ABSENT, "")
    row = meeting.attendances.get(member=frail)
    assert not row.hard_bound
    with at():
        detail = secretary.get(reverse("meeting_detail", args=[meeting.pk]))
    assert detail.context["summary"].absent == 1, "the frail member is not absent"
    assert (detail.context["summary"].base_present, detail.context["summary"].base) == (7, 8)


def test_a_pasted_list_is_read_without_javascript(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    late = world.members[3]
    with at():
        data = complete(
            secretary,
            meeting,
            absentees="陈军 病假、郝健（出差）\n邹建娟 事假",
            **{card(late, "status"): "late"},
        )
        assert secretary.post(record_url(meeting), data).status_code == 302
    entered = presences(meeting)
    assert entered["陈军"] == (Presence.EXCUSED, "病假")
    assert entered["郝健"] == (Presence.EXCUSED, "出差")
    assert entered["邹建娟"] == (Presence.LATE, ""), "what was chosen on the card by hand outweighs the list"
    assert entered["方堃"] == (Presence.PRESENT, "")


def test_a_reason_that_comes_with_present_means_nothing(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world)
    with at():
        data = complete(secretary, meeting, **{card(world.members[2], "reason"): "病假"})
        secretary.post(record_url(meeting), data)
    assert presences(meeting)["陈军"] == (Presence.PRESENT, "")


def test_another_day_has_other_people_and_the_page_says_so(secretary: Client, world: World) -> None:
    newcomer = make_member("新进来", world.branch, world.groups[0])
    Membership.objects.filter(member=newcomer).update(start_on=date(2026, 11, 22))
    leaver = world.members[2]
    Membership.objects.filter(member=leaver).update(end_on=date(2026, 11, 21))
    meeting = put_on_calendar(world)
    with at(EVENING):
        data = complete(secretary, meeting, day="2026-11-23")
        response = secretary.post(record_url(meeting), data, follow=True)
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.HELD, "somebody not seen on the page is not handed in as present"
    assert "新进来" in presences(meeting)
    assert leaver.name not in presences(meeting)
    assert "现在还应到会：新进来" in text_of(response)
    assert "当天不再应到：陈军" in text_of(response)


@pytest.mark.parametrize(
    ("clock", "pressed", "sentence"),
    [
        ("14:59", {"draft": "1"}, "会议还没有开始：现在还不到 15:00"),
        ("15:01", {"draft": "1"}, ""),
        ("16:29", {}, "会议到 16:30 才结束：请先保存草稿，会后再提交"),
        ("16:30", {}, ""),
    ],
)
def test_no_record_before_the_meeting_and_none_handed_in_while_it_goes_on(
    secretary: Client, world: World, clock: str, pressed: dict[str, str], sentence: str
) -> None:
    """What is going on may be written down as it goes; a refused page keeps all that was typed."""
    meeting = put_on_calendar(world, day=TODAY, starts=time(15), ends=time(16, 30))
    moment = datetime.combine(TODAY, time.fromisoformat(clock), ZoneInfo("Asia/Shanghai"))
    with at(moment):
        response = secretary.post(record_url(meeting), complete(secretary, meeting) | pressed)
    meeting.refresh_from_db()
    if sentence:
        assert (response.status_code, meeting.state) == (400, MeetingState.SCHEDULED)
        assert sentence in text_of(response)
        assert CONTENT in text_of(response)
    else:
        wanted = MeetingState.HELD if pressed else MeetingState.SUBMITTED
        assert (response.status_code, meeting.state) == (302, wanted)


def test_the_record_may_be_written_at_2330_on_the_last_day_of_the_quarter(
    secretary: Client, world: World
) -> None:
    sync_obligations(first=date(2026, 1, 1), last=date(2026, 12, 31))
    meeting = put_on_calendar(world, kinds=("general",), day=date(2026, 9, 30), starts=time(23))
    with at(datetime(2026, 9, 30, 23, 30, tzinfo=ZoneInfo("Asia/Shanghai"))):
        sign_in(secretary, world.secretary)
        data = complete(secretary, meeting, ends="23:25")
        assert secretary.post(record_url(meeting), data).status_code == 302
    third = Obligation.objects.get(
        organization=world.branch, kind=MeetingKind.GENERAL, period_start=date(2026, 7, 1)
    )
    assert third.counted == 1


def test_last_years_appraisal_held_in_january_counts_for_last_year(secretary: Client, world: World) -> None:
    meeting = put_on_calendar(world, kinds=("appraisal", "theme_day"), day=date(2027, 1, 12))
    with at(datetime(2027, 1, 13, 2, 0, tzinfo=UTC)):
        sign_in(secretary, world.secretary)
        data = complete(secretary, meeting, for_last_year="on")
        assert secretary.post(record_url(meeting), data).status_code == 302
    days = dict(meeting.parts.values_list("kind", "counts_for"))
    assert days == {"appraisal": date(2026, 12, 31), "theme_day": date(2027, 1, 12)}


def test_what_was_written_down_survives_a_later_roster(secretary: Client, world: World) -> None:
    meeting = returned(world)
    before = list(Attendance.objects.order_by("member").values_list("member", "has_vote", "hard_bound"))
    Membership.objects.filter(member=world.members[7]).update(end_on=date(2026, 11, 1))
    Standing.objects.create(member=world.members[3], kind=StandingKind.FRAIL, start_on=date(2026, 11, 1))
    make_member("后来补录", world.branch)
    with at():
        page = secretary.get(record_url(meeting))
        assert "按现在的名册" in text_of(page)
        data = shown_form(page, content="补充发言要点。")
        assert secretary.post(record_url(meeting), data).status_code == 302
    after = list(Attendance.objects.order_by("member").values_list("member", "has_vote", "hard_bound"))
    assert after == before


def test_the_roster_is_taken_over_when_asked(secretary: Client, world: World) -> None:
    meeting = returned(world)
    make_member("后来补录", world.branch)
    with at():
        data = shown_form(secretary.get(record_url(meeting)), anew="on", draft="1")
        response = secretary.post(record_url(meeting), data, follow=True)
    assert "后来补录" in presences(meeting)
    assert "现在还应到会：后来补录" in text_of(response)


def test_the_findings_stand_at_their_field(secretary: Client, world: World) -> None:
    meeting = returned(world)
    with at():
        page = text_of(secretary.get(record_url(meeting)))
    at_field = page[page.index('name="content"') : page.index('name="decisions"')]
    assert "发言要点过于简略" in at_field


def test_a_meeting_held_again_asks_for_day_and_text_anew(secretary: Client, world: World) -> None:
    meeting = returned(world, hold_again=True)
    with at(EVENING):
        page = secretary.get(record_url(meeting))
        data = shown_form(page)
        assert (data["day"], data["content"]) == ("", "")
        assert CONTENT in text_of(page), "the earlier text can still be read"
        early = secretary.post(record_url(meeting), data | {"day": "2026-11-22", "content": CONTENT})
        assert early.status_code == 400
        assert "新的日期不能早于" in text_of(early)
        done = secretary.post(
            record_url(meeting),
            data | {"day": "2026-11-23", "ends": "16:00", "content": "重新组织后的内容。"},
        )
    assert done.status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.day) == (MeetingState.SUBMITTED, date(2026, 11, 23))
    assert meeting.recorded_at == EVENING


def test_a_group_leader_writes_the_record_of_the_group(client: Client, world: World) -> None:
    sign_in(client, world.group_leader)
    meeting = put_on_calendar(world, kinds=("group",), group=world.groups[0])
    with at():
        assert client.post(record_url(meeting), complete(client, meeting)).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.SUBMITTED


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("secretary", 200),
        ("member", 403),
        ("reviewer", 403),
        ("administrator", 403),
        ("other_secretary", 404),
    ],
)
def test_who_may_open_the_page(client: Client, world: World, role: str, status: int) -> None:
    meeting = put_on_calendar(world)
    sign_in(client, getattr(world, role))
    assert client.get(record_url(meeting)).status_code == status


def test_a_record_handed_in_is_no_longer_open(secretary: Client, world: World) -> None:
    meeting = write_down(world, put_on_calendar(world))
    assert secretary.get(record_url(meeting)).status_code == 409


@pytest.mark.parametrize("more", [1, 30])
def test_the_number_of_queries_does_not_depend_on_the_people(
    secretary: Client, world: World, django_assert_max_num_queries, more: int
) -> None:
    for number in range(more):
        make_member(f"张{chr(0x4E00 + number)}", world.branch)
    fresh, again = put_on_calendar(world), returned(world)
    with at(), django_assert_max_num_queries(MOST_QUERIES):
        secretary.get(record_url(fresh))
    with at(), django_assert_max_num_queries(MOST_QUERIES):
        secretary.get(record_url(again))
