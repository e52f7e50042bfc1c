from django.apps import AppConfig


class BranchLifeConfig(AppConfig):
    name = "branchlife"

    def ready(self) -> None:
        from branchlife import checks, sessions  # noqa: F401  (deploy checks; what happens at sign-in)
