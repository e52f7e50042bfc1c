"""What the test client does for every page beside the page itself, where nobody asks for it."""

from typing import Any

import django.test.client
from django.template import Context, Template

_store = django.test.client.store_rendered_templates


def keep_contexts_of_pages() -> None:
    """``response.context`` is that of the page. A copy for each of the sixty pieces it includes was never read and
    took a twentieth of the time. Called once, before the first test."""
    django.test.client.store_rendered_templates = _store_page


def _store_page(
    store: dict[str, Any], signal: Any, sender: Any, template: Template, context: Context, **kwargs: Any
) -> None:
    if context.template is template:
        _store(store, signal, sender, template, context, **kwargs)
