"""A stop of the tour through every page."""

from typing import NamedTuple


class Stop(NamedTuple):
    role: str  # empty: a visitor
    place: str
    url: str
