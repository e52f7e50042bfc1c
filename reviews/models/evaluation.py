from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from branchlife.models import User
from meetings.models import Meeting
from meetings.scope import scope_of
from reviews.enums import Verdict

LONGEST = 1000


class EvaluationQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Those of the meetings a user answers for and of the groups one leads."""
        scope = scope_of(user)
        return self.filter(scope.within("meeting__organization__") | Q(meeting__group__in=scope.group_ids))


class Evaluation(models.Model):
    """How the committee judges a held meeting, step by step. One for a meeting; a later look replaces it."""

    meeting = models.OneToOneField(Meeting, models.CASCADE, related_name="evaluation")
    evaluator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))
    comment = models.TextField(_("judgement as a whole"), max_length=LONGEST, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")

    def __str__(self) -> str:
        return f"{self.meeting} · {self.at:%Y-%m-%d}"


class EvaluationMark(models.Model):
    """One step as it was judged. The title is kept as it was, like that of the step itself."""

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=30, blank=True)
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("step"), max_length=100)
    verdict = models.CharField(_("verdict"), max_length=10, choices=Verdict)
    sentence = models.CharField(_("what is wrong"), max_length=300, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(name="evaluation_mark_once", fields=["evaluation", "kind", "code"]),
            models.CheckConstraint(name="evaluation_verdict_known", condition=Q(verdict__in=Verdict.values)),
            models.CheckConstraint(name="evaluation_mark_title_present", condition=~Q(title="")),
            models.CheckConstraint(
                name="evaluation_fault_is_named",
                condition=~Q(verdict__in=[Verdict.PARTLY, Verdict.MISSING]) | ~Q(sentence=""),
                violation_error_message=_("Say what is wrong with the step."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_verdict_display()}"


class SitInNoteQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        scope = scope_of(user)
        return self.filter(scope.within("meeting__organization__") | Q(author=user.pk))


class SitInNote(models.Model):
    """What somebody from above saw who sat in a meeting. One from each; a later text replaces the earlier."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="sit_in_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    leader = models.CharField(_("who sat in"), max_length=60)
    text = models.TextField(_("what was seen and advised"), max_length=LONGEST)
    at = models.DateTimeField(_("time"))

    objects = SitInNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("sit-in note")
        verbose_name_plural = _("sit-in notes")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(name="sit_in_once_an_author", fields=["meeting", "author"]),
            models.CheckConstraint(name="sit_in_says_something", condition=~Q(text="") & ~Q(leader="")),
        ]

    def __str__(self) -> str:
        return f"{self.leader} · {self.meeting}"
