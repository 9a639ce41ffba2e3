"""Bodies against Discord's own description of its API, when that file stands beside the checkout.

The file is reading material that is not part of this project: without it nothing is checked here.
"""

import importlib
import re
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from tests.discordd.wire import Json, Obj, decode

SPEC = Path(__file__).resolve().parents[3] / "shared" / "discord" / "openapi.json"
MOST_PROBLEMS = 5
_NAME = "urn:discord"
_IDS = frozenset({"recipient_id", "message_id", "channel_id", "guild_id"})


class Validator(Protocol):
    def iter_errors(self, instance: object) -> Any: ...  # noqa: ANN401 (jsonschema has no types)


def available() -> bool:
    return SPEC.is_file()


def check_request(method: str, route: str, body: Json) -> list[str]:
    """Problems of a request's body; none when the file is missing or knows no such body."""
    return _problems(_validator(method.lower(), route, None), _with_text_ids(body))


def check_answer(method: str, route: str, status: int, body: Json) -> list[str]:
    """Problems of an answer of ours."""
    return _problems(_validator(method.lower(), route, str(status)), body)


def _problems(validator: Validator | None, body: Json) -> list[str]:
    if validator is None:
        return []
    # Of a union's many branches the error that fits best is the one a reader can use.
    best = importlib.import_module("jsonschema").exceptions.best_match
    errors = (best([error]) for error in islice(validator.iter_errors(body), MOST_PROBLEMS))
    return [f"{_path(error)}: {_sentence(error)}" for error in errors]


@cache
def _spec() -> Obj | None:
    if not available():
        return None
    spec = decode(SPEC.read_bytes())
    return spec if isinstance(spec, dict) else None


@cache
def _registry() -> Any:  # noqa: ANN401 (a referencing.Registry of schemas of any shape)
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


def _path(error: Any) -> str:  # noqa: ANN401 (a jsonschema.ValidationError)
    steps = "".join(
        f"[{one}]" if isinstance(one, int) else f".{one}" for one in error.absolute_path
    )
    return steps.lstrip(".") or "_"


def _sentence(error: Any) -> str:  # noqa: ANN401 (a jsonschema.ValidationError)
    return re.sub(r"\s+", " ", str(error.message))[:300]
