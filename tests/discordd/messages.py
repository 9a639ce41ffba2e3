"""Messages, and the store that keeps them, with Discord's memory for nonces."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.discordd.clock import ServerClock
from tests.discordd.wire import EPHEMERAL, Obj, unknown_message


@dataclass(frozen=True, slots=True)
class Message:
    """One version of a message; an edit makes another value with the same id.

    `created` and `edited` are seconds since 1970. `embeds`, `components` and `attachments` are
    as Discord would give them back (component ids filled in).
    """

    id: int
    channel_id: int
    author_id: int
    created: float
    content: str = ""
    embeds: tuple[Obj, ...] = ()
    components: tuple[Obj, ...] = ()
    attachments: tuple[Obj, ...] = ()
    flags: int = 0
    kind: int = 0
    edited: float | None = None
    nonce: str | None = None
    reference: Obj | None = None
    interaction_metadata: Obj | None = None
    via_webhook: bool = False
    seen_by: int | None = None
    thread_id: int | None = None

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def text(self) -> str:
        """All that a reader sees as text, piece after piece on lines of their own."""
        pieces = [self.content]
        for embed in self.embeds:
            pieces += _embed_texts(embed)
        pieces += [one["content"] for one in walk(self.components) if one["type"] == 10]
        return "\n".join(piece for piece in pieces if piece)

    @property
    def controls(self) -> dict[str, Obj]:
        """Buttons and selects that can be used, by custom id."""
        found = (one for one in walk(self.components) if one.get("custom_id"))
        return {one["custom_id"]: one for one in found}

    @property
    def links(self) -> dict[str, str]:
        """Label -> address of the link buttons."""
        found = (one for one in walk(self.components) if one["type"] == 2 and one.get("url"))
        return {str(one.get("label", "")): str(one["url"]) for one in found}


def walk(components: Sequence[Obj]) -> Iterator[Obj]:
    """Every component, the nested ones, accessories and labelled ones included, in order."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        inner = (component.get("accessory"), component.get("component"))
        yield from walk([one for one in inner if one])


def _embed_texts(embed: Obj) -> list[str]:
    texts = [(embed.get("author") or {}).get("name"), embed.get("title"), embed.get("description")]
    for pair in embed.get("fields") or ():
        texts += [pair.get("name"), pair.get("value")]
    texts.append((embed.get("footer") or {}).get("text"))
    return [text for text in texts if text]


@dataclass
class MessageStore:
    """All channels' messages. Ephemeral ones are kept too, and listed for nobody."""

    clock: ServerClock
    nonce_seconds: float = 300.0
    _by_channel: dict[int, dict[int, Message]] = field(default_factory=lambda: defaultdict(dict))
    _nonces: dict[str, tuple[float, int, int]] = field(default_factory=dict)

    def put(self, message: Message) -> Message:
        self._by_channel[message.channel_id][message.id] = message
        return message

    def get(self, channel_id: int, message_id: int) -> Message:
        """Raises 10008 for one that does not exist."""
        try:
            return self._by_channel[channel_id][message_id]
        except KeyError:
            raise unknown_message() from None

    def delete(self, channel_id: int, message_id: int) -> Message:
        self.get(channel_id, message_id)
        return self._by_channel[channel_id].pop(message_id)

    def drop_channel(self, channel_id: int) -> None:
        self._by_channel.pop(channel_id, None)

    def listed(self, channel_id: int) -> list[Message]:
        """What stands in the channel for all to see, oldest first."""
        here = self._by_channel.get(channel_id, {})
        return sorted((one for one in here.values() if not one.ephemeral), key=lambda one: one.id)

    def everywhere(self) -> list[Message]:
        """All public messages, oldest first."""
        return sorted(
            (one for channel_id in self._by_channel for one in self.listed(channel_id)),
            key=lambda one: one.id,
        )

    def remember_nonce(self, nonce: str, message: Message) -> None:
        self._nonces[nonce] = (self.clock.now(), message.channel_id, message.id)

    def with_nonce(self, nonce: str) -> Message | None:
        """The message first sent with this nonce, in whatever channel (the nonce is the author's).

        Raises 10008 when that message was deleted meanwhile, as Discord does
        (discord.py, `Messageable.send`: `NotFound`).
        """
        known = self._nonces.get(nonce)
        if known is None:
            return None
        at, channel_id, message_id = known
        if self.clock.now() - at > self.nonce_seconds:
            del self._nonces[nonce]
            return None
        return self.get(channel_id, message_id)

    def page(
        self, channel_id: int, limit: int, anchor: str | None = None, at: int = 0
    ) -> list[Message]:
        """Newest first; `anchor` is `before`, `after` or `around` the id `at`."""
        here = self.listed(channel_id)
        if anchor == "after":
            chosen = [one for one in here if one.id > at][:limit]
        elif anchor == "around":
            older = [one for one in here if one.id <= at][-(limit // 2 + 1) :]
            newer = [one for one in here if one.id > at][: limit - len(older)]
            chosen = older + newer
        else:
            chosen = [one for one in here if anchor is None or one.id < at][-limit:]
        return chosen[::-1]
