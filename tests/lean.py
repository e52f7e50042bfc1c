"""What the test client does for every page beside the page itself, where nobody asks for it."""

from typing import Any

from django.template import Context, Template
from django.test.signals import template_rendered


def keep_contexts_of_pages() -> None:
    """``response.context`` is that of the page. Being told of each of the sixty pieces it includes, and a copy of
    the context for each, was never read and took a twentieth of the time. Called once, before the first test."""
    page: Any = Template
    page._render = _render


def _render(self: Template, context: Context) -> str:
    if context.template is self:
        template_rendered.send(sender=self, template=self, context=context)
    return self.nodelist.render(context)
