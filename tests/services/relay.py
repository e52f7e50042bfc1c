"""A real mail server on the loopback address that answers as it is told, and keeps what it took."""

import asyncio
import email
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

TAKEN = "250 OK"
Arrival = Callable[[], Awaitable[None]]


@dataclass
class Relay:
    """``to_recipient`` and ``to_message`` answer RCPT and the final dot; a ``None`` there hangs."""

    to_recipient: Callable[[str], str] = lambda address: TAKEN
    to_message: str | None = TAKEN
    on_arrival: Arrival | None = None
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.to_recipient(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.on_arrival:
            await self.on_arrival()
        if self.to_message is None:
            await asyncio.sleep(3600)
        assert self.to_message is not None
        if self.to_message.startswith("250"):
            self.taken.append(email.message_from_bytes(envelope.content, policy=policy.default))
            self.senders.append(envelope.mail_from)
        return self.to_message


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(relay: Relay) -> Iterator[Relay]:
    relay.port = free_port()
    controller = Controller(relay, hostname="127.0.0.1", port=relay.port)
    controller.start()
    try:
        yield relay
    finally:
        controller.stop()


@contextmanager
def silent_port() -> Iterator[int]:
    """Something that takes connections and never says a word."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(50)
        yield listener.getsockname()[1]
