"""Members' ratings of a meeting: who rated lies in one table, how often what was said in another, and nothing
joins the two."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting, Member
from reviews.enums import Rating


class Rated(models.Model):
    """This member has rated this meeting; neither what nor when."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="rated")
    member = models.ForeignKey(Member, models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="rated_once_a_member",
                fields=["meeting", "member"],
                violation_error_message=_("You have rated this meeting already."),
            ),
        ]


class RatingCount(models.Model):
    """How often one answer was given. ``shown`` is what pages say; it follows in steps of several answers, so
    that nobody can tell a single one by watching."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="rating_counts")
    rating = models.CharField(_("rating"), max_length=10, choices=Rating)
    given = models.PositiveIntegerField(default=0)
    shown = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rating_count_once", fields=["meeting", "rating"]),
            models.CheckConstraint(name="rating_known", condition=Q(rating__in=Rating.values)),
            models.CheckConstraint(
                name="rating_shows_no_more_than_given", condition=Q(shown__lte=F("given"))
            ),
        ]
