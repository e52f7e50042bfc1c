"""The ways out of the house behind one small interface. What stands in the bell is told in any case."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from django.utils.translation import gettext as _

from branchlife import mail, robots
from branchlife.delivery import BeforeFinalStep
from meetings.models import Letter, Robot
from meetings.reminder_enums import Channel
from meetings.services.reminders.compose import Line, compose_mail, compose_robot_text


class Way(Protocol):
    """Hands a letter over; the body of the ``with`` runs when it was taken. Raises what ``delivery`` names."""

    def __call__(
        self, letter: Letter, lines: Sequence[Line], *, before_final_step: BeforeFinalStep
    ) -> AbstractContextManager[None]: ...


def by_mail(
    letter: Letter, lines: Sequence[Line], *, before_final_step: BeforeFinalStep
) -> AbstractContextManager[None]:
    return mail.handed_over(compose_mail(letter, lines), before_final_step=before_final_step)


def by_wecom(
    letter: Letter, lines: Sequence[Line], *, before_final_step: BeforeFinalStep
) -> AbstractContextManager[None]:
    robot = _robot_of(letter)
    body = robots.wecom_body(compose_robot_text(robot, lines))
    return robots.posted(robot.url, body, before_final_step=before_final_step)


def by_dingtalk(
    letter: Letter, lines: Sequence[Line], *, before_final_step: BeforeFinalStep
) -> AbstractContextManager[None]:
    robot = _robot_of(letter)
    body = robots.dingtalk_body(compose_robot_text(robot, lines))
    return robots.posted(_signed(robot), body, before_final_step=before_final_step)


WAYS: dict[str, Way] = {
    Channel.EMAIL: by_mail,
    Channel.WECOM: by_wecom,
    Channel.DINGTALK: by_dingtalk,
}


def say_hello(robot: Robot) -> None:
    """A first word, so that whoever added it sees that it works. Raises what ``delivery`` names."""
    text = _("%(place)s: from now on BranchLife says here once a day what is due.")
    said = text % {"place": robot.organization.name}
    if robot.channel == Channel.WECOM:
        body, address = robots.wecom_body(said), robot.url
    else:
        body, address = robots.dingtalk_body(said), _signed(robot)
    with robots.posted(address, body, before_final_step=lambda: None):
        return


def _signed(robot: Robot) -> str:
    return robots.signed_address(robot.url, robot.secret, time.time_ns() // 1_000_000)


def _robot_of(letter: Letter) -> Robot:
    assert letter.robot is not None  # the database refuses a letter of this channel without one
    return letter.robot
