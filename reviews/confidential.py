"""Who may read what of plans, reviews and rectification: see meetings/confidential.py."""

from meetings.confidential import Grade

RECORDS: dict[str, Grade] = {
    "reviews.finding": Grade.RECORD,
    "reviews.plan": Grade.PLACE,
    "reviews.planitem": Grade.PLACE,
    "reviews.planitempart": Grade.PLACE,
    "reviews.rectification": Grade.RECORD,
    "reviews.rectificationnote": Grade.RECORD,
    "reviews.rectificationnotice": Grade.PLACE,
    "reviews.transition": Grade.RECORD,
}
