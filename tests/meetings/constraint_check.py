"""The same for judgements, ratings and texts that are alike."""

from meetings.models import Meeting
from reviews.models import Evaluation, EvaluationMark, Likeness, Rated, RatingCount, SitInNote, TextBand
from tests.meetings.constraint_cases import DAY, NOW, Case, Check, Row, Unique
from tests.meetings.constraint_rows import Rows
from tests.world import World

CHECK_CASES: dict[str, Case] = {
    "evaluation_mark_once": Unique("mark", right={"code": "another"}),
    "evaluation_verdict_known": Check("mark", {"verdict": "guilty"}, {"verdict": "unseen"}),
    "evaluation_mark_title_present": Check("mark", {"title": ""}, {"title": "事"}),
    "evaluation_fault_is_named": Check(
        "mark", {"verdict": "partly"}, {"verdict": "partly", "sentence": "没有分工"}
    ),
    "sit_in_once_an_author": Unique("sit_in", right={"author": Row("user")}),
    "sit_in_says_something": Check("sit_in", {"text": ""}, {"text": "好"}),
    "rated_once_a_member": Unique("rated", right={"member": Row("other_member")}),
    "rating_count_once": Unique("rating_count", right={"rating": "poor"}),
    "rating_known": Check("rating_count", {"rating": "stars"}, {"rating": "plain"}),
    "rating_shows_no_more_than_given": Check("rating_count", {"shown": 3}, {"shown": 2}),
    "text_band_once": Unique("text_band", right={"band": 2}),
    "likeness_once_a_pair": Unique("likeness", right={"earlier": Row("third_meeting")}),
    "likeness_of_two_records": Check(
        "likeness", {"earlier": Row("meeting")}, {"earlier": Row("third_meeting")}
    ),
    "likeness_is_a_share": Check("likeness", {"percent": 101}, {"percent": 100}),
}


def check_rows(world: World, rows: Rows) -> Rows:
    meeting = rows["meeting"]
    evaluation = Evaluation.objects.create(meeting=meeting, evaluator=world.reviewer, at=NOW)
    second, third = (
        Meeting.objects.create(organization=world.branch, theme=theme, day=DAY) for theme in ("二", "三")
    )
    return {
        "mark": EvaluationMark.objects.create(
            evaluation=evaluation, code="theme", position=1, title="定主题", verdict="met"
        ),
        "sit_in": SitInNote.objects.create(
            meeting=meeting, author=world.reviewer, leader="周", text="好", at=NOW
        ),
        "rated": Rated.objects.create(meeting=meeting, member=rows["member"]),
        "rating_count": RatingCount.objects.create(meeting=meeting, rating="good", given=2),
        "text_band": TextBand.objects.create(meeting=meeting, tree="0001", band=1, value=7),
        "likeness": Likeness.objects.create(meeting=meeting, earlier=second, percent=90),
        "third_meeting": third,
    }
