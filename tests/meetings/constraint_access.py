"""The same for sign-in and attachments: cases and the rows they try."""

from uuid import uuid4

from branchlife.models import Authenticator, OnceKey, RecoveryCode
from meetings.models import Attachment
from tests.meetings.constraint_cases import NOW, Case, Check, Unique
from tests.meetings.constraint_rows import Rows
from tests.world import World

ACCESS_CASES: dict[str, Case] = {
    "authenticator_secret_present": Check("authenticator", {"secret": ""}, {"secret": "A" * 32}),
    "recovery_code_label_once": Unique("recovery_code", right={"label": "efgh"}),
    "once_key_used_once": Unique("once_key", right={"digest": "1" * 64}),
    "attachment_once_per_meeting": Unique("attachment", right={"digest": "1" * 64}),
    "attachment_kind_known": Check("attachment", {"kind": "exe"}, {"kind": "docx"}),
    "attachment_name_present": Check("attachment", {"name": ""}, {"name": "件.pdf"}),
    "attachment_size_positive": Check("attachment", {"size": 0}, {"size": 1}),
}


def access_rows(world: World, rows: Rows) -> Rows:
    return {
        "authenticator": Authenticator.objects.create(
            user=world.secretary, secret="B" * 32, confirmed_at=NOW
        ),
        "recovery_code": RecoveryCode.objects.create(user=world.secretary, label="abcd", digest="x"),
        "once_key": OnceKey.objects.create(user=world.secretary, key=uuid4(), digest="0" * 64, at=NOW),
        "attachment": Attachment.objects.create(
            meeting=rows["meeting"], name="附件.pdf", kind="pdf", digest="0" * 64, size=7,
            uploaded_by=world.secretary, uploaded_at=NOW,
        ),
    }  # fmt: skip
