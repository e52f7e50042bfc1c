"""Texts that are nearly the same are found among hundreds with the same phrases; others are left alone."""

import random
from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Meeting
from reviews import likeness
from reviews.likeness import ALIKE, bands, plain_characters, share, shingles
from reviews.models import Likeness, TextBand
from reviews.services import likeness as service
from reviews.services.likeness import compare_record
from tests.reviews.minutes import copied, synthetic_minutes
from tests.reviews.planning import NOW, TODAY
from tests.reviews.recording import CONTENT, put_on_calendar, write_down
from tests.world import World

MINUTES, PLANTED, MOST_FALSE = 300, 10, 3
LONG = synthetic_minutes(3, 0)[0]


def test_layout_dates_and_width_make_no_difference() -> None:
    assert plain_characters("3月5日，ＡＢ 会议：") == plain_characters("12月25日。\nab会 议")
    assert shingles(LONG[0]) == shingles(LONG[0].replace("，", "\n  ").replace("1", "29"))


def test_a_short_text_is_compared_with_nothing() -> None:
    assert shingles("会议研究了工作。") == frozenset()
    assert bands(frozenset()) == []
    assert share(frozenset(), frozenset()) == 0


def test_equal_texts_share_every_band_and_strangers_none() -> None:
    one, other = bands(shingles(LONG[0])), bands(shingles("".join(chr(0x5000 + n) for n in range(300))))
    assert one == bands(shingles(LONG[0]))
    assert not set(one) & set(other)
    assert all(0 <= number < 2**63 for number in one)


def written(world: World, texts: list[str]) -> list[Meeting]:
    """One record handed in for each text, in turn of two branches of the committee."""
    places = (world.branch, world.small_branch)
    return Meeting.objects.bulk_create(
        Meeting(
            organization=places[number % 2], theme=f"会议{number}", day=TODAY - timedelta(days=number),
            starts=time(9), content=text, state="submitted", recorded_at=NOW,
        )
        for number, text in enumerate(texts)
    )  # fmt: skip


def found_pairs(meetings: list[Meeting]) -> set[tuple[int, int]]:
    places = {meeting.pk: number for number, meeting in enumerate(meetings)}
    rows = Likeness.objects.values_list("meeting", "earlier")
    return {tuple(sorted((places[one], places[other]))) for one, other in rows}  # type: ignore[misc]


def test_planted_copies_are_found_and_hardly_anything_else(world: World) -> None:
    """Ten among three hundred minutes, each copied with other names and dates, another layout, two sentences
    changed in their order and one more."""
    texts, planted = synthetic_minutes(MINUTES, PLANTED)
    assert len(texts) == MINUTES
    meetings = written(world, texts)
    for meeting in meetings:
        compare_record(meeting=meeting)
    found = found_pairs(meetings)
    assert set(planted) <= found
    assert len(found - set(planted)) <= MOST_FALSE


def test_without_bands_nothing_would_be_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The positive control: the copies above are found through the index and nothing else."""
    texts, _planted = synthetic_minutes(20, 5)
    meetings = written(world, texts)
    monkeypatch.setattr(service, "bands", lambda found: [])
    for meeting in meetings:
        compare_record(meeting=meeting)
    assert not Likeness.objects.exists()


def test_the_shared_phrases_alone_are_not_enough() -> None:
    """What the threshold rests on: strangers with the same phrases stay well below, copies well above."""
    texts, planted = synthetic_minutes(120, 10)
    found = [shingles(text) for text in texts]
    copies = [share(found[one], found[other]) for one, other in planted]
    strangers = [
        share(found[one], found[other])
        for other in range(len(texts))
        for one in range(other)
        if (one, other) not in planted
    ]
    assert max(strangers) < ALIKE < min(copies)


@pytest.mark.parametrize("number", [5, 60])
def test_the_cost_does_not_grow_with_the_records(world: World, number: int) -> None:
    meetings = written(world, synthetic_minutes(number, 0)[0])
    for meeting in meetings[1:]:
        compare_record(meeting=meeting)
    with CaptureQueriesContext(connection) as captured:
        compare_record(meeting=meetings[0])
    assert len(captured) <= 10


def test_only_the_own_tree_is_searched(world: World) -> None:
    here, there = written(world, [LONG[0], LONG[0]])
    Meeting.objects.filter(pk=there.pk).update(organization=world.other_branch)
    compare_record(meeting=Meeting.objects.get(pk=there.pk))
    assert compare_record(meeting=here) == []


def test_handing_in_compares_and_handing_in_again_replaces(world: World) -> None:
    (earlier,) = written(world, [LONG[0]])
    compare_record(meeting=earlier)
    text = copied(LONG[0], random.Random(1))
    meeting = write_down(world, put_on_calendar(world), content=text)
    pair = Likeness.objects.get()
    assert (pair.meeting, pair.earlier) == (meeting, earlier)
    assert pair.percent >= 100 * ALIKE
    compare_record(meeting=meeting)
    assert (Likeness.objects.count(), TextBand.objects.filter(meeting=meeting).count()) == (1, likeness.BANDS)
    meeting.content = CONTENT
    compare_record(meeting=meeting)
    assert (Likeness.objects.count(), TextBand.objects.filter(meeting=meeting).count()) == (0, 0)
