from reviews.models.finding import Finding
from reviews.models.plan import Plan, PlanItem, PlanItemPart
from reviews.models.rectification import Rectification, RectificationNote
from reviews.models.rectification_notice import RectificationNotice
from reviews.models.transition import Transition

__all__ = [
    "Finding",
    "Plan",
    "PlanItem",
    "PlanItemPart",
    "Rectification",
    "RectificationNote",
    "RectificationNotice",
    "Transition",
]
