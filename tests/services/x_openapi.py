"""Is a request, or an answer, what X's own OpenAPI file allows?

The files are not part of the project: tests that load them are marked `needs(FOLDER)`.
"""

import importlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from tests.shared_data import SHARED

Spec = dict[str, Any]
FOLDER = SHARED / "samples" / "x"
_jsonschema: Any = importlib.import_module("jsonschema")  # it comes without types


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


_FORMATS = _jsonschema.FormatChecker(formats=())
_FORMATS.checks("date-time", raises=ValueError)(_is_time)


@lru_cache
def load_spec(version: str) -> Spec:
    """``2.159`` (tweet.fields) or ``2.167`` (post.fields)."""
    spec: Spec = json.loads((FOLDER / f"openapi-{version}.json").read_text(encoding="utf-8"))
    return spec


def validate_request(method: str, path: str, query: Mapping[str, str], spec: Spec) -> list[str]:
    """One sentence for everything the file does not allow. Empty when the request is right."""
    operation = spec["paths"].get(path, {}).get(method.lower())
    if operation is None:
        return [f"there is no {method} {path}"]
    declared = {p["name"]: p for p in (_resolved(p, spec) for p in operation["parameters"])}
    return [
        *(f"{name} is not a parameter" for name in query if name not in declared),
        *(f"{n} is missing" for n, p in declared.items() if p.get("required") and n not in query),
        *(
            f"{name}: {problem}"
            for name, value in query.items()
            if name in declared
            for problem in _problems(_typed(value, declared[name], spec), declared[name], spec)
        ),
    ]


def validate_answer(path: str, status: int, body: object, spec: Spec) -> list[str]:
    """The same for a JSON body that answers a GET with this status."""
    responses = spec["paths"][path]["get"]["responses"]
    content = responses.get(str(status), responses["default"])["content"]
    schemas = [kind["schema"] for kind in content.values()]
    found = [list(_problems(body, {"schema": schema}, spec)) for schema in schemas]
    return [] if [] in found else found[-1]


def _resolved(node: Spec, spec: Spec) -> Spec:
    while "$ref" in node:
        target: Any = spec
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def _typed(text: str, parameter: Spec, spec: Spec) -> object:
    """Query strings are text; the schema says what it stands for."""
    kind = _resolved(parameter["schema"], spec).get("type")
    if kind == "array":
        return text.split(",")
    return int(text) if kind == "integer" and text.lstrip("-").isdigit() else text


def _problems(value: object, holder: Spec, spec: Spec) -> Iterator[str]:
    schema = {**holder["schema"], "components": spec["components"]}
    validator = _jsonschema.Draft4Validator(schema, format_checker=_FORMATS)
    for error in validator.iter_errors(value):
        yield f"{error.json_path}: {error.message[:200]}"
