"""Where the text of a record may be found again, and the records that are nearly the same."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from meetings.models import Meeting


class TextBand(models.Model):
    """One band of the MinHash of a record's text: records with an equal one may be alike.

    ``tree`` is the top of the organization tree as the first step of its path: only there is compared.
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="+")
    tree = models.CharField(max_length=4)
    band = models.PositiveSmallIntegerField()
    value = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="text_band_once", fields=["meeting", "band"]),
        ]
        indexes = [models.Index(fields=["tree", "value"], name="text_band_look_up")]


class Likeness(models.Model):
    """Two records with nearly the same text: a question, never a verdict."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="likenesses")
    earlier = models.ForeignKey(Meeting, models.CASCADE, related_name="copies")
    percent = models.PositiveSmallIntegerField(_("alike (%)"))

    class Meta:
        constraints = [
            models.UniqueConstraint(name="likeness_once_a_pair", fields=["meeting", "earlier"]),
            models.CheckConstraint(name="likeness_of_two_records", condition=~Q(meeting=F("earlier"))),
            models.CheckConstraint(name="likeness_is_a_share", condition=Q(percent__range=(1, 100))),
        ]
