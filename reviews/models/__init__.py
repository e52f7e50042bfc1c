from reviews.models.finding import Finding
from reviews.models.plan import Plan, PlanItem, PlanItemPart
from reviews.models.transition import Transition

__all__ = ["Finding", "Plan", "PlanItem", "PlanItemPart", "Transition"]
