"""The draw by itself: the same for everybody, fair shares, and the sums published before."""

import hashlib
import hmac
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.draw import Entry, commitment_of, draw, frame_digest, shares, strata_of, ticket

SEED = "5e" * 32
FRAME = [
    *(Entry(str(n), "never") for n in range(1, 8)),
    *(Entry(str(n), "over_year", "优秀") for n in range(8, 13)),
    *(Entry(str(n), "less") for n in range(13, 15)),
]
RECENCIES = ("never", "over_year", "over_half", "less")
frames = st.lists(
    st.tuples(st.integers(1, 999), st.sampled_from(RECENCIES), st.sampled_from(["", "优秀", "一般"])),
    max_size=40, unique_by=lambda row: row[0],
).map(lambda rows: [Entry(str(key), recency, grade) for key, recency, grade in rows])  # fmt: skip


def test_a_known_draw() -> None:
    """Worked out by hand from the rule: 4 of 14 is 2 of 7, 1 of 5 and 0 of 2, and the place left over goes to
    the largest part; in each part the smallest tickets."""
    by_hand = {("never", ""): 3, ("over_year", "优秀"): 1, ("less", ""): 0}
    assert shares({s: len(rows) for s, rows in strata_of(FRAME).items()}, 4) == by_hand

    def smallest(keys: range, n: int) -> list[str]:
        sums = {str(k): hmac.new(SEED.encode(), str(k).encode(), hashlib.sha256).hexdigest() for k in keys}
        return sorted(sums, key=sums.get)[:n]

    assert draw(SEED, FRAME, 4) == sorted(smallest(range(1, 8), 3) + smallest(range(8, 13), 1))


def test_another_seed_draws_others() -> None:
    drawn = Counter(tuple(draw(f"{seed:064x}", FRAME, 3)) for seed in range(60))
    assert len(drawn) > 30


@given(frames, st.integers(0, 40), st.integers(0, 2**64))
def test_shares_are_whole_and_near_the_proportion(frame: list[Entry], number: int, seed: int) -> None:
    number = min(number, len(frame))
    drawn = draw(f"{seed:064x}", frame, number)
    assert len(drawn) == len(set(drawn)) == number
    strata = strata_of(frame)
    found = Counter(entry.stratum for entry in frame if entry.key in drawn)
    for stratum, rows in strata.items():
        assert found[stratum] <= len(rows)
        assert abs(found[stratum] * len(frame) - number * len(rows)) < len(frame)
    assert list(map(len, strata.values())) == sorted(map(len, strata.values()), reverse=True)


@given(frames, st.integers(0, 5), st.randoms())
def test_the_order_of_the_frame_does_not_matter(frame: list[Entry], number: int, rng) -> None:
    shuffled = list(frame)
    rng.shuffle(shuffled)
    number = min(number, len(frame))
    assert draw(SEED, shuffled, number) == draw(SEED, frame, number)
    assert frame_digest(shuffled, number) == frame_digest(frame, number)


def test_the_sums_tell_every_change() -> None:
    assert commitment_of(SEED) == hashlib.sha256(SEED.encode()).hexdigest()
    sums = {
        frame_digest(FRAME, 4), frame_digest(FRAME, 5), frame_digest(FRAME[1:], 4),
        frame_digest([FRAME[0]._replace(grade="优秀"), *FRAME[1:]], 4),
        frame_digest([FRAME[0]._replace(recency="less"), *FRAME[1:]], 4),
    }  # fmt: skip
    assert len(sums) == 5
    assert ticket(SEED, "1") != ticket(SEED, "2")


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ValueError):
        draw(SEED, FRAME, len(FRAME) + 1)
    with pytest.raises(ValueError):
        draw(SEED, [FRAME[0], FRAME[0]], 1)
    assert draw(SEED, FRAME, len(FRAME)) == sorted(entry.key for entry in FRAME)
    assert draw(SEED, [], 0) == []
