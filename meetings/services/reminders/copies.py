"""Copies of an announcement: what goes by mail or to a chat group, put into the one letter of the day."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from branchlife.new_rows import Row, insert_new
from meetings.models import Reminder, Robot
from meetings.reminder_enums import Channel
from meetings.reminding import Source
from meetings.services.reminders.find import Found
from meetings.services.reminders.letters import letters_for

COLUMNS = (
    "subject",
    "due_on",
    "organization",
    "stage",
    "falls_on",
    "channel",
    "letter",
    "recipient",
    "robot",
)


def write_copies(source: Source, told: Sequence[Found], *, now: datetime) -> None:
    """For everybody who was told just now and has an address, and for the groups of the organizations as whose
    part somebody was. Call inside the transaction."""
    to_groups = _groups(told)
    letters = letters_for(
        {found.recipient for found in told}, {robot.pk: robot.channel for _found, robot in to_groups}, now=now
    )
    rows = [
        _row(found, Channel.EMAIL, letter, recipient=found.recipient)
        for found in told
        if (letter := letters.to_people.get(found.recipient))
    ]
    rows += [
        _row(found, robot.channel, letter, robot=robot.pk)
        for found, robot in to_groups
        if (letter := letters.to_robots.get(robot.pk))
    ]
    insert_new(Reminder, COLUMNS, rows, same={"source": source.code, "planned_at": now})


def _groups(told: Sequence[Found]) -> list[tuple[Found, Robot]]:
    places: dict[str, list[Robot]] = defaultdict(list)
    robots = Robot.objects.active().filter(organization__path__among={found.place for found in told})
    for robot in robots.select_related("organization").order_by("pk"):
        places[robot.organization.path].append(robot)
    return [(found, robot) for found in told for robot in places.get(found.place, ())]


def _row(
    found: Found, channel: str, letter: int, recipient: int | None = None, robot: int | None = None
) -> Row:
    matter = found.matter
    said = matter.subject, matter.due_on, matter.organization, found.stage, found.falls_on
    return *said, channel, letter, recipient, robot
