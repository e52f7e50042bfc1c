"""Messages to the robots of chat groups: 企业微信 (WeCom) and 钉钉 (DingTalk), as their vendors describe them.

WeCom: POST https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…, the key in the address is the right to
write. DingTalk: POST https://oapi.dingtalk.com/robot/send?access_token=…; with a signing secret the address
carries the time in milliseconds and HMAC-SHA256(secret, "time\\nsecret") in base64. Both answer 200 with
JSON whose ``errcode`` is 0 when the message was taken.
"""

import base64
import hashlib
import hmac
import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote_plus, urlsplit

from django.conf import settings

from branchlife.delivery import BeforeFinalStep, NotNow, Refused, Unreachable
from branchlife.failpoints import reach

LONGEST_ANSWER = 64 * 1024
TOO_BUSY = {-1, 45009, 45033, 130101, 410100}  # tried again: the vendors' "busy" and "too often"
# The site's or the group's own fault, put right by an administrator: signature, address, keyword.
TO_PUT_RIGHT = {310000, 45002, 40035}


class AddressNotAllowed(ValueError):
    """The address of a robot does not lead to one of ROBOT_HOSTS."""


def check_address(url: str) -> None:
    """Only where the vendors are, encrypted: the site must not be talked into calling its own network.

    Raises AddressNotAllowed. An entry of ROBOT_HOSTS with a scheme stands for exactly that place.
    """
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    at_a_vendor = parts.scheme == "https" and parts.netloc in settings.ROBOT_HOSTS
    if not (at_a_vendor or origin in settings.ROBOT_HOSTS) or not parts.query or "@" in parts.netloc:
        raise AddressNotAllowed(url)


def wecom_body(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}}


def dingtalk_body(text: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": text}, "at": {"isAtAll": False}}


def signed_address(url: str, secret: str, milliseconds: int) -> str:
    """DingTalk's address with its signature; unchanged without a secret."""
    if not secret:
        return url
    digest = hmac.digest(secret.encode(), f"{milliseconds}\n{secret}".encode(), hashlib.sha256)
    return f"{url}&timestamp={milliseconds}&sign={quote_plus(base64.b64encode(digest))}"


@contextmanager
def posted(url: str, body: Mapping[str, Any], *, before_final_step: BeforeFinalStep) -> Iterator[None]:
    """Send one message; the body of the ``with`` runs when the robot has taken it.

    Everything but the last byte goes out, then ``before_final_step`` is called, then the last byte: a body
    that ends too early is no JSON, so whoever dies before it has sent nothing. Raises what ``delivery``
    names where the robot said no. No redirect is followed and no proxy asked.
    """
    check_address(url)
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=settings.ROBOT_TIMEOUT)
    try:
        _open(connection)
        _send(connection, parts.path, parts.query, json.dumps(body).encode(), before_final_step)
        _judge(connection)
        yield
    finally:
        connection.close()


def _open(connection: http.client.HTTPConnection) -> None:
    try:
        connection.connect()
    except OSError as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def _send(
    connection: http.client.HTTPConnection, path: str, query: str, body: bytes, final: BeforeFinalStep
) -> None:
    connection.putrequest("POST", f"{path}?{query}", skip_accept_encoding=True)
    connection.putheader("Content-Type", "application/json; charset=utf-8")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders(body[:-1])
    reach("robot.before_last_byte")
    final()
    connection.send(body[-1:])
    reach("robot.after_last_byte")


def _judge(connection: http.client.HTTPConnection) -> None:
    """Returns when the message was taken. An answer that is none leaves it open."""
    answer = connection.getresponse()
    text = answer.read(LONGEST_ANSWER)
    if answer.status in (429, 503):
        raise NotNow(f"HTTP {answer.status}")
    if answer.status != http.client.OK:
        raise Refused(f"HTTP {answer.status}")
    said = json.loads(text)
    code = int(said["errcode"])
    if code:
        sentence = f"errcode {code}: {str(said.get('errmsg', ''))[:200]}"
        raise (NotNow if code in TOO_BUSY | TO_PUT_RIGHT else Refused)(sentence)
