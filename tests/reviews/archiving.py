"""A record with something in every table that belongs to it, accepted and put away."""

import copy
import io
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import override_settings

from meetings.enums import ResolutionKind
from meetings.models import Meeting
from meetings.services.attachments import add_attachment
from meetings.services.opinions import hand_in_opinion
from reviews.enums import Action, FindingReason
from reviews.services.records import accept_record, return_record, submit_record
from reviews.services.workflow import FindingDraft, perform
from tests.meetings.upload_files import pdf
from tests.meetings.voting import ballot, held, put
from tests.reviews.recording import DAY, NOW
from tests.world import World, build_world

LATER = NOW + timedelta(days=1)
MUCH_LATER = NOW + timedelta(days=40)


def full_record(world: World) -> Meeting:
    """Handed in for the second time: the first was returned with a finding."""
    meeting = held(world, absent=1)
    absent = meeting.attendances.get(presence="excused").member
    admission = put(world, meeting, ResolutionKind.ADMISSION, (7, 0, 0))
    hand_in_opinion(resolution=admission, member=absent, received_on=DAY, actor=world.secretary, now=NOW)
    election = put(
        world, meeting, ResolutionKind.ELECTION, seats=1, subject="补选",
        candidates=ballot(甲=5, 乙=2),
    )  # fmt: skip
    assert election.candidates.count() == 2
    add_attachment(meeting=meeting, file=io.BytesIO(pdf()), name="材料.pdf", actor=world.secretary, now=NOW)
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    finding = FindingDraft(FindingReason.MISSING, "content", "补充发言要点")
    return_record(meeting=meeting, findings=[finding], hold_again=False, actor=world.reviewer, now=NOW)
    submit_record(meeting=meeting, actor=world.secretary, now=NOW)
    return meeting


def accepted(world: World) -> Meeting:
    meeting = full_record(world)
    accept_record(meeting=meeting, actor=world.reviewer, now=NOW)
    return meeting


def archived(world: World) -> Meeting:
    meeting = accepted(world)
    perform(meeting, Action.ARCHIVE, actor=world.reviewer, now=LATER)
    return meeting


class Kept(NamedTuple):
    world: World
    meeting: Meeting
    files: Path

    def copied(self, files: Path) -> "Kept":
        shutil.copytree(self.files, files, dirs_exist_ok=True)
        return Kept(*copy.deepcopy((self.world, self.meeting)), files)


class KeptRecord:
    """For tests of one record: its rows and files are made once for the class, and each test has copies."""

    make: Callable[[World], Meeting]

    @pytest.fixture(scope="class")
    @classmethod
    def kept(cls, module_database: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
        files = tmp_path_factory.mktemp("files")
        with transaction.atomic():
            world = build_world()
            with override_settings(MEDIA_ROOT=files):
                meeting = cls.make(world)
            yield Kept(world, meeting, files)
            transaction.set_rollback(True)

    @pytest.fixture
    def own(self, kept: Kept, db: None, settings: Any, tmp_path: Path) -> Kept:
        settings.MEDIA_ROOT = tmp_path
        return kept.copied(tmp_path)

    @pytest.fixture
    def world(self, own: Kept) -> World:
        return own.world

    @pytest.fixture
    def meeting(self, own: Kept) -> Meeting:
        return own.meeting


class KeptMeeting:
    """The same in the world of the module, for a meeting without files."""

    make: Callable[[World], Meeting]

    @pytest.fixture(scope="class")
    @classmethod
    def made(cls, world_of_module: World) -> Iterator[Meeting]:
        with transaction.atomic():
            yield cls.make(copy.deepcopy(world_of_module))
            transaction.set_rollback(True)

    @pytest.fixture
    def meeting(self, made: Meeting, db: None) -> Meeting:
        return copy.deepcopy(made)
