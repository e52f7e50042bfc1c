"""Handing a message to the mail server, with a pause before the step that cannot be taken back."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends import smtp

from branchlife.delivery import BeforeFinalStep, NotNow, Refused, Unreachable
from branchlife.failpoints import reach

END_OF_MESSAGE = b"\r\n.\r\n"
FOR_EVER = 500  # from here on a code of SMTP means: do not try again


class _Pausing:
    """Sends a message in two pieces: everything but the final dot, then the dot. Without the dot the
    server must throw away what it got, so whoever dies before it has provably sent nothing."""

    before_final_dot: Callable[[], None] | None = None

    def send(self, s: Any) -> None:
        if not (self.before_final_dot and isinstance(s, bytes) and s.endswith(END_OF_MESSAGE)):
            super().send(s)  # type: ignore[misc]
            return
        body = len(s) - len(END_OF_MESSAGE) + 2
        super().send(s[:body])  # type: ignore[misc]
        try:
            reach("mail.before_dot")
            self.before_final_dot()
            reach("mail.final_step_committed")
        except BaseException:
            # QUIT would be read as one more line of the message: hang up instead.
            self.close()  # type: ignore[attr-defined]
            raise
        super().send(s[body:])  # type: ignore[misc]
        reach("mail.after_dot")


class PausingSMTP(_Pausing, smtplib.SMTP):
    pass


class PausingSMTPOverTLS(_Pausing, smtplib.SMTP_SSL):
    pass


class SmtpBackend(smtp.EmailBackend):
    """Django's, able to call somebody just before the final dot."""

    before_final_dot: Callable[[], None] | None = None

    @property
    def connection_class(self) -> type[PausingSMTP] | type[PausingSMTPOverTLS]:
        return PausingSMTPOverTLS if self.use_ssl else PausingSMTP

    def open(self) -> bool | None:
        opened = super().open()
        if isinstance(self.connection, _Pausing):
            self.connection.before_final_dot = self.before_final_dot
        return opened


@contextmanager
def handed_over(message: EmailMessage, *, before_final_step: BeforeFinalStep) -> Iterator[None]:
    """Send one message; the body of the ``with`` runs when the server has taken it, before goodbye.

    ``before_final_step`` is called when everything else went well: right before the final dot of SMTP,
    or before sending where there is no such moment (console). What it raises stops the message.
    Raises what ``delivery`` names where the server said no; anything else before the final step is to be
    tried again, and after it nobody knows.
    """
    connection = get_connection()
    try:
        if isinstance(connection, SmtpBackend):
            connection.before_final_dot = before_final_step
            _open(connection)
        else:
            before_final_step()
        _send(connection, message)
        yield
    finally:
        _close(connection)


def _open(connection: SmtpBackend) -> None:
    try:
        connection.open()
    except OSError as error:  # smtplib's errors are OSErrors
        raise Unreachable(_said(error)) from error


def _send(connection: Any, message: EmailMessage) -> None:
    """5xx about this person or this text, or an address no mail can have, is for ever. A refused sender or a
    failed sign-in is the site's own fault and is put right by its administrator."""
    try:
        connection.send_messages([message])
    except ValueError as error:  # Django's answer to line breaks and to addresses nobody can have
        raise Refused(_said(error)) from error
    except smtplib.SMTPRecipientsRefused as error:
        refused = all(code >= FOR_EVER for code, _answer in error.recipients.values())
        raise (Refused if refused else NotNow)(_said(error)) from error
    except smtplib.SMTPDataError as error:
        raise (Refused if error.smtp_code >= FOR_EVER else NotNow)(_said(error)) from error
    except smtplib.SMTPResponseException as error:
        raise NotNow(_said(error)) from error


def _close(connection: Any) -> None:
    """Goodbye is a courtesy: the answer to the message has been given before."""
    try:
        connection.close()
    except OSError:
        return


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
