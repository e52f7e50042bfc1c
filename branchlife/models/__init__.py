from branchlife.models.audit import AuditEvent
from branchlife.models.job import Job
from branchlife.models.second_factor import Authenticator, OldPassword, RecoveryCode
from branchlife.models.session import OpenSession
from branchlife.models.user import User

__all__ = ["AuditEvent", "Authenticator", "Job", "OldPassword", "OpenSession", "RecoveryCode", "User"]
