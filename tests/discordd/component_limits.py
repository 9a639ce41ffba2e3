"""Limits on message components, old rows and V2 alike (discord-api-docs, components/reference)."""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.discordd.messages import walk
from tests.discordd.wire import Obj, words

NESTED = 40
ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = frozenset({3, 5, 6, 7, 8})
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
IN_CONTAINER = frozenset({ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR})
V2_TOP = IN_CONTAINER | {CONTAINER}

_COMMON = frozenset({"type", "id"})
_KEYS: dict[int, frozenset[str]] = {
    ROW: frozenset({"components"}),
    BUTTON: words("style label emoji custom_id sku_id url disabled"),
    SECTION: frozenset({"components", "accessory"}),
    TEXT: frozenset({"content"}),
    THUMBNAIL: frozenset({"media", "description", "spoiler"}),
    GALLERY: frozenset({"items"}),
    FILE: frozenset({"file", "spoiler", "name", "size"}),
    SEPARATOR: frozenset({"divider", "spacing"}),
    CONTAINER: frozenset({"components", "accent_color", "spoiler"}),
} | dict.fromkeys(
    SELECTS,
    words(
        "custom_id options placeholder min_values max_values disabled required "
        "channel_types default_values"
    ),
)


def text_displays(components: Sequence[Obj]) -> Iterator[str]:
    return (str(one.get("content", "")) for one in walk(components) if one.get("type") == TEXT)


def check_components(components: Sequence[Obj], *, v2: bool) -> Iterator[str]:
    """The tree of one message; `v2` says whether the message bears the V2 flag."""
    everything = list(walk(components))
    if v2 and len(everything) > NESTED:
        yield f"components: {len(everything)} with the nested ones, the limit is {NESTED}"
    if not v2 and len(components) > 5:
        yield f"components: {len(components)} rows, the limit is 5"
    yield from _repeated(everything, "custom_id")
    yield from _repeated(everything, "id")
    for index, one in enumerate(components):
        path = f"components[{index}]"
        if one.get("type") not in (V2_TOP if v2 else {ROW}):
            why = "at the top of a message" if v2 else "without the flag of Components V2"
            yield f"{path}: type {one.get('type')} is not allowed {why}"
        else:
            yield from _check(one, path)


def _repeated(everything: Sequence[Obj], key: str) -> Iterator[str]:
    seen = Counter(one[key] for one in everything if one.get(key))
    for value, times in seen.items():
        if times > 1:
            yield f"components: {key} {value!r} is used {times} times"


def _check(one: Obj, path: str) -> Iterator[str]:
    kind = one.get("type")
    if not isinstance(kind, int) or kind not in _KEYS:
        yield f"{path}: type {kind} is not allowed in a message"
        return
    for key in one.keys() - _KEYS[kind] - _COMMON:
        yield f"{path}.{key}: unknown key"
    if kind in SELECTS:
        yield from _check_select(one, path)
    elif kind in _CHECKS:
        yield from _CHECKS[kind](one, path)


def _children(one: Obj, path: str, allowed: frozenset[int], most: int) -> Iterator[str]:
    inside = one.get("components") or ()
    if not 1 <= len(inside) <= most:
        yield f"{path}.components: {len(inside)}, allowed are 1 to {most}"
    for index, child in enumerate(inside):
        here = f"{path}.components[{index}]"
        if child.get("type") not in allowed:
            yield f"{here}: type {child.get('type')} is not allowed here"
        else:
            yield from _check(child, here)


def _check_row(one: Obj, path: str) -> Iterator[str]:
    yield from _children(one, path, SELECTS | {BUTTON}, 5)
    kinds = [child.get("type") for child in one.get("components") or ()]
    if len(kinds) > 1 and SELECTS & set(kinds):
        yield f"{path}: a select stands alone in its row"


def _check_button(one: Obj, path: str) -> Iterator[str]:
    style = one.get("style")
    yield from check_length(one.get("label"), 80, f"{path}.label")
    if style == 5:
        yield from _check_link(one, path)
    elif style in {1, 2, 3, 4}:
        yield from _check_custom_id(one, path)
        if one.get("url"):
            yield f"{path}.url: only a link button has one"
    elif style != 6:
        yield f"{path}.style: {style} is no style"
    if style != 6 and not one.get("label") and not one.get("emoji"):
        yield f"{path}: a button needs a label or an emoji"


def _check_link(one: Obj, path: str) -> Iterator[str]:
    url = one.get("url")
    yield from check_length(url or "", 512, f"{path}.url", least=1)
    if url and not str(url).startswith(("http://", "https://", "discord://")):
        yield f"{path}.url: not a web address: {str(url)[:40]!r}"
    if one.get("custom_id"):
        yield f"{path}.custom_id: a link button has none"


def _check_custom_id(one: Obj, path: str) -> Iterator[str]:
    yield from check_length(one.get("custom_id") or "", 100, f"{path}.custom_id", least=1)


def _check_select(one: Obj, path: str) -> Iterator[str]:
    yield from _check_custom_id(one, path)
    yield from check_length(one.get("placeholder"), 150, f"{path}.placeholder")
    least, most = _or(one.get("min_values"), 1), _or(one.get("max_values"), 1)
    if not (0 <= least <= 25 and 1 <= most <= 25 and least <= most):
        yield f"{path}: {least} to {most} values; 0 to 25 and 1 to 25 are allowed"
    if one["type"] == STRING_SELECT:
        yield from check_options(one.get("options") or (), path)
        if most > len(one.get("options") or ()):
            yield f"{path}.max_values: more than there are options"


def check_options(options: Sequence[Obj], path: str) -> Iterator[str]:
    if not 1 <= len(options) <= 25:
        yield f"{path}.options: {len(options)}, allowed are 1 to 25"
    values = Counter(str(option.get("value")) for option in options)
    yield from (f"{path}.options: value {one!r} twice" for one, n in values.items() if n > 1)
    for index, option in enumerate(options):
        here = f"{path}.options[{index}]"
        for key in option.keys() - {"label", "value", "description", "emoji", "default"}:
            yield f"{here}.{key}: unknown key"
        yield from check_length(option.get("label") or "", 100, f"{here}.label", least=1)
        yield from check_length(option.get("value") or "", 100, f"{here}.value", least=1)
        yield from check_length(option.get("description"), 100, f"{here}.description")


def _check_section(one: Obj, path: str) -> Iterator[str]:
    yield from _children(one, path, frozenset({TEXT}), 3)
    accessory = one.get("accessory") or {}
    if accessory.get("type") not in {BUTTON, THUMBNAIL}:
        yield f"{path}.accessory: a button or a thumbnail is required"
    else:
        yield from _check(accessory, f"{path}.accessory")


def _check_text(one: Obj, path: str) -> Iterator[str]:
    yield from check_length(one.get("content") or "", 4000, f"{path}.content", least=1)


def _check_media(one: Obj, path: str) -> Iterator[str]:
    yield from check_length(one.get("description"), 1024, f"{path}.description")
    url = str((one.get("media") or {}).get("url") or "")
    yield from check_length(url, 2048, f"{path}.media.url", least=1)
    if not url.startswith(("http://", "https://", "attachment://")):
        yield f"{path}.media.url: not an address: {url[:40]!r}"


def _check_gallery(one: Obj, path: str) -> Iterator[str]:
    items = one.get("items") or ()
    if not 1 <= len(items) <= 10:
        yield f"{path}.items: {len(items)}, allowed are 1 to 10"
    for index, item in enumerate(items):
        yield from _check_media(item, f"{path}.items[{index}]")


def _check_file(one: Obj, path: str) -> Iterator[str]:
    if not str((one.get("file") or {}).get("url") or "").startswith("attachment://"):
        yield f"{path}.file.url: only attachment://name is allowed"


def _check_separator(one: Obj, path: str) -> Iterator[str]:
    if one.get("spacing") not in {None, 1, 2}:
        yield f"{path}.spacing: 1 or 2"


def _check_container(one: Obj, path: str) -> Iterator[str]:
    yield from _children(one, path, IN_CONTAINER, NESTED)
    color = one.get("accent_color")
    if color is not None and not 0 <= color <= 0xFFFFFF:
        yield f"{path}.accent_color: not a colour"


_CHECKS = {
    ROW: _check_row,
    BUTTON: _check_button,
    SECTION: _check_section,
    TEXT: _check_text,
    THUMBNAIL: _check_media,
    GALLERY: _check_gallery,
    FILE: _check_file,
    SEPARATOR: _check_separator,
    CONTAINER: _check_container,
}


def check_length(value: object, limit: int, path: str, *, least: int = 0) -> Iterator[str]:
    """For a text field that is there."""
    if value is None:
        return
    if not isinstance(value, str):
        yield f"{path}: not a string"
    elif not least <= len(value) <= limit:
        yield f"{path}: {len(value)} characters, allowed are {least} to {limit}"


def _or(value: int | None, default: int) -> int:
    return default if value is None else value
