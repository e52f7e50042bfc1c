"""How many announcements are parted: into transactions of a bearable size, and into two heaps for two writers.

Two writers never meet: what one person is told, what is told of one deadline, and what is told at one place (its
chat groups have letters, too) lies in one heap. So neither waits for a line or a letter the other has in hand, and
neither leaves to the other what is then nobody's.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter

from meetings.services.reminders.find import Found

Batches = list[list[Found]]


def in_batches(found: Iterable[Found], most: int) -> Batches:
    """At most so many each. In one order for everybody, so that two planners never wait for each other crosswise;
    what one person is told is not torn apart for less than a whole batch: the letter shall have all of it."""
    ordered = sorted(found, key=lambda each: (each.recipient, each.matter.key, each.falls_on))
    batches: Batches = []
    for _recipient, told in groupby(ordered, key=attrgetter("recipient")):
        all_of_it = list(told)
        for at in range(0, len(all_of_it), most):
            part = all_of_it[at : at + most]
            if not batches or len(batches[-1]) + len(part) > most:
                batches.append([])
            batches[-1] += part
    return batches


def two_heaps(found: Sequence[Found]) -> tuple[list[Found], list[Found]]:
    """About as large; the second is empty where everything hangs together."""
    heaps: tuple[list[Found], list[Found]] = [], []
    for cluster in sorted(_clusters(found), key=len, reverse=True):
        min(heaps, key=len).extend(cluster)
    return heaps


def _clusters(found: Sequence[Found]) -> Iterable[list[Found]]:
    """What hangs together by a person, a deadline or a place, from one to the next."""
    leader: dict[int, int] = {}  # of each person another one of the same cluster, at last the one for all
    first_told: dict[int | str, int] = {}

    def leader_of(person: int) -> int:
        while (above := leader[person]) != person:
            leader[person] = person = leader[above]
        return person

    for each in found:
        person = each.recipient
        leader.setdefault(person, person)
        for common in (each.matter.subject, each.place):
            if (other := first_told.setdefault(common, person)) != person:
                leader[leader_of(person)] = leader_of(other)
    clusters: dict[int, list[Found]] = defaultdict(list)
    for each in found:
        clusters[leader_of(each.recipient)].append(each)
    return clusters.values()
