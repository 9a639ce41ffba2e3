"""Bodies against Discord's own description of its API, when that file stands beside the checkout.

The file is reading material that is not part of this project: without it nothing is checked here.
"""

import importlib
import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice
from typing import Protocol

from tests.discordd.wire import Json, Obj, decode, encode
from tests.shared_data import SHARED

SPEC = SHARED / "discord" / "openapi.json"
MAX_PROBLEMS = 5
_NAME = "urn:discord"
_IDS = frozenset({"recipient_id", "message_id", "channel_id", "guild_id"})


class Violation(Protocol):
    """A jsonschema.ValidationError, whose library has no types."""

    message: str
    absolute_path: Sequence[str | int]


class Validator(Protocol):
    def iter_errors(self, instance: object) -> Iterator[Violation]: ...


def available() -> bool:
    return SPEC.is_file()


def check_request(method: str, route: str, body: Json) -> list[str]:
    """Problems of a request's body; none when the file is missing or knows no such body."""
    if isinstance(body, dict):
        # A digest goes to thousands of channels with nothing but its nonce changed, and the nonce
        # is looked at by limits.py: so each is checked once.
        body = {key: value for key, value in body.items() if key != "nonce"}
    return list(_checked(method, route, encode(body)))


@lru_cache(maxsize=4096)
def _checked(method: str, route: str, body: bytes) -> tuple[str, ...]:
    validator = _validator(method.lower(), route, None)
    return tuple(_problems(validator, _with_text_ids(decode(body)))) if validator else ()


def check_answer(method: str, route: str, status: int, body: Json) -> list[str]:
    """Problems of an answer of ours."""
    return _problems(_validator(method.lower(), route, str(status)), body)


def _problems(validator: Validator | None, body: Json) -> list[str]:
    if validator is None:
        return []
    # Of a union's many branches the error that fits best is the one a reader can use.
    best = importlib.import_module("jsonschema").exceptions.best_match
    errors = (best([error]) for error in islice(validator.iter_errors(body), MAX_PROBLEMS))
    return [f"{_path(error)}: {_sentence(error)}" for error in errors]


@cache
def _spec() -> Obj | None:
    if not available():
        return None
    spec = decode(SPEC.read_bytes())
    if not isinstance(spec, dict):
        return None
    _tell_apart(spec, spec["components"]["schemas"])
    return spec


def _tell_apart(node: Json, schemas: Obj) -> None:
    """Says the same in less time: a union whose members differ in `type` asks for that first,
    and a union of constants is an enumeration.

    A validator tries every member of a union, and below it every member of the next; a message of
    forty nested components takes it ten times as long so.
    """
    if isinstance(node, list):
        for one in node:
            _tell_apart(one, schemas)
    elif isinstance(node, dict):
        for key in ("oneOf", "anyOf"):
            kinds = _kinds(node.get(key), schemas)
            if kinds:
                del node[key]
                node["properties"] = {"type": {"enum": [one for many, _ in kinds for one in many]}}
                node["required"] = ["type"]
                node["allOf"] = [_when(many, branch) for many, branch in kinds]
        union = node.get("oneOf")
        if union and all("const" in branch for branch in union):
            node["enum"] = [branch["const"] for branch in node.pop("oneOf")]
        for value in node.values():
            _tell_apart(value, schemas)


def _when(kinds: list[int], branch: Obj) -> Obj:
    asked = {"properties": {"type": {"enum": kinds}}, "required": ["type"]}
    return {"if": asked, "then": branch}


def _kinds(union: Json, schemas: Obj) -> list[tuple[list[int], Obj]]:
    """The members of a union with the values of `type` that are theirs alone; else nothing."""
    members: list[tuple[list[int], Obj]] = []
    for branch in union if isinstance(union, list) else ():
        name = branch.get("$ref", "").rpartition("/")[2]
        schema = schemas.get(name, {})
        kinds = schema.get("properties", {}).get("type", {}).get("enum")
        if not kinds or "type" not in schema.get("required", ()):
            return []
        members.append((kinds, branch))
    everything = [one for kinds, _ in members for one in kinds]
    return members if len(set(everything)) == len(everything) else []


@cache
def _registry() -> object:
    """A referencing.Registry that knows the description by a short name."""
    referencing = importlib.import_module("referencing")
    dialect = importlib.import_module("referencing.jsonschema").DRAFT202012
    resource = referencing.Resource(contents=_spec(), specification=dialect)
    return referencing.Registry().with_resource(_NAME, resource)


@cache
def _validator(method: str, route: str, status: str | None) -> Validator | None:
    """For a request's body, or for the answer of that status."""
    spec = _spec()
    operation = (spec or {}).get("paths", {}).get(route, {}).get(method, {})
    holder = operation.get("responses", {}).get(status) if status else operation.get("requestBody")
    if "schema" not in ((holder or {}).get("content") or {}).get("application/json", {}):
        return None
    where = ("responses", status) if status else ("requestBody",)
    steps = ("paths", route, method, *where, "content", "application/json", "schema")
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)
    jsonschema = importlib.import_module("jsonschema")
    validator: Validator = jsonschema.Draft202012Validator(
        {"$ref": f"{_NAME}#/{_quoted(pointer)}"}, registry=_registry()
    )
    return validator


def _quoted(pointer: str) -> str:
    """A URI fragment: braces of the path's parameters must be escaped."""
    return pointer.replace("{", "%7B").replace("}", "%7D")


def _with_text_ids(body: Json) -> Json:
    """discord.py gives some ids as integers where the description wants strings."""
    if isinstance(body, list):
        return [_with_text_ids(one) for one in body]
    if not isinstance(body, dict):
        return body
    changed = {key: _text_id(key, _with_text_ids(value)) for key, value in body.items()}
    attachments = changed.get("attachments")
    if isinstance(attachments, list):
        numbered = [one for one in attachments if isinstance(one, dict)]
        changed["attachments"] = [{**one, "id": str(one.get("id"))} for one in numbered]
    return changed


def _text_id(key: str, value: Json) -> Json:
    return str(value) if key in _IDS and isinstance(value, int) else value


def _path(error: Violation) -> str:
    steps = "".join(
        f"[{one}]" if isinstance(one, int) else f".{one}" for one in error.absolute_path
    )
    return steps.lstrip(".") or "_"


def _sentence(error: Violation) -> str:
    return re.sub(r"\s+", " ", error.message)[:300]
