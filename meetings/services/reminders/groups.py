"""Robots of chat groups: added, changed, tried out, taken away."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from branchlife.audit import record_event
from branchlife.delivery import NotNow, Refused, Unreachable
from branchlife.models import User
from branchlife.robots import AddressNotAllowed, check_address
from meetings.models import Organization, Robot
from meetings.rules import keeps_roster
from meetings.services.reminders.channels import say_hello


@dataclass(frozen=True)
class RobotFacts:
    """An empty ``url`` or ``secret`` leaves the one that is there: neither is ever shown again."""

    organization: Organization
    channel: str
    name: str
    url: str = ""
    secret: str = ""
    is_active: bool = True


@transaction.atomic
def save_robot(
    *, facts: RobotFacts, robot: Robot | None = None, actor: User, now: datetime | None = None
) -> Robot:
    """A new robot, or a known one changed. Raises PermissionDenied, ValidationError by field."""
    now = now or timezone.now()
    if not keeps_roster(actor, facts.organization):
        raise PermissionDenied
    action = "robot.change" if robot else "robot.add"
    robot = robot or Robot(added_by=actor, added_at=now)
    for name, value in vars(facts).items():
        if value != "" or name not in ("url", "secret"):
            setattr(robot, name, value)
    _check(robot)
    robot.save()
    record_event(
        actor=actor, action=action, subject=robot, chain=facts.organization.chain, now=now,
        difference={"channel": robot.channel, "is_active": robot.is_active},
    )  # fmt: skip
    return robot


@transaction.atomic
def remove_robot(*, robot: Robot, actor: User, now: datetime | None = None) -> None:
    if not keeps_roster(actor, robot.organization):
        raise PermissionDenied
    chain = robot.organization.chain
    record_event(actor=actor, action="robot.remove", subject=robot, chain=chain, now=now)
    robot.delete()


def try_robot(*, robot: Robot, actor: User) -> str:
    """Have it say hello in its group; returns what went wrong, in a sentence, or nothing."""
    if not keeps_roster(actor, robot.organization):
        raise PermissionDenied
    try:
        say_hello(robot)
    except AddressNotAllowed:
        return _wrong_address()
    except Unreachable:
        return _("The vendor's server does not answer.")
    except (NotNow, Refused) as refusal:
        return _("The robot did not take the message: %(why)s") % {"why": refusal}
    except Exception as error:
        return _("The answer of the robot was not understood (%(why)s).") % {"why": type(error).__name__}
    return ""


def _check(robot: Robot) -> None:
    try:
        check_address(robot.url)
    except AddressNotAllowed:
        raise ValidationError({"url": _wrong_address()}) from None
    robot.full_clean(exclude=["added_by"])


def _wrong_address() -> str:
    return _("This is not the address of a group robot: copy it whole from WeCom or DingTalk.")
