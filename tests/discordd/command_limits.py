"""Limits on registered commands and on modals, as pure functions of their JSON.

Source: discord-api-docs, interactions/application-commands ("Registering a command", "Application
command object") and components/reference (modal components).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from tests.discordd.component_limits import (
    LABEL,
    ROW,
    SELECTS,
    TEXT,
    TEXT_INPUT,
    check_length,
    check_options,
)
from tests.discordd.limits import check_choices, unknown_keys
from tests.discordd.messages import walk
from tests.discordd.wire import Obj, words

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3
PER_SCOPE = {CHAT_INPUT: 100, USER_MENU: 15, MESSAGE_MENU: 15}
COMMAND_TEXT = 8000
SUBCOMMAND, GROUP = 1, 2

_COMMAND_KEYS = words(
    "id name name_localizations description description_localizations options "
    "default_member_permissions dm_permission default_permission contexts integration_types type "
    "nsfw handler"
)
_OPTION_KEYS = words(
    "type name name_localizations description description_localizations required choices options "
    "channel_types min_value max_value min_length max_length autocomplete"
)


def check_commands(commands: Sequence[Obj]) -> list[str]:
    """All commands of one scope, as `PUT .../commands` has them."""
    problems: list[str] = []
    kinds = Counter(one.get("type") or CHAT_INPUT for one in commands)
    for kind, limit in PER_SCOPE.items():
        if kinds[kind] > limit:
            problems.append(f"_: {kinds[kind]} commands of type {kind}, the limit is {limit}")
    names = Counter((one.get("type") or CHAT_INPUT, one.get("name")) for one in commands)
    problems += [f"_: the command {name!r} twice" for (_, name), n in names.items() if n > 1]
    for index, command in enumerate(commands):
        problems += _check_command(command, f"[{index}]")
    return problems


def _check_command(command: Obj, path: str) -> Iterator[str]:
    yield from unknown_keys(command, _COMMAND_KEYS, path)
    chat = (command.get("type") or CHAT_INPUT) == CHAT_INPUT
    yield from _check_name(command, path, lower=chat)
    if chat:
        yield from _check_description(command, path)
    elif command.get("description"):
        yield f"{path}.description: a context menu has none"
    yield from _check_options(command.get("options") or (), path, depth=0)
    size = _text_size(command)
    if size > COMMAND_TEXT:
        yield f"{path}: {size} characters in all its texts, the limit is {COMMAND_TEXT}"


def _check_name(thing: Obj, path: str, *, lower: bool) -> Iterator[str]:
    name = str(thing.get("name") or "")
    yield from check_length(name, 32, f"{path}.name", least=1)
    if lower and not all(sign.isalnum() or sign in "-_'" for sign in name):
        yield f"{path}.name: {name!r} has signs that are not allowed"
    if lower and name != name.lower():
        yield f"{path}.name: {name!r} is not in lower case"
    for locale, text in (thing.get("name_localizations") or {}).items():
        yield from check_length(text, 32, f"{path}.name_localizations.{locale}", least=1)


def _check_description(thing: Obj, path: str) -> Iterator[str]:
    yield from check_length(thing.get("description") or "", 100, f"{path}.description", least=1)
    for locale, text in (thing.get("description_localizations") or {}).items():
        yield from check_length(text, 100, f"{path}.description_localizations.{locale}", least=1)


def _check_options(options: Sequence[Obj], path: str, *, depth: int) -> Iterator[str]:
    if len(options) > 25:
        yield f"{path}.options: {len(options)}, the limit is 25"
    names = Counter(str(option.get("name")) for option in options)
    yield from (f"{path}.options: {name!r} twice" for name, n in names.items() if n > 1)
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        yield f"{path}.options: required ones come first"
    if len({option.get("type") in {SUBCOMMAND, GROUP} for option in options}) > 1:
        yield f"{path}.options: subcommands and plain options exclude each other"
    for index, option in enumerate(options):
        yield from _check_option(option, f"{path}.options[{index}]", depth)


def _check_option(option: Obj, path: str, depth: int) -> Iterator[str]:
    yield from unknown_keys(option, _OPTION_KEYS, path)
    yield from _check_name(option, path, lower=True)
    yield from _check_description(option, path)
    kind = option.get("type")
    if kind not in range(1, 12):
        yield f"{path}.type: {kind} is no type of option"
    if (kind == GROUP and depth > 0) or (kind == SUBCOMMAND and depth > 1):
        yield f"{path}: nested too deep"
    choices = option.get("choices") or ()
    if choices and option.get("autocomplete"):
        yield f"{path}: fixed choices and autocomplete exclude each other"
    for problem in check_choices(choices, option_type=int(kind or 3)):
        yield f"{path}.{problem}"
    yield from _check_options(option.get("options") or (), path, depth=depth + 1)


def _text_size(thing: Obj) -> int:
    """Names, descriptions and values, each localised one by its longest text."""
    size = 0
    for key in ("name", "description"):
        local = (thing.get(f"{key}_localizations") or {}).values()
        size += max(len(str(text)) for text in (thing.get(key) or "", *local))
    size += sum(len(str(one.get("value", ""))) for one in [thing] if "value" in one)
    inner = [*(thing.get("options") or ()), *(thing.get("choices") or ())]
    return size + sum(_text_size(one) for one in inner)


def check_modal(modal: Obj) -> list[str]:
    """The `data` of a callback of type 9."""
    problems = list(unknown_keys(modal, frozenset({"custom_id", "title", "components"})))
    problems += check_length(modal.get("title") or "", 45, "title", least=1)
    problems += check_length(modal.get("custom_id") or "", 100, "custom_id", least=1)
    components = modal.get("components") or ()
    if not 1 <= len(components) <= 5:
        problems.append(f"components: {len(components)}, allowed are 1 to 5")
    ids = Counter(one["custom_id"] for one in walk(components) if one.get("custom_id"))
    problems += [f"components: custom_id {one!r} twice" for one, n in ids.items() if n > 1]
    for index, one in enumerate(components):
        problems += _check_modal_part(one, f"components[{index}]")
    return problems


def _check_modal_part(one: Obj, path: str) -> Iterator[str]:
    kind = one.get("type")
    if kind == LABEL:
        yield from check_length(one.get("label") or "", 45, f"{path}.label", least=1)
        yield from check_length(one.get("description"), 100, f"{path}.description")
        yield from _check_field(one.get("component") or {}, f"{path}.component")
    elif kind == ROW:
        inside = one.get("components") or ()
        if len(inside) != 1:
            yield f"{path}.components: {len(inside)}, a row of a modal holds one"
        for field in inside:
            yield from _check_field(field, f"{path}.components[0]")
    elif kind == TEXT:
        yield from check_length(one.get("content") or "", 4000, f"{path}.content", least=1)
    else:
        yield f"{path}: type {kind} is not allowed in a modal"


def _check_field(field: Obj, path: str) -> Iterator[str]:
    yield from check_length(field.get("custom_id") or "", 100, f"{path}.custom_id", least=1)
    kind = field.get("type")
    if kind == TEXT_INPUT:
        if field.get("style") not in {1, 2}:
            yield f"{path}.style: 1 or 2"
        yield from check_length(field.get("label"), 45, f"{path}.label", least=1)
        yield from check_length(field.get("placeholder"), 100, f"{path}.placeholder")
        yield from check_length(field.get("value"), 4000, f"{path}.value")
    elif kind in SELECTS:
        yield from check_length(field.get("placeholder"), 150, f"{path}.placeholder")
        if kind == 3:
            yield from check_options(field.get("options") or (), path)
    elif kind not in {19, 21, 22, 23}:
        yield f"{path}: type {kind} is no field of a modal"
