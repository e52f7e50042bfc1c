from branchlife.models.audit import AuditAnchor, AuditEvent, AuditHead
from branchlife.models.job import Job
from branchlife.models.once import OnceKey
from branchlife.models.second_factor import Authenticator, OldPassword, RecoveryCode
from branchlife.models.session import OpenSession
from branchlife.models.user import User

__all__ = [
    "AuditAnchor",
    "AuditEvent",
    "AuditHead",
    "Authenticator",
    "Job",
    "OldPassword",
    "OnceKey",
    "OpenSession",
    "RecoveryCode",
    "User",
]
