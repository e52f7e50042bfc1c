"""Ground floor of BranchLife: settings, people who sign in, audit, jobs. Knows no business noun."""

from branchlife.celery import app as celery_app

__all__ = ["celery_app"]
