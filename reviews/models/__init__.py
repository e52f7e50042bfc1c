from reviews.models.chain import ReviewChain
from reviews.models.contact import Concern, ContactPoint, ContactVisit
from reviews.models.evaluation import Evaluation, EvaluationMark, SitInNote
from reviews.models.finding import Finding
from reviews.models.good_case import GoodCase
from reviews.models.inspection import FrameEntry, Inspection, Visit, VisitAnswer
from reviews.models.likeness import Likeness, TextBand
from reviews.models.plan import Plan, PlanItem, PlanItemPart
from reviews.models.rating import Rated, RatingCount
from reviews.models.rectification import Rectification, RectificationNote
from reviews.models.rectification_notice import RectificationNotice
from reviews.models.snapshot import Snapshot
from reviews.models.stay import Stay
from reviews.models.transition import Transition

__all__ = [
    "Concern",
    "ContactPoint",
    "ContactVisit",
    "Evaluation",
    "EvaluationMark",
    "Finding",
    "FrameEntry",
    "GoodCase",
    "Inspection",
    "Likeness",
    "Plan",
    "PlanItem",
    "PlanItemPart",
    "Rated",
    "RatingCount",
    "Rectification",
    "RectificationNote",
    "RectificationNotice",
    "ReviewChain",
    "SitInNote",
    "Snapshot",
    "Stay",
    "TextBand",
    "Transition",
    "Visit",
    "VisitAnswer",
]
