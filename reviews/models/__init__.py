from reviews.models.chain import ReviewChain
from reviews.models.finding import Finding
from reviews.models.good_case import GoodCase
from reviews.models.plan import Plan, PlanItem, PlanItemPart
from reviews.models.rectification import Rectification, RectificationNote
from reviews.models.rectification_notice import RectificationNotice
from reviews.models.snapshot import Snapshot
from reviews.models.stay import Stay
from reviews.models.transition import Transition

__all__ = [
    "Finding",
    "GoodCase",
    "Plan",
    "PlanItem",
    "PlanItemPart",
    "Rectification",
    "RectificationNote",
    "RectificationNotice",
    "ReviewChain",
    "Snapshot",
    "Stay",
    "Transition",
]
