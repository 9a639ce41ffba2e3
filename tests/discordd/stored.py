"""What a request brought, as Discord keeps it and gives it back."""

from collections.abc import Iterator, Sequence

from tests.discordd.messages import walk
from tests.discordd.wire import Obj

_COMPONENT_DEFAULTS: dict[int, Obj] = {
    3: {"min_values": 1, "max_values": 1},
    11: {"description": None, "spoiler": False},
    13: {"spoiler": False, "name": None, "size": None},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}


def stored_components(components: Sequence[Obj]) -> tuple[Obj, ...]:
    """As Discord keeps them: every component gets an id and the defaults it answers with."""
    taken = {one["id"] for one in walk(components) if one.get("id")}
    fresh = (number for number in range(1, 10_000) if number not in taken)
    return tuple(_stored(one, fresh) for one in components)


def _stored(component: Obj, fresh: Iterator[int]) -> Obj:
    kind = component["type"]
    kept = {**_COMPONENT_DEFAULTS.get(kind, {}), **component}
    kept["id"] = component.get("id") or next(fresh)
    if "components" in component:
        kept["components"] = [_stored(one, fresh) for one in component["components"]]
    if component.get("accessory"):
        kept["accessory"] = _stored(component["accessory"], fresh)
    for key in ("media", "file"):
        if key in component:
            kept[key] = _unfurled(component[key], kept["id"])
    if kind == 12:
        items = component.get("items") or ()
        kept["items"] = [_gallery_item(one, kept["id"]) for one in items]
    return kept


def _gallery_item(item: Obj, number: int) -> Obj:
    kept = {"description": None, "spoiler": False, **item}
    return {**kept, "media": _unfurled(item["media"], number)}


def _unfurled(media: Obj, number: int) -> Obj:
    url = str(media["url"])
    return {"id": str(number), "url": url, "proxy_url": url, "loading_state": 2, "flags": 0}


def stored_embeds(embeds: Sequence[Obj]) -> tuple[Obj, ...]:
    return tuple({**embed, "type": "rich"} for embed in embeds)


def attachment(attachment_id: int, described: Obj, filename: str, size: int) -> Obj:
    url = f"https://cdn.discordapp.com/attachments/0/{attachment_id}/{filename}"
    body: Obj = {
        "id": str(attachment_id),
        "filename": filename,
        "size": size,
        "url": url,
        "proxy_url": url,
        "content_type": "application/octet-stream",
    }
    if described.get("description"):
        body["description"] = described["description"]
    return body
