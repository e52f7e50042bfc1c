from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    name = "reviews"
    verbose_name = _("Review")

    def ready(self) -> None:
        from branchlife.guards import add_guards
        from meetings.confidential import declare_records
        from meetings.notices import add_wordings
        from reviews import actions
        from reviews.confidential import RECORDS
        from reviews.guards import review_guards
        from reviews.services import reminders
        from reviews.services.chains import install_national_chains
        from reviews.wordings import WORDINGS

        add_guards(review_guards)
        add_wordings(WORDINGS)
        declare_records(RECORDS)
        actions.declare()
        assert reminders.PROMISE  # importing registers the kinds of deadlines
        post_migrate.connect(install_national_chains, sender=self, dispatch_uid="national chains of review")
