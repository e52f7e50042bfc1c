"""Who may read what of plans, reviews and rectification: see meetings/confidential.py."""

from meetings.confidential import Grade

RECORDS: dict[str, Grade] = {
    "reviews.concern": Grade.RECORD,
    "reviews.contactpoint": Grade.PLACE,
    "reviews.contactvisit": Grade.RECORD,
    "reviews.evaluation": Grade.RECORD,
    "reviews.evaluationmark": Grade.RECORD,
    "reviews.finding": Grade.RECORD,
    "reviews.frameentry": Grade.PLACE,
    # Topics and questions only, shared with every branch of the committee.
    "reviews.goodcase": Grade.PLACE,
    "reviews.likeness": Grade.RECORD,
    "reviews.inspection": Grade.PLACE,
    "reviews.plan": Grade.PLACE,
    "reviews.planitem": Grade.PLACE,
    "reviews.planitempart": Grade.PLACE,
    "reviews.rated": Grade.SECRET,
    "reviews.ratingcount": Grade.RECORD,
    "reviews.rectification": Grade.RECORD,
    "reviews.rectificationnote": Grade.RECORD,
    "reviews.rectificationnotice": Grade.PLACE,
    "reviews.reviewchain": Grade.RULE,
    "reviews.snapshot": Grade.RECORD,
    "reviews.stay": Grade.PLACE,
    "reviews.sitinnote": Grade.RECORD,
    "reviews.textband": Grade.RECORD,
    "reviews.transition": Grade.RECORD,
    # Unannounced ones not before they happened.
    "reviews.visit": Grade.RECORD,
    "reviews.visitanswer": Grade.RECORD,
}
