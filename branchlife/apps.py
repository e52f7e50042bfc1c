from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class BranchLifeConfig(AppConfig):
    name = "branchlife"

    def ready(self) -> None:
        from branchlife import actions, among, checks, sessions  # noqa: F401  (a lookup; deploy checks; sign-in)
        from branchlife.audit_guards import audit_guards
        from branchlife.garbage import look_less_often
        from branchlife.guards import add_guards, install_guards, remove_guards

        add_guards(audit_guards)
        actions.declare()
        pre_migrate.connect(remove_guards, sender=self, dispatch_uid="remove guards")
        post_migrate.connect(install_guards, sender=self, dispatch_uid="install guards")
        look_less_often()
