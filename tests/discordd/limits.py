"""Discord's limits on what an app sends, as pure functions: a body in, a list of problems out.

Each problem reads `path: what is wrong`. Figures: discord-api-docs (resources/message,
components/reference, interactions/application-commands) and Discord's OpenAPI description; the
6,000 characters of all embeds, the nested 40 components and the 4,000 characters of all text
displays stand in no schema, which is why this module exists beside it.
"""

from collections.abc import Iterable, Iterator, Sequence

from tests.discordd.component_limits import check_components, check_length, text_displays
from tests.discordd.messages import walk
from tests.discordd.wire import COMPONENTS_V2, Obj, words

CONTENT = 2000
EMBEDS = 10
EMBED_TEXT = 6000
V2_TEXT = 4000
FILES = 10
NONCE = 25

CREATE_KEYS = words(
    "content embeds allowed_mentions sticker_ids components flags attachments poll "
    "message_reference nonce enforce_nonce tts"
)
EDIT_KEYS = words("content embeds allowed_mentions components flags attachments tts")
FOLLOWUP_KEYS = words(
    "content embeds allowed_mentions components flags attachments poll tts username avatar_url"
)
_EMBED_KEYS = words(
    "type url title color timestamp description author image thumbnail footer fields provider "
    "video flags"
)
_TEXT_LIMITS = {"title": 256, "description": 4096}
_WEB = ("http://", "https://")


def check_message(
    body: Obj,
    *,
    keys: frozenset[str] = CREATE_KEYS,
    before: Obj | None = None,
    files: Sequence[str] = (),
) -> list[str]:
    """A message's body, or that of an edit of the message `before` (its stored JSON).

    `files` are the names of the files that came with it.
    """
    problems = list(unknown_keys(body, keys))
    whole = {**(before or {}), **body}
    problems += _check_content(whole)
    problems += check_embeds(whole.get("embeds") or ())
    problems += _check_v2(body, whole, (before or {}).get("flags") or 0)
    problems += _check_files(body, files)
    problems += _check_mentions(body.get("allowed_mentions") or {})
    problems += _check_nonce(body.get("nonce"))
    return problems


def is_empty(body: Obj, *, before: Obj | None = None, files: Sequence[str] = ()) -> bool:
    """Nothing to show: Discord answers 50006 (an empty message)."""
    whole = {**(before or {}), **body}
    shown = ("content", "embeds", "components", "sticker_ids", "poll", "attachments")
    return not files and not any(whole.get(key) for key in shown)


def unknown_keys(body: Obj, known: frozenset[str], path: str = "") -> Iterator[str]:
    prefix = f"{path}." if path else ""
    for key in body.keys() - known:
        yield f"{prefix}{key}: unknown key"


def _check_content(body: Obj) -> Iterator[str]:
    yield from check_length(body.get("content"), CONTENT, "content")


def check_embeds(embeds: Sequence[Obj]) -> Iterator[str]:
    if len(embeds) > EMBEDS:
        yield f"embeds: {len(embeds)}, the limit is {EMBEDS}"
    for index, embed in enumerate(embeds):
        yield from _check_embed(embed, f"embeds[{index}]")
    total = sum(len(text) for embed in embeds for text in embed_texts(embed))
    if total > EMBED_TEXT:
        yield f"embeds: {total} characters together, the limit is {EMBED_TEXT}"


def embed_texts(embed: Obj) -> Iterator[str]:
    """The texts that count towards the 6,000."""
    parts = [embed.get("title"), embed.get("description")]
    parts += [(embed.get("footer") or {}).get("text"), (embed.get("author") or {}).get("name")]
    for pair in embed.get("fields") or ():
        parts += [pair.get("name"), pair.get("value")]
    return (part for part in parts if isinstance(part, str))


def _check_embed(embed: Obj, path: str) -> Iterator[str]:
    yield from unknown_keys(embed, _EMBED_KEYS, path)
    for key, limit in _TEXT_LIMITS.items():
        yield from check_length(embed.get(key), limit, f"{path}.{key}")
    yield from check_length((embed.get("footer") or {}).get("text"), 2048, f"{path}.footer.text")
    yield from check_length((embed.get("author") or {}).get("name"), 256, f"{path}.author.name")
    yield from _check_fields(embed.get("fields") or (), path)
    yield from _check_embed_urls(embed, path)
    if not (set(embed) - {"type", "flags", "color"}):
        yield f"{path}: an embed without anything in it"
    color = embed.get("color")
    if color is not None and not 0 <= color <= 0xFFFFFF:
        yield f"{path}.color: not a colour"


def _check_fields(fields: Sequence[Obj], path: str) -> Iterator[str]:
    if len(fields) > 25:
        yield f"{path}.fields: {len(fields)}, the limit is 25"
    for index, pair in enumerate(fields):
        here = f"{path}.fields[{index}]"
        yield from unknown_keys(pair, frozenset({"name", "value", "inline"}), here)
        yield from check_length(pair.get("name") or "", 256, f"{here}.name", least=1)
        yield from check_length(pair.get("value") or "", 1024, f"{here}.value", least=1)


def _check_embed_urls(embed: Obj, path: str) -> Iterator[str]:
    yield from check_url(embed.get("url"), f"{path}.url")
    places = (("image", "url"), ("thumbnail", "url"), ("author", "url"))
    icons = (("author", "icon_url"), ("footer", "icon_url"))
    for part, key in (*places, *icons):
        yield from check_url((embed.get(part) or {}).get(key), f"{path}.{part}.{key}", files=True)


def check_url(value: object, path: str, *, limit: int = 2048, files: bool = False) -> Iterator[str]:
    if value is None:
        return
    yield from check_length(value, limit, path, least=1)
    schemes = (*_WEB, "attachment://") if files else _WEB
    if isinstance(value, str) and not value.startswith(schemes):
        yield f"{path}: not a web address: {value[:40]!r}"


def _check_v2(body: Obj, whole: Obj, flags_before: int) -> Iterator[str]:
    flags = body.get("flags")
    flags = flags_before if flags is None else flags
    v2 = bool((flags | flags_before) & COMPONENTS_V2)
    if flags_before & COMPONENTS_V2 and not flags & COMPONENTS_V2:
        yield "flags: the flag of Components V2 cannot be taken away again"
    for key in ("content", "embeds", "poll", "sticker_ids"):
        if v2 and whole.get(key):
            yield f"{key}: not allowed together with Components V2"
    components = whole.get("components") or ()
    yield from check_components(components, v2=v2)
    total = sum(len(text) for text in text_displays(components))
    if total > V2_TEXT:
        yield f"components: {total} characters of text together, the limit is {V2_TEXT}"


def _check_files(body: Obj, files: Sequence[str]) -> Iterator[str]:
    attachments = body.get("attachments") or ()
    if max(len(attachments), len(files)) > FILES:
        yield f"attachments: {max(len(attachments), len(files))}, the limit is {FILES}"
    for index, one in enumerate(attachments):
        yield from check_length(one.get("description"), 1024, f"attachments[{index}].description")
    for name in _wanted_files(body):
        if name not in files and name not in {one.get("filename") for one in attachments}:
            yield f"attachments: {name!r} is shown but did not come with the message"


def _wanted_files(body: Obj) -> Iterator[str]:
    """Names behind `attachment://` in embeds and components."""
    media = [embed.get(key) or {} for embed in body.get("embeds") or () for key in _PICTURES]
    for one in walk(body.get("components") or ()):
        media += [one.get("media") or {}, one.get("file") or {}]
        media += [item.get("media") or {} for item in one.get("items") or ()]
    for place in media:
        _, found, name = str(place.get("url", "")).partition("attachment://")
        if found:
            yield name


_PICTURES = ("image", "thumbnail")


def _check_mentions(allowed: Obj) -> Iterator[str]:
    known = frozenset({"parse", "users", "roles", "replied_user"})
    yield from unknown_keys(allowed, known, "allowed_mentions")
    parsed = allowed.get("parse") or ()
    for word in set(parsed) - {"users", "roles", "everyone"}:
        yield f"allowed_mentions.parse: {word!r} is none of its words"
    for key in ("users", "roles"):
        listed = allowed.get(key) or ()
        if len(listed) > 100:
            yield f"allowed_mentions.{key}: {len(listed)}, the limit is 100"
        if listed and key in parsed:
            yield f"allowed_mentions.{key}: listed and parsed exclude each other"


def _check_nonce(nonce: object) -> Iterator[str]:
    if isinstance(nonce, str) and len(nonce) > NONCE:
        yield f"nonce: {len(nonce)} characters, the limit is {NONCE}"
    elif nonce is not None and not isinstance(nonce, str | int):
        yield "nonce: neither a string nor an integer"


def check_choices(choices: Sequence[Obj], *, option_type: int = 3) -> list[str]:
    """Answers to an autocomplete, or fixed choices: at most 25, names 1 to 100 characters."""
    problems = [f"choices: {len(choices)}, the limit is 25"] if len(choices) > 25 else []
    for index, choice in enumerate(choices):
        problems += _check_choice(choice, option_type, f"choices[{index}]")
    return problems


def _check_choice(choice: Obj, option_type: int, path: str) -> Iterator[str]:
    yield from unknown_keys(choice, frozenset({"name", "name_localizations", "value"}), path)
    yield from check_length(choice.get("name") or "", 100, f"{path}.name", least=1)
    value = choice.get("value")
    if option_type == 3:
        yield from check_length("" if value is None else value, 100, f"{path}.value")
    elif isinstance(value, bool) or not isinstance(value, int | float):
        yield f"{path}.value: not a number"


def check_thread_name(name: object) -> Iterable[str]:
    yield from check_length("" if name is None else name, 100, "name", least=1)
