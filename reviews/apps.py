from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Review")

    def ready(self) -> None:
        from meetings.notices import add_wordings
        from reviews.services import reminders
        from reviews.wordings import WORDINGS

        add_wordings(WORDINGS)
        assert reminders.PLAN  # importing registers the kinds of deadlines
