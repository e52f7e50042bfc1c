"""All faults there are."""

from django.db import connection

from tests.faults.faults import Fault, crowds, database_faults, kills, mail_faults, odd_ones
from tests.faults.groups import robot_faults


def table(most_planners: int) -> list[Fault]:
    faults = [*kills(), *crowds(most_planners), *mail_faults(), *odd_ones(), *robot_faults()]
    return faults + (list(database_faults()) if connection.vendor == "postgresql" else [])
