"""What the record page refuses: a sentence at the field, and nothing written."""

import copy
from datetime import date

import pytest
from django.test import Client

from meetings.enums import MeetingState
from meetings.models import Meeting, Member
from tests.reviews.recording import at, complete, put_on_calendar, record_url, sign_in, text_of
from tests.world import FOUNDED, World, make_member

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture
def secretary(client: Client, world: World) -> Client:
    return sign_in(client, world.secretary)


@pytest.fixture(scope="module")
def first_look(world_of_module: World) -> tuple[Meeting, dict[str, object]]:
    """A meeting on the calendar and what stands in the form of its record, looked up once."""
    meeting = put_on_calendar(copy.deepcopy(world_of_module))
    with at():
        return meeting, complete(sign_in(Client(), copy.deepcopy(world_of_module.secretary)), meeting)


@pytest.fixture
def meeting(first_look: tuple[Meeting, dict[str, object]], db: None) -> Meeting:
    return copy.deepcopy(first_look[0])


@pytest.fixture
def form(first_look: tuple[Meeting, dict[str, object]]) -> dict[str, object]:
    return copy.deepcopy(first_look[1])


def pk_of(name: str) -> str:
    return str(Member.objects.get(name=name).pk)


REFUSED = {
    "a day to come": ({"day": "2026-11-24"}, "2026年11月24日还没有到。"),
    "not a day": ({"day": "明天下午"}, "明天下午"),
    "a month": ({"day": "2026年11月"}, "2026年11月"),
    "no day": ({"day": ""}, "这个字段是必填项"),
    "the 31st of November": ({"day": "2026-11-31"}, "2026-11-31"),
    "a day before the branch": ({"day": "2015-06-30"}, "成立于"),
    "end before start": ({"starts": "15:00", "ends": "14:59"}, "结束时间早于开始时间。"),
    "end at start": ({"starts": "15:00", "ends": "15:00"}, "结束时间早于开始时间。"),
    "no time": ({"starts": "下午"}, "下午"),
    "two times": ({"starts": "15:00-16:00"}, "只填一个时间"),
    "25 o'clock": ({"ends": "25:00"}, "25:00"),
    "no theme": ({"theme": "  \u200b "}, "这个字段是必填项"),
    "an endless theme": ({"theme": "学" * 201}, "200"),
    "an endless place": ({"place": "室" * 101}, "100"),
    "an endless text": ({"content": "会" * 20_001}, "20000"),
    "no kind": ({"kinds": []}, "这个字段是必填项"),
    "an unknown kind": ({"kinds": ["picnic"]}, "picnic"),
    "a group's kind for the branch": ({"kinds": ["group"]}, "group"),
    "an unknown category": ({"category": "sports"}, "sports"),
    "a chair from elsewhere": ({"chair": "outsider"}, "选择一个有效的选项"),
    "somebody who was not expected": ({"absentees": "外党员 病假"}, "外党员"),
    "a pasted line that is no name": ({"absentees": "？？？"}, "？？？"),
    "an endless pasted list": ({"absentees": "陈军、" * 1000}, "2000"),
    "no version": ({"version": ""}, "这个字段是必填项"),
    "a version that is none": ({"version": "九"}, "输入整数"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_is_refused_with_a_sentence_and_nothing_is_written(
    secretary: Client, meeting: Meeting, form: dict[str, object], case: str
) -> None:
    typed, sentence = REFUSED[case]
    typed = {name: pk_of("外党员") if value == "outsider" else value for name, value in typed.items()}
    with at():
        response = secretary.post(record_url(meeting), form | typed)
    assert response.status_code == 400
    assert sentence in text_of(response)
    meeting.refresh_from_db()
    assert (meeting.state, meeting.version, meeting.recorded_at) == (MeetingState.SCHEDULED, 1, None)
    assert not meeting.attendances.exists()


@pytest.mark.parametrize(
    ("status", "reason", "sentence"),
    [
        ("excused", "", "请假"),
        ("excused", "\u200b\u200b", "请假"),
        ("asleep", "", "asleep"),
        ("exempt", "", "exempt"),
    ],
)
def test_a_card_is_refused(
    secretary: Client,
    world: World,
    meeting: Meeting,
    form: dict[str, object],
    status: str,
    reason: str,
    sentence: str,
) -> None:
    person = f"person-{world.members[2].pk}"
    typed = {f"{person}-status": status, f"{person}-reason": reason}
    with at():
        response = secretary.post(record_url(meeting), form | typed)
    assert response.status_code == 400
    assert "陈军：" in text_of(response) and sentence in text_of(response)
    assert not meeting.attendances.exists()


@pytest.mark.parametrize("role", ["chair", "recorder"])
def test_nobody_chairs_or_records_who_was_not_there(
    secretary: Client, world: World, meeting: Meeting, form: dict[str, object], role: str
) -> None:
    member = world.members[2]
    with at():
        data = form | {role: str(member.pk)}
        data |= {f"person-{member.pk}-status": "excused", f"person-{member.pk}-reason": "出差"}
        response = secretary.post(record_url(meeting), data)
        assert response.status_code == 400
        assert "陈军已标记为未到会。" in text_of(response)
        data[f"person-{member.pk}-status"] = "late"
        assert secretary.post(record_url(meeting), data).status_code == 302, "late is there"


def test_two_people_of_one_name_cannot_be_told_apart_in_a_list(secretary: Client, world: World) -> None:
    make_member("陈军", world.branch, world.groups[1])
    meeting = put_on_calendar(world)
    with at():
        response = secretary.post(record_url(meeting), complete(secretary, meeting, absentees="陈军 病假"))
    assert response.status_code == 400
    assert "有多位党员名叫陈军" in text_of(response)


@pytest.mark.parametrize(
    "typed",
    [
        {"day": "２０２６－１１－２０", "starts": "１５：００", "ends": "１６：３０"},
        {"day": "2026年11月20日", "starts": "下午3点", "ends": "下午4点半"},
        {"theme": "廉政\x00警示\u200b教育", "place": "\x00三楼", "content": "第一行\r\n第二行\x00\u200b"},
        {"absentees": "陈军\x00 病假"},
    ],
    ids=["full-width digits", "Chinese words", "invisible characters", "a NUL in the list"],
)
def test_what_people_really_type_is_understood(
    secretary: Client, meeting: Meeting, form: dict[str, object], typed: dict[str, str]
) -> None:
    with at():
        response = secretary.post(record_url(meeting), form | typed)
    meeting.refresh_from_db()
    if response.status_code == 400:
        assert any("\x00" in text for text in typed.values()), text_of(response)
        return
    assert response.status_code == 302
    assert (meeting.day, str(meeting.starts), str(meeting.ends)) == (
        date(2026, 11, 20),
        "15:00:00",
        "16:30:00",
    )
    assert "\x00" not in meeting.theme + meeting.place + meeting.content
    assert "\u200b" not in meeting.theme + meeting.content


def test_the_first_day_of_the_branch_is_allowed(secretary: Client, world: World) -> None:
    """The guard against earlier days is about the founding, not about age."""
    for member in world.members:
        member.memberships.update(start_on=FOUNDED)
    world.members[0].posts.update(start_on=FOUNDED)
    meeting = put_on_calendar(world, day=FOUNDED)
    with at():
        assert secretary.post(record_url(meeting), complete(secretary, meeting)).status_code == 302
