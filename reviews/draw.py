"""The random draw of an inspection, for anybody to recompute. Pure, with nothing but the standard library.

Before the draw two sums are published: SHA-256 of the seed, and SHA-256 of the frame with the number to be
drawn. The seed itself follows afterwards. Whoever has the frame and the seed gets the same branches, and
neither can have been chosen to suit, because their sums were known before.

How it is drawn: the frame is divided into strata by time since the last visit and by grade. Each stratum gets
its share in whole places, number × size ÷ total rounded down; the places left over go to the largest strata,
one each. Inside a stratum those with the smallest tickets are drawn: HMAC-SHA256 of the key under the seed.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import NamedTuple

Stratum = tuple[str, str]


class Entry(NamedTuple):
    """One branch that may be drawn: a key that stays, time since the last visit and grade as codes."""

    key: str
    recency: str
    grade: str = ""

    @property
    def stratum(self) -> Stratum:
        return self.recency, self.grade


def commitment_of(seed: str) -> str:
    """What is published before the draw: SHA-256 of the seed as it is written, in hexadecimal."""
    return hashlib.sha256(seed.encode()).hexdigest()


def frame_digest(frame: Iterable[Entry], number: int) -> str:
    """SHA-256 of the number to be drawn and the entries, one a line, sorted, columns parted by tabs."""
    lines = [str(number), *sorted("\t".join(entry) for entry in frame)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def ticket(seed: str, key: str) -> str:
    return hmac.new(seed.encode(), key.encode(), hashlib.sha256).hexdigest()


def strata_of(frame: Iterable[Entry]) -> dict[Stratum, list[Entry]]:
    """The largest first, equal ones by their codes."""
    found: dict[Stratum, list[Entry]] = {}
    for entry in frame:
        found.setdefault(entry.stratum, []).append(entry)
    return dict(sorted(found.items(), key=lambda each: (-len(each[1]), each[0])))


def shares(sizes: Mapping[Stratum, int], number: int) -> dict[Stratum, int]:
    """How many places each stratum gets; ``sizes`` with the largest first. Raises ValueError when there are
    fewer branches than places."""
    total = sum(sizes.values())
    if not 0 <= number <= total:
        raise ValueError(f"{number} of {total} cannot be drawn")
    places = {stratum: number * size // total for stratum, size in sizes.items() if size}
    left_over = number - sum(places.values())
    for stratum in list(places)[:left_over]:
        places[stratum] += 1
    return places


def draw(seed: str, frame: Iterable[Entry], number: int) -> list[str]:
    """The keys that are drawn, sorted. Raises ValueError for a key that stands twice, or too few branches."""
    entries = list(frame)
    if len({entry.key for entry in entries}) < len(entries):
        raise ValueError("a branch stands twice in the frame")
    strata = strata_of(entries)
    places = shares({stratum: len(found) for stratum, found in strata.items()}, number)
    return sorted(
        key
        for stratum, found in strata.items()
        for key in sorted((entry.key for entry in found), key=lambda key: ticket(seed, key))[
            : places[stratum]
        ]
    )
