"""Group robots over a real connection: their JSON, their signatures, their refusals."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.db import connection
from pytest_django import Settings

from branchlife.robots import AddressNotAllowed, check_address, signed_address
from meetings.models import Letter, Organization, Reminder, Robot
from meetings.reminder_enums import Channel
from meetings.services.reminders.run import running_clock
from meetings.services.reminders.send import send_letters
from meetings.services.reminders.unsure import resolve_unsure
from tests.meetings.reminder_ledger import at, owe, plan_lines
from tests.services.robot_server import Vendor, serving
from tests.world import World, build_world

pytestmark = [pytest.mark.django_db, pytest.mark.services]
NOVEMBER = date(2026, 11, 1)
NOW = at(date(2026, 12, 1))
LATE = at(date(2026, 12, 7))


@pytest.fixture
def world() -> World:
    world = build_world()
    owe(world.branch, NOVEMBER)
    return world


@pytest.fixture
def vendor(settings: Settings) -> Iterator[Vendor]:
    with serving(Vendor()) as vendor:
        settings.ROBOT_HOSTS = [vendor.origin]
        settings.ROBOT_TIMEOUT = 2
        yield vendor


def add_robot(
    world: World,
    vendor: Vendor,
    channel: str = Channel.WECOM,
    at_place: Organization | None = None,
    **columns: object,
) -> Robot:
    paths = {Channel.WECOM: "/cgi-bin/webhook/send?key=k-1", Channel.DINGTALK: "/robot/send?access_token=t-1"}
    facts = {"name": "支部群", "url": vendor.origin + paths[Channel(channel)]} | columns
    return Robot.objects.create(
        organization=at_place or world.branch,
        channel=channel,
        added_by=world.administrator,
        added_at=NOW,
        **facts,
    )


def send(now=NOW) -> dict[str, int]:
    return {str(outcome): number for outcome, number in send_letters(clock=running_clock(now)).items()}


TEXT = """办公室党支部：待办事项

- 办公室党支部：2026年11月的主题党日已逾期（应于2026年11月30日前完成）。

http://127.0.0.1:8000/notices/"""


def test_wecom(world: World, vendor: Vendor) -> None:
    add_robot(world, vendor)
    plan_lines(NOW)
    assert send() == {"sent": 1}
    assert vendor.paths == ["/cgi-bin/webhook/send?key=k-1"]
    assert vendor.taken == [{"msgtype": "text", "text": {"content": TEXT}}]
    assert Letter.objects.get().evidence == "answer"
    assert send() == {}


def test_dingtalk_is_signed(world: World, vendor: Vendor) -> None:
    vendor.secret = "SECabc"
    add_robot(world, vendor, Channel.DINGTALK, secret="SECabc")
    plan_lines(NOW)
    assert send() == {"sent": 1}
    assert vendor.taken == [{"msgtype": "text", "text": {"content": TEXT}, "at": {"isAtAll": False}}]
    assert vendor.paths[0].startswith("/robot/send?access_token=t-1&timestamp=")


def test_the_signature_is_what_openssl_says() -> None:
    """printf '1577262236757\\nthis is secret' | openssl dgst -sha256 -hmac "this is secret" -binary | base64"""
    address = "https://oapi.dingtalk.com/robot/send?access_token=x"
    signed = signed_address(address, "this is secret", 1577262236757)
    sign = "hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D"
    assert signed == f"{address}&timestamp=1577262236757&sign={sign}"


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (200, {"errcode": 45009, "errmsg": "api freq out of limit"}, "waiting"),
        (200, {"errcode": 130101, "errmsg": "send too fast"}, "waiting"),
        (200, {"errcode": 310000, "errmsg": "keywords not in content"}, "waiting"),
        (200, {"errcode": 93000, "errmsg": "invalid webhook url"}, "dead"),
        (200, {"errcode": 300001, "errmsg": "token is not exist"}, "dead"),
        (429, "", "waiting"),
        (503, "", "waiting"),
        (404, "", "dead"),
        (302, "", "dead"),
        (200, "<html>", "unanswered"),
        (200, "{}", "unanswered"),
    ],
)
def test_what_a_refusal_means(world: World, vendor: Vendor, status: int, said: object, outcome: str) -> None:
    vendor.answers = [(status, said)]
    add_robot(world, vendor)
    plan_lines(NOW)
    assert send() == {outcome: 1}
    assert vendor.taken == []
    letter = Letter.objects.get()
    if outcome == "waiting":
        assert send(NOW + timedelta(minutes=2)) == {"sent": 1}
    if outcome == "unanswered":
        assert resolve_unsure(now=NOW + timedelta(minutes=2)) == {"held": 1}
        letter.refresh_from_db()
        assert letter.state == "held"


def test_a_wrong_secret_is_the_administrator_s_to_put_right(world: World, vendor: Vendor) -> None:
    vendor.secret = "right"
    robot = add_robot(world, vendor, Channel.DINGTALK, secret="wrong")
    plan_lines(NOW)
    assert send() == {"waiting": 1}
    Robot.objects.filter(pk=robot.pk).update(secret="right")
    assert send(NOW + timedelta(minutes=2)) == {"sent": 1}


def test_a_server_that_is_away(world: World, vendor: Vendor, settings: Settings) -> None:
    settings.ROBOT_HOSTS = ["http://127.0.0.1:1"]
    add_robot(world, vendor, url="http://127.0.0.1:1/cgi-bin/webhook/send?key=k")
    plan_lines(NOW)
    assert send() == {"unreachable": 1}


def test_an_address_that_is_no_longer_allowed_is_not_called(
    world: World, vendor: Vendor, settings: Settings
) -> None:
    add_robot(world, vendor)
    plan_lines(NOW)
    settings.ROBOT_HOSTS = ["qyapi.weixin.qq.com"]
    assert send() == {"waiting": 1}
    assert vendor.paths == []


def test_the_committee_s_group_hears_what_is_told_above(world: World, vendor: Vendor) -> None:
    add_robot(world, vendor, at_place=world.committee, name="党委群")
    add_robot(world, vendor, at_place=world.small_branch, name="别的群")
    plan_lines(NOW)
    assert send() == {}
    plan_lines(LATE)
    assert send(LATE) == {"sent": 1}
    assert "办公室党支部逾期未完成2026年11月的主题党日" in vendor.taken[0]["text"]["content"]


def test_two_robots_and_nobody_twice(world: World, vendor: Vendor) -> None:
    """A second secretary makes no second message; what is done is left out."""
    add_robot(world, vendor, name="一群")
    add_robot(world, vendor, Channel.DINGTALK, name="二群")
    owe(world.branch, NOVEMBER, kind="committee")
    plan_lines(NOW)
    world.branch.obligations.filter(kind="committee").update(counted=1)
    assert send() == {"sent": 2}
    assert [message["text"]["content"].count("- ") for message in vendor.taken] == [1, 1]
    assert Reminder.objects.filter(robot__isnull=False, state="resolved").count() == 2


def test_a_robot_out_of_use_says_nothing(world: World, vendor: Vendor) -> None:
    robot = add_robot(world, vendor)
    plan_lines(NOW)
    Robot.objects.filter(pk=robot.pk).update(is_active=False)
    assert send() == {"resolved": 1}
    assert vendor.taken == []


def test_the_address_is_sealed_in_the_database(world: World, vendor: Vendor) -> None:
    add_robot(world, vendor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT url FROM meetings_robot")
        assert "k-1" not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    "address",
    [
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k",
        "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=k",
        "https://user@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k",
        "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=k",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://127.0.0.1/cgi-bin/webhook/send?key=k",
        "file:///etc/passwd?x",
        "",
    ],
)
def test_no_other_place_can_be_called(address: str) -> None:
    with pytest.raises(AddressNotAllowed):
        check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k",
        "https://oapi.dingtalk.com/robot/send?access_token=t",
    ],
)
def test_the_vendors_own_places_can(address: str) -> None:
    check_address(address)
