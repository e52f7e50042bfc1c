"""The made-up committee in a browser: who clicks whom at the door, and a count of what the hand has to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from playwright.sync_api import Locator, Page

from reviews.services.demo.seed import seed_demo
from tests.snapshot import Snapshot

# An ordinary Monday, late in the afternoon: every test sees the same state of the same committee.
NOW = datetime(2026, 11, 23, 17, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
SECRETARY, REVIEWER, ADMINISTRATOR, GROUP_LEADER, MEMBER = (
    "支部书记",
    "审核人",
    "管理员",
    "党小组组长",
    "党员",
)
SEEDED: list[Snapshot] = []


@contextmanager
def demonstration(settings: Any) -> Iterator[time_machine.Traveller]:
    """The site as `make run` serves it, on that Monday; the clock it gives can be moved on."""
    settings.DEMO = True
    with time_machine.travel(NOW) as clock:
        seed()
        yield clock


def seed() -> None:
    """Made up once; what follows begins with the very same rows."""
    if SEEDED:
        SEEDED[0].restore()
    else:
        seed_demo()
        SEEDED.append(Snapshot.take())


def enter(page: Page, role: str, place: str) -> Page:
    """Through the front door with one click, as the person of that role at that place."""
    page.goto("/sign-in/")
    group = page.locator(".demo-group", has=page.get_by_role("heading", name=role, exact=True))
    group.locator(".demo-person", has_text=place).first.click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


class Hand:
    """Everything a person does with mouse or keyboard on one page after the other, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.moves = 0

    def click(self, target: str | Locator) -> None:
        self._one(target).click()
        self.page.wait_for_load_state()

    def type(self, target: str | Locator, text: str) -> None:
        self._one(target).fill(text)

    def choose(self, target: str | Locator, value: str) -> None:
        self._one(target).select_option(value)

    def _one(self, target: str | Locator) -> Locator:
        self.moves += 1
        return self.page.locator(target) if isinstance(target, str) else target
