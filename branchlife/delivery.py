"""What can come of handing a message to somebody else's server, whatever the way. Ways raise these; everything
else that goes wrong after the final step means that nobody knows whether the message was taken."""

from collections.abc import Callable

BeforeFinalStep = Callable[[], None]


class Unreachable(Exception):
    """The server did not answer, or takes no messages at all; the message is not at fault."""


class NotNow(Exception):
    """The server did not take this message and says that it may be tried again."""


class Refused(Exception):
    """The server will never take this message to this address."""
