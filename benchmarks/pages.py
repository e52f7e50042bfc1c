"""The pages an administrator and reviewer of the sample's committee opens, as the server sees them."""

from statistics import median

from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.measure import Measured, measured
from branchlife.models import User
from meetings.enums import Role
from meetings.models import Appointment, Organization

PAGES = (
    "health",
    "workbench",
    "dashboard",
    "branch_list",
    "plan_list",
    "meeting_list",
    "member_list",
    "inbox",
    "obligation_list",
)
TIMES = 5


def committee_user() -> User:
    user = User.objects.create_user(username="bench", password=None, name="测量")
    committee = Organization.objects.order_by("depth", "pk")[0]
    for role in (Role.ADMINISTRATOR, Role.REVIEWER):
        Appointment.objects.create(
            user=user, organization=committee, role=role, start_on=timezone.localdate()
        )
    return user


def run() -> list[list[object]]:
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(committee_user())
    found = {name: visit(client, reverse(name)) for name in PAGES}
    health = found["health"][0]
    return [
        [name, f"{ms:.1f}", queries, size, f"{ms / health:.1f}"]
        for name, (ms, queries, size) in found.items()
    ]


def visit(client: Client, address: str) -> tuple[float, int, int]:
    """Milliseconds, queries and bytes; the first visit, which compiles the templates, is not counted."""
    sizes, results = set(), list[Measured]()
    for _ in range(TIMES + 1):
        with measured() as result:
            answer = client.get(address)
        assert answer.status_code == 200, f"{address} answered {answer.status_code}"
        results.append(result)
        sizes.add(len(answer.content))
    return median(each.seconds for each in results[1:]) * 1000, results[-1].queries, max(sizes)
