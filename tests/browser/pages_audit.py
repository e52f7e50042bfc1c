"""What the audit officer sees."""

from collections.abc import Iterator

from django.urls import reverse

from tests.browser.stops import Stop

AUDIT_OFFICER = "安全审计员"


def audit_stops() -> Iterator[Stop]:
    for name in ("audit_list", "audit_export"):
        yield Stop(AUDIT_OFFICER, "机关党委", reverse(name))
