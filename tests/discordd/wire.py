"""What travels: JSON objects, and Discord's error answers.

Codes are those of discord-api-docs, topics/opcodes-and-status-codes, "JSON error codes".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import msgspec

Obj: TypeAlias = dict[str, Any]
"""A JSON object as it came from, or goes to, the wire: its values are whatever JSON allows."""

Json: TypeAlias = Obj | list[Any] | str | int | float | bool | None

EPHEMERAL = 1 << 6
LOADING = 1 << 7
CROSSPOSTED = 1 << 0
HAS_THREAD = 1 << 5
COMPONENTS_V2 = 1 << 15


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def encode(value: Json) -> bytes:
    return msgspec.json.encode(value)


def decode(data: bytes) -> Json:
    """Raises `ValueError` for bytes that are no JSON document."""
    value: Json = msgspec.json.decode(data)
    return value


@dataclass
class ApiError(Exception):
    """One refusal: HTTP status, Discord's code, its sentence, and what is wrong in which field."""

    status: int
    code: int
    message: str
    problems: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> Obj:
        body: Obj = {"message": self.message, "code": self.code}
        if self.problems:
            body["errors"] = errors_tree(self.problems)
        return body


def errors_tree(problems: Sequence[str]) -> Obj:
    """`"embeds[0].title: too long"` as Discord nests it: `{"embeds": {"0": {"title": ...}}}`."""
    tree: Obj = {}
    for problem in problems:
        path, _, text = problem.partition(": ")
        node = tree
        for key in path.replace("[", ".").replace("]", "").split("."):
            node = node.setdefault(key or "_", {})
        node.setdefault("_errors", []).append({"code": "LOOPBACK_LIMIT", "message": text})
    return tree


def unauthorized() -> ApiError:
    return ApiError(401, 0, "401: Unauthorized")


def not_found() -> ApiError:
    return ApiError(404, 0, "404: Not Found")


def outage() -> ApiError:
    return ApiError(503, 0, "503: Service Unavailable")


def unknown_channel() -> ApiError:
    return ApiError(404, 10003, "Unknown Channel")


def unknown_guild() -> ApiError:
    return ApiError(404, 10004, "Unknown Guild")


def unknown_member() -> ApiError:
    return ApiError(404, 10007, "Unknown Member")


def unknown_message() -> ApiError:
    return ApiError(404, 10008, "Unknown Message")


def unknown_user() -> ApiError:
    return ApiError(404, 10013, "Unknown User")


def unknown_webhook() -> ApiError:
    return ApiError(404, 10015, "Unknown Webhook")


def unknown_interaction() -> ApiError:
    return ApiError(404, 10062, "Unknown interaction")


def unknown_command() -> ApiError:
    return ApiError(404, 10063, "Unknown application command")


def already_acknowledged() -> ApiError:
    return ApiError(400, 40060, "Interaction has already been acknowledged.")


def missing_access() -> ApiError:
    return ApiError(403, 50001, "Missing Access")


def foreign_message() -> ApiError:
    return ApiError(403, 50005, "Cannot edit a message authored by another user")


def empty_message() -> ApiError:
    return ApiError(400, 50006, "Cannot send an empty message")


def closed_dms() -> ApiError:
    return ApiError(403, 50007, "Cannot send messages to this user")


def missing_permissions() -> ApiError:
    return ApiError(403, 50013, "Missing Permissions")


def wrong_channel_type() -> ApiError:
    return ApiError(400, 50024, "Cannot execute action on this channel type")


def expired_token() -> ApiError:
    return ApiError(401, 50027, "Invalid Webhook Token")


def invalid_form(problems: Sequence[str]) -> ApiError:
    return ApiError(400, 50035, "Invalid Form Body", problems)


def archived_thread() -> ApiError:
    return ApiError(400, 50083, "Thread is archived")


def no_mutual_guild() -> ApiError:
    message = "Cannot send messages to this user due to having no mutual guilds"
    return ApiError(403, 50278, message)


def invalid_json() -> ApiError:
    return ApiError(400, 50109, "The request body contains invalid JSON.")


def too_large() -> ApiError:
    return ApiError(413, 40005, "Request entity too large")


def already_crossposted() -> ApiError:
    return ApiError(400, 40033, "This message has already been crossposted.")


def tag_required() -> ApiError:
    return ApiError(400, 40067, "A tag is required to create a forum post in this channel")


def thread_exists() -> ApiError:
    return ApiError(400, 160004, "A thread has already been created for this message")
