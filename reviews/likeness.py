"""How alike two Chinese texts are, and how to find the few that may be alike among thousands.

Characters, not words: runs of four characters ("shingles") after digits, punctuation and spaces are gone, so
that another date or another layout makes no difference. Alike is the share of shingles two texts have in
common (Jaccard). Candidates are found by MinHash in bands: texts that share no band are hardly alike.
"""

import unicodedata
from collections.abc import Set
from hashlib import blake2b

SHINGLE = 4
# Shorter texts say too little to be compared.
SHORTEST = 80
BANDS, ROWS = 24, 4
BINS = BANDS * ROWS
# From this share on the question is asked. Of texts so alike 99 in 100 share a band.
ALIKE = 0.65
# Values of bands fit into a signed 64-bit column.
MASK = 2**63 - 1


def plain_characters(text: str) -> str:
    """Letters and Chinese characters only, full-width forms as ordinary ones."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalpha())


def shingles(text: str) -> frozenset[int]:
    """The numbers of all runs of four characters; empty for a text that is too short to be compared."""
    letters = plain_characters(text)
    if len(letters) < SHORTEST:
        return frozenset()
    runs = {letters[at : at + SHINGLE] for at in range(len(letters) - SHINGLE + 1)}
    return frozenset(_number(run.encode()) for run in runs)


def share(one: Set[int], other: Set[int]) -> float:
    """What two sets of shingles have in common, of all that either has; 0 … 1."""
    union = len(one | other)
    return len(one & other) / union if union else 0.0


def bands(found: Set[int]) -> list[int]:
    """One number for each band; texts with an equal number in an equal place are candidates. Empty for
    no shingles."""
    if not found:
        return []
    lowest: list[int | None] = [None] * BINS
    for number in found:
        at, rest = number % BINS, number // BINS
        known = lowest[at]
        if known is None or rest < known:
            lowest[at] = rest
    filled = _borrow(lowest)
    return [
        _number(repr((band, filled[band * ROWS : (band + 1) * ROWS])).encode()) & MASK
        for band in range(BANDS)
    ]


def _borrow(lowest: list[int | None]) -> list[tuple[int, int]]:
    """An empty bin takes the value of the next one that is not, and remembers how far it lies."""
    filled: list[tuple[int, int]] = []
    for at in range(BINS):
        distance = next(step for step in range(BINS) if lowest[(at + step) % BINS] is not None)
        value = lowest[(at + distance) % BINS]
        assert value is not None
        filled.append((distance, value))
    return filled


def _number(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")
