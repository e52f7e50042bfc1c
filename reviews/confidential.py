"""Who may read what of plans, reviews and rectification: see meetings/confidential.py."""

from meetings.confidential import Grade

RECORDS: dict[str, Grade] = {
    "reviews.finding": Grade.RECORD,
    # Topics and questions only, shared with every branch of the committee.
    "reviews.goodcase": Grade.PLACE,
    "reviews.plan": Grade.PLACE,
    "reviews.planitem": Grade.PLACE,
    "reviews.planitempart": Grade.PLACE,
    "reviews.rectification": Grade.RECORD,
    "reviews.rectificationnote": Grade.RECORD,
    "reviews.rectificationnotice": Grade.PLACE,
    "reviews.reviewchain": Grade.RULE,
    "reviews.snapshot": Grade.RECORD,
    "reviews.stay": Grade.PLACE,
    "reviews.transition": Grade.RECORD,
}
