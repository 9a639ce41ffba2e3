"""What Discord's client sends when a modal is submitted."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from tests.discordd.options import CannotType, Form, HasId
from tests.discordd.wire import Obj

Filled: TypeAlias = str | bool | Sequence[str | int | HasId]
"""A text; a tick; the chosen values of a select."""

ROW, STRING_SELECT, TEXT_INPUT, TEXT, LABEL = 1, 3, 4, 10, 18
RADIO, CHECKBOX = 21, 23
_REFERENCES = {5: 6, 6: 8, 7: 9, 8: 7}


def submitted(modal: Obj, values: Mapping[str, Filled], form: Form) -> Obj:
    """`values` by custom id or label. Raises `CannotType` for what a person could not enter."""
    left = dict(values)
    parts = [_part(one, left, form) for one in modal["components"]]
    if left:
        raise CannotType(f"the modal has no field {sorted(left)}")
    data: Obj = {"custom_id": modal["custom_id"], "components": parts}
    return {**data, "resolved": form.resolved} if form.resolved else data


def _part(one: Obj, values: dict[str, Filled], form: Form) -> Obj:
    kind = one["type"]
    if kind == LABEL:
        inner = _field(one["component"], str(one.get("label")), values, form)
        return {"type": LABEL, "id": one.get("id", 1), "component": inner}
    if kind == ROW:
        inner_row = [_field(each, str(each.get("label")), values, form) for each in _inside(one)]
        return {"type": ROW, "id": one.get("id", 1), "components": inner_row}
    return {"type": kind, "id": one.get("id", 1)}


def _inside(row: Obj) -> list[Obj]:
    components: list[Obj] = row["components"]
    return components


def _field(field: Obj, label: str, values: dict[str, Filled], form: Form) -> Obj:
    name, kind = field["custom_id"], field["type"]
    given = values.pop(name, None)
    given = values.pop(label, None) if given is None else given
    body: Obj = {"type": kind, "custom_id": name, "id": field.get("id", 1)}
    if kind == TEXT_INPUT:
        return {**body, "value": _text(field, given)}
    if kind == CHECKBOX:
        return {**body, "value": bool(given)}
    if kind == RADIO:
        return {**body, "value": given}
    return {**body, "values": _values(field, given, form)}


def _text(field: Obj, given: Filled | None) -> str:
    text = field.get("value") or "" if given is None else given
    if not isinstance(text, str):
        raise CannotType(f"{field['custom_id']!r} takes text")
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if field.get("required", True):
        least = max(least, 1)
    if not least <= len(text) <= most and (text or least):
        raise CannotType(f"{field['custom_id']!r} takes {least} to {most} characters")
    return text


def _values(field: Obj, given: Filled | None, form: Form) -> list[str]:
    chosen = [] if given is None or isinstance(given, bool | str) else list(given)
    if isinstance(given, str):
        chosen = [given]
    if given is None:
        chosen = [one["value"] for one in field.get("options") or () if one.get("default")]
    if field["type"] in _REFERENCES:
        return [str(form.refer(_REFERENCES[field["type"]], one)) for one in chosen]
    offered = {one["value"] for one in field.get("options") or ()}
    if offered and not offered.issuperset(map(str, chosen)):
        raise CannotType(f"{field['custom_id']!r} offers {sorted(offered)}, not {chosen}")
    return [str(one) for one in chosen]
