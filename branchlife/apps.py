from django.apps import AppConfig


class BranchLifeConfig(AppConfig):
    name = "branchlife"

    def ready(self) -> None:
        from branchlife import checks  # noqa: F401  (registers the deploy checks)
