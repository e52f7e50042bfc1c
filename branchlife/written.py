"""What somebody wrote in a form that could not be taken: given back for copying, so that nothing is lost."""

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _


def what_was_written(request: HttpRequest) -> list[tuple[str, str]]:
    """A label and the text, of this request alone. Only behind the guard against forged requests: no other site
    may put words on a page of ours."""
    return [(_("Text %(n)s") % {"n": number}, text) for number, text in enumerate(_words(request.POST), 1)]


def _words(sent: QueryDict) -> list[str]:
    """What somebody wrote, not what was chosen or ticked: Chinese, or more than one word; never a password."""
    return [
        text
        for name, texts in sent.lists()
        if "password" not in name
        for text in texts
        if any(sign.isspace() or not sign.isascii() for sign in text.strip())
    ]
