"""Making and changing messages: what every way of sending has in common."""

from dataclasses import replace

from tests.discordd import payloads
from tests.discordd.hub import Hub
from tests.discordd.interactions import COMMAND, Interaction
from tests.discordd.limits import CREATE_KEYS, EDIT_KEYS, check_message, is_empty
from tests.discordd.messages import Message
from tests.discordd.permissions import Perm
from tests.discordd.requests import Call
from tests.discordd.stored import attachment, stored_components, stored_embeds
from tests.discordd.wire import (
    EPHEMERAL,
    Obj,
    archived_thread,
    closed_dms,
    empty_message,
    missing_access,
    missing_permissions,
    no_mutual_guild,
    outage,
    too_large,
    unknown_channel,
    wrong_channel_type,
)
from tests.discordd.world import Channel, Kind

REQUEST_BYTES = 25 * 1024 * 1024
_NO_MESSAGES = frozenset({Kind.FORUM, Kind.CATEGORY})


def reachable(hub: Hub, channel_id: int, needed: Perm = Perm.NONE) -> Channel:
    """The channel, if the bot may see it and do `needed` there.

    Raises 10003 (no such channel), 50001 (not to be seen, or the bot has left), 50013, and 503
    while the guild is unavailable.
    """
    channel = hub.world.channels.get(channel_id)
    if channel is None:
        raise unknown_channel()
    guild = hub.world.guilds.get(channel.guild_id or 0)
    if guild and not guild.joined:
        raise missing_access()
    if guild and guild.unavailable:
        raise outage()
    held = hub.world.permissions(channel, hub.world.bot.id)
    if not held & Perm.VIEW_CHANNEL:
        raise missing_access()
    if needed & ~held:
        raise missing_permissions()
    return channel


def sendable(hub: Hub, call: Call, form: Obj) -> Channel:
    """The channel of a new message, if the bot may send this one there."""
    channel = reachable(hub, call.id("channel_id"))
    if channel.kind in _NO_MESSAGES:
        raise wrong_channel_type()
    if channel.kind is Kind.DM:
        _check_recipient(hub, channel)
        return channel
    send = Perm.SEND_MESSAGES_IN_THREADS if channel.is_thread else Perm.SEND_MESSAGES
    held = hub.world.permissions(channel, hub.world.bot.id)
    needed = send | (Perm.ATTACH_FILES if call.files else Perm.NONE)
    if form.get("embeds") and hub.settings.embed_links == "refuse":
        needed |= Perm.EMBED_LINKS
    if needed & ~held:
        raise missing_permissions()
    return _awake(hub, channel, held)


def _check_recipient(hub: Hub, dm: Channel) -> None:
    user = hub.world.users[dm.recipient_id or 0]
    if not hub.world.shares_guild(user.id):
        raise no_mutual_guild()
    if not user.accepts_dms:
        raise closed_dms()


def _awake(hub: Hub, channel: Channel, held: Perm) -> Channel:
    """An archived thread wakes up for a message, unless it is locked."""
    if not channel.archived:
        return channel
    locked_out = channel.locked and not held & Perm.MANAGE_THREADS
    if locked_out or not hub.settings.unarchive_on_send:
        raise archived_thread()
    woken = hub.world.put_channel(replace(channel, archived=False))
    hub.tell_channel("UPDATE", woken)
    return woken


def check_new(hub: Hub, call: Call, form: Obj, keys: frozenset[str] = CREATE_KEYS) -> None:
    """Raises 50035 for what is beyond a limit, 50006 for nothing at all."""
    hub.refuse(call, check_message(form, keys=keys, files=call.filenames))
    if is_empty(form, files=call.filenames):
        hub.violations.append(f"{call.method} {call.path}: empty message")
        raise empty_message()
    check_size(call)


def check_size(call: Call) -> None:
    sizes = [one.size for one in call.files]
    if sum(sizes) > REQUEST_BYTES or any(size > payloads.FILE_LIMIT for size in sizes):
        raise too_large()


def new_message(
    hub: Hub,
    call: Call,
    form: Obj,
    channel: Channel,
    *,
    message_id: int | None = None,
    interaction: Interaction | None = None,
    metadata: Obj | None = None,
) -> Message:
    """Stored, and told to the channel unless it is ephemeral.

    `interaction` and `metadata` are given for an answer to an interaction, `message_id` where the
    id was promised before.
    """
    embeds = _allowed_embeds(hub, form, channel, answer=interaction is not None)
    message = Message(
        message_id or hub.ids.now(),
        channel.id,
        hub.world.bot.id,
        hub.clock.now(),
        content=form.get("content") or "",
        embeds=stored_embeds(embeds),
        components=stored_components(form.get("components") or ()),
        attachments=_attachments(hub, call, form, ()),
        flags=form.get("flags") or 0,
        kind=20 if interaction and interaction.kind == COMMAND else 0,
        nonce=None if form.get("nonce") is None else str(form["nonce"]),
        reference=_reference(form, channel),
        interaction_metadata=metadata,
        via_webhook=interaction is not None,
        seen_by=interaction.user_id if interaction else None,
    )
    hub.messages.put(message)
    if not message.ephemeral:
        count = channel.message_count + 1
        hub.world.put_channel(replace(channel, last_message_id=message.id, message_count=count))
        hub.tell_message("MESSAGE_CREATE", message)
    return message


def edited(hub: Hub, call: Call, message: Message, form: Obj) -> Message:
    """The message with the form's changes, checked and stored."""
    before = payloads.message(hub.world, message)
    keys = EDIT_KEYS
    hub.refuse(call, check_message(form, keys=keys, before=before, files=call.filenames))
    if is_empty(form, before=before, files=call.filenames):
        raise empty_message()
    check_size(call)
    changes = changed_parts(hub, call, message, form)
    return hub.messages.put(replace(changes, edited=hub.clock.now()))


def changed_parts(hub: Hub, call: Call, message: Message, form: Obj) -> Message:
    changed = message
    if "content" in form:
        changed = replace(changed, content=form["content"] or "")
    if "embeds" in form:
        changed = replace(changed, embeds=stored_embeds(form["embeds"] or ()))
    if "components" in form:
        components = stored_components(form["components"] or ())
        changed = replace(changed, components=components)
    if "attachments" in form or call.files:
        kept = _attachments(hub, call, form, message.attachments)
        changed = replace(changed, attachments=kept)
    if form.get("flags") is not None:
        lasting = message.flags & EPHEMERAL
        changed = replace(changed, flags=form["flags"] | lasting)
    return changed


def _allowed_embeds(hub: Hub, form: Obj, channel: Channel, *, answer: bool) -> list[Obj]:
    """Answers to interactions need no permission of the channel."""
    embeds: list[Obj] = form.get("embeds") or []
    held = hub.world.permissions(channel, hub.world.bot.id)
    return embeds if answer or held & Perm.EMBED_LINKS else []


def _attachments(hub: Hub, call: Call, form: Obj, before: tuple[Obj, ...]) -> tuple[Obj, ...]:
    """Those listed in the form; new ones are matched to their file by position (`id`)."""
    described = {str(one.get("id")): one for one in form.get("attachments") or ()}
    kept = [one for one in before if "attachments" not in form or one["id"] in described]
    new = (
        attachment(hub.ids.now(), described.get(str(index), {}), one.filename, one.size)
        for index, one in enumerate(call.files)
    )
    return (*kept, *new)


def _reference(form: Obj, channel: Channel) -> Obj | None:
    wanted = form.get("message_reference")
    if not wanted:
        return None
    return {"type": 0, "channel_id": str(channel.id), "message_id": str(wanted["message_id"])}
