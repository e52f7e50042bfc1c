from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save
from django.utils.translation import gettext_lazy as _


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = _("Organizational life")

    def ready(self) -> None:
        from branchlife.audit_check import add_check
        from branchlife.guards import add_guards
        from branchlife.second_factor import credentials_changed, require_of
        from meetings import actions
        from meetings.guards import meeting_guards
        from meetings.models import CalendarYear, Deadline, MovedDay
        from meetings.rules import signs_in_with_two_factors
        from meetings.services.archive_check import check_records
        from meetings.services.notices import tell_of_credentials
        from meetings.services.reminders import sources
        from meetings.services.reminders.rules import install_national_ladders
        from meetings.services.rulebook.remembered import forget
        from meetings.services.rulebook.seed import install_national_rules
        from meetings.services.vote_rules import install_national_vote_rules
        from meetings.services.workdays import install_known_years

        add_guards(meeting_guards)
        add_check(check_records)
        actions.declare()
        # Also runs after a test flush, so that no database is ever without its rule book and calendar.
        post_migrate.connect(install_national_rules, sender=self, dispatch_uid="national rules")
        post_migrate.connect(install_national_vote_rules, sender=self, dispatch_uid="national voting rules")
        post_migrate.connect(install_known_years, sender=self, dispatch_uid="known years")
        for model in (Deadline, CalendarYear, MovedDay):
            for signal in (post_save, post_delete):
                signal.connect(forget, sender=model, dispatch_uid=f"forget {model.__name__}")
        require_of(signs_in_with_two_factors)
        credentials_changed.connect(tell_of_credentials, dispatch_uid="credentials")
        post_migrate.connect(install_national_ladders, sender=self, dispatch_uid="national ladders")
        assert sources.__all__  # importing registers them
