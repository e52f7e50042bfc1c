from branchlife.models.audit import AuditEvent
from branchlife.models.job import Job
from branchlife.models.user import User

__all__ = ["AuditEvent", "Job", "User"]
