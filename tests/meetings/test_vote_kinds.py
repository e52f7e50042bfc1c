"""What can be put to the vote at an event of several kinds."""

import pytest

from meetings.enums import ResolutionKind, votes_taken_at


@pytest.mark.parametrize(
    ("kinds", "elects"),
    [
        (["committee"], True),
        (["general"], True),
        (["general", "committee"], True),
        (["theme_day", "committee"], False),
    ],
)
def test_an_election_is_a_general_meetings_or_the_committees_alone(kinds: list[str], elects: bool) -> None:
    assert (ResolutionKind.ELECTION in votes_taken_at(kinds)) is elects
