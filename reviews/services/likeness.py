"""Finding records whose text is nearly that of another one in the same tree."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Count

from meetings.models import Meeting
from meetings.models.organization import STEP
from reviews.likeness import ALIKE, bands, share, shingles
from reviews.models import Likeness, TextBand

# So many candidates, those with most bands in common, are read and compared.
CANDIDATES = 20


@transaction.atomic
def compare_record(*, meeting: Meeting) -> list[Likeness]:
    """Put the text of a record into the index and compare it with those that are there; what was found
    before for it is replaced. A handful of queries, whatever the number of records."""
    TextBand.objects.filter(meeting=meeting).delete()
    Likeness.objects.filter(meeting=meeting).delete()
    own = shingles(text_of(meeting))
    numbers = bands(own)
    if not numbers:
        return []
    tree = meeting.organization.path[:STEP]
    found = [
        Likeness(meeting=meeting, earlier=other, percent=percent)
        for other, percent in _alike(own, _candidates(tree, numbers, meeting))
    ]
    TextBand.objects.bulk_create(
        TextBand(meeting=meeting, tree=tree, band=band, value=value) for band, value in enumerate(numbers)
    )
    return Likeness.objects.bulk_create(found)


def text_of(meeting: Meeting) -> str:
    return f"{meeting.content}\n{meeting.decisions}"


def _candidates(tree: str, numbers: list[int], meeting: Meeting) -> Iterable[Meeting]:
    """Records of the tree that share a band; the number of a band has its place in it."""
    shared = TextBand.objects.filter(tree=tree, value__in=numbers)
    ranked = (
        shared.exclude(meeting=meeting).values("meeting").annotate(n=Count("pk")).order_by("-n", "meeting")
    )
    ids = [row["meeting"] for row in ranked[:CANDIDATES]]
    return Meeting.objects.filter(pk__in=ids).only("content", "decisions")


def _alike(own: frozenset[int], candidates: Iterable[Meeting]) -> Iterable[tuple[Meeting, int]]:
    for other in candidates:
        part = share(own, shingles(text_of(other)))
        if part >= ALIKE:
            yield other, round(part * 100)
