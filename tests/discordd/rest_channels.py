"""REST: channels, their messages and threads, private channels."""

from dataclasses import replace

from tests.discordd import payloads
from tests.discordd.hub import Hub
from tests.discordd.limits import check_thread_name
from tests.discordd.messages import Message
from tests.discordd.permissions import Perm
from tests.discordd.requests import NOTHING, Call, Endpoint, Reply
from tests.discordd.sending import check_new, edited, new_message, reachable, sendable
from tests.discordd.wire import (
    CROSSPOSTED,
    HAS_THREAD,
    Obj,
    already_crossposted,
    archived_thread,
    foreign_message,
    invalid_form,
    missing_permissions,
    tag_required,
    thread_exists,
    unknown_user,
    wrong_channel_type,
)
from tests.discordd.world import Channel, Kind

ARCHIVE_MINUTES = frozenset({60, 1440, 4320, 10080})
_THREAD_OF = {Kind.TEXT: Kind.PUBLIC_THREAD, Kind.ANNOUNCEMENT: Kind.ANNOUNCEMENT_THREAD}


def get_channel(hub: Hub, call: Call) -> Reply:
    return Reply(payloads.channel(hub.world, reachable(hub, call.id("channel_id"))))


def open_dm(hub: Hub, call: Call) -> Reply:
    recipient = str(call.form.get("recipient_id", ""))
    if not recipient.isdigit() or int(recipient) not in hub.world.users:
        raise unknown_user()
    return Reply(payloads.channel(hub.world, hub.world.dm_with(int(recipient))))


def send(hub: Hub, call: Call) -> Reply:
    form = call.form
    check_new(hub, call, form)
    channel = sendable(hub, call, form)
    nonce = None if form.get("nonce") is None else str(form["nonce"])
    if nonce and form.get("enforce_nonce"):
        first = hub.messages.with_nonce(nonce)
        if first:
            return Reply(payloads.message(hub.world, first))
    message = new_message(hub, call, form, channel)
    if nonce:
        hub.messages.remember_nonce(nonce, message)
    return Reply(payloads.message(hub.world, message))


def list_messages(hub: Hub, call: Call) -> Reply:
    channel = reachable(hub, call.id("channel_id"))
    text = call.query.get("limit", "50")
    if not text.isdigit() or not 1 <= int(text) <= 100:
        hub.refuse(call, [f"limit: {text!r}, allowed are 1 to 100"])
    if not hub.world.permissions(channel, hub.world.bot.id) & Perm.READ_MESSAGE_HISTORY:
        # Docs, resources/message: without the permission the list is empty, not refused.
        return Reply([])
    anchor = next((one for one in ("before", "after", "around") if one in call.query), None)
    at = int(call.query[anchor]) if anchor else 0
    page = hub.messages.page(channel.id, int(text), anchor, at)
    return Reply([payloads.message(hub.world, one) for one in page])


def get_message(hub: Hub, call: Call) -> Reply:
    return Reply(payloads.message(hub.world, _readable(hub, call)))


def _readable(hub: Hub, call: Call) -> Message:
    channel = reachable(hub, call.id("channel_id"), Perm.READ_MESSAGE_HISTORY)
    return hub.messages.get(channel.id, call.id("message_id"))


def edit_message(hub: Hub, call: Call) -> Reply:
    channel = reachable(hub, call.id("channel_id"))
    message = hub.messages.get(channel.id, call.id("message_id"))
    if message.author_id != hub.world.bot.id:
        raise foreign_message()
    if channel.archived:
        raise archived_thread()
    changed = edited(hub, call, message, call.form)
    hub.tell_message("MESSAGE_UPDATE", changed)
    return Reply(payloads.message(hub.world, changed))


def delete_message(hub: Hub, call: Call) -> Reply:
    channel = reachable(hub, call.id("channel_id"))
    message = hub.messages.get(channel.id, call.id("message_id"))
    held = hub.world.permissions(channel, hub.world.bot.id)
    if message.author_id != hub.world.bot.id and not held & Perm.MANAGE_MESSAGES:
        raise missing_permissions()
    if channel.archived:
        raise archived_thread()
    hub.messages.delete(channel.id, message.id)
    return NOTHING


def crosspost(hub: Hub, call: Call) -> Reply:
    channel = reachable(hub, call.id("channel_id"), Perm.SEND_MESSAGES)
    if channel.kind is not Kind.ANNOUNCEMENT:
        raise wrong_channel_type()
    message = hub.messages.get(channel.id, call.id("message_id"))
    if message.flags & CROSSPOSTED:
        raise already_crossposted()
    published = hub.messages.put(replace(message, flags=message.flags | CROSSPOSTED))
    return Reply(payloads.message(hub.world, published))


def typing(hub: Hub, call: Call) -> Reply:
    reachable(hub, call.id("channel_id"), Perm.SEND_MESSAGES)
    return NOTHING


# Threads


def thread_from_message(hub: Hub, call: Call) -> Reply:
    parent = reachable(hub, call.id("channel_id"), Perm.CREATE_PUBLIC_THREADS)
    kind = _THREAD_OF.get(parent.kind)
    if kind is None:
        raise wrong_channel_type()
    message = hub.messages.get(parent.id, call.id("message_id"))
    if message.thread_id is not None:
        raise thread_exists()
    hub.refuse(call, _thread_problems(call.form))
    # Such a thread has the id of its first message.
    thread = _new_thread(hub, parent, call.form, kind, message.id)
    hub.messages.put(replace(message, thread_id=thread.id, flags=message.flags | HAS_THREAD))
    return Reply(payloads.channel(hub.world, thread), 201)


def new_thread(hub: Hub, call: Call) -> Reply:
    parent = reachable(hub, call.id("channel_id"))
    if parent.kind is Kind.FORUM:
        return _forum_post(hub, call, parent)
    if parent.kind not in _THREAD_OF:
        raise wrong_channel_type()
    kind = Kind(call.form.get("type") or Kind.PRIVATE_THREAD)
    private = kind is Kind.PRIVATE_THREAD
    needed = Perm.CREATE_PRIVATE_THREADS if private else Perm.CREATE_PUBLIC_THREADS
    reachable(hub, parent.id, needed)
    hub.refuse(call, _thread_problems(call.form))
    thread = _new_thread(hub, parent, call.form, kind, hub.ids.now())
    return Reply(payloads.channel(hub.world, thread), 201)


def _forum_post(hub: Hub, call: Call, forum: Channel) -> Reply:
    """A thread together with its first message; here Send Messages counts (docs, channel)."""
    form = call.form
    message_form: Obj = form.get("message") or {}
    hub.refuse(call, _thread_problems(form))
    check_new(hub, call, message_form)
    needed = Perm.SEND_MESSAGES | (Perm.ATTACH_FILES if call.files else Perm.NONE)
    if message_form.get("embeds") and hub.settings.embed_links == "refuse":
        needed |= Perm.EMBED_LINKS
    reachable(hub, forum.id, needed)
    chosen = tuple(int(one) for one in form.get("applied_tags") or ())
    if forum.requires_tag and not chosen:
        raise tag_required()
    if set(chosen) - {tag.id for tag in forum.tags}:
        raise invalid_form(["applied_tags: not a tag of this forum"])
    thread = _new_thread(hub, forum, form, Kind.PUBLIC_THREAD, hub.ids.now(), chosen)
    # The first message of a forum post has the id of the thread.
    first = new_message(hub, call, message_form, thread, message_id=thread.id)
    body = payloads.channel(hub.world, hub.world.channels[thread.id])
    return Reply({**body, "message": payloads.message(hub.world, first)}, 201)


def _thread_problems(form: Obj) -> list[str]:
    problems = list(check_thread_name(form.get("name")))
    minutes = form.get("auto_archive_duration")
    if minutes is not None and minutes not in ARCHIVE_MINUTES:
        problems.append(f"auto_archive_duration: {minutes} is none of its values")
    if len(form.get("applied_tags") or ()) > 5:
        problems.append("applied_tags: the limit is 5")
    return problems


def _new_thread(
    hub: Hub, parent: Channel, form: Obj, kind: Kind, thread_id: int, tags: tuple[int, ...] = ()
) -> Channel:
    thread = Channel(
        thread_id,
        kind,
        form["name"],
        parent.guild_id,
        parent_id=parent.id,
        owner_id=hub.world.bot.id,
        auto_archive_minutes=form.get("auto_archive_duration") or 1440,
        applied_tags=tags,
    )
    hub.world.put_channel(thread)
    hub.tell_channel("CREATE", thread)
    return thread


def edit_channel(hub: Hub, call: Call) -> Reply:
    """Threads alone: the bot changes nothing else about channels."""
    thread, form = reachable(hub, call.id("channel_id")), call.form
    if not thread.is_thread:
        raise missing_permissions()
    held = hub.world.permissions(thread, hub.world.bot.id)
    manages = bool(held & Perm.MANAGE_THREADS)
    if "locked" in form and not manages:
        raise missing_permissions()
    if thread.owner_id != hub.world.bot.id and not manages:
        raise missing_permissions()
    if thread.archived and form.get("archived") is not False:
        raise archived_thread()
    hub.refuse(call, _thread_problems({"name": thread.name, **form}))
    changed = replace(
        thread,
        name=form.get("name", thread.name),
        archived=form.get("archived", thread.archived),
        locked=form.get("locked", thread.locked),
        auto_archive_minutes=form.get("auto_archive_duration") or thread.auto_archive_minutes,
        applied_tags=tuple(int(one) for one in form.get("applied_tags", thread.applied_tags)),
    )
    hub.world.put_channel(changed)
    hub.tell_channel("UPDATE", changed)
    return Reply(payloads.channel(hub.world, changed))


def join_thread(hub: Hub, call: Call) -> Reply:
    if reachable(hub, call.id("channel_id")).archived:
        raise archived_thread()
    return NOTHING


_MESSAGES = "/channels/{channel_id}/messages"
ENDPOINTS = (
    Endpoint("GET", "/channels/{channel_id}", get_channel),
    Endpoint("PATCH", "/channels/{channel_id}", edit_channel),
    Endpoint("POST", _MESSAGES, send),
    Endpoint("GET", _MESSAGES, list_messages),
    Endpoint("GET", _MESSAGES + "/{message_id}", get_message),
    Endpoint("PATCH", _MESSAGES + "/{message_id}", edit_message),
    Endpoint("DELETE", _MESSAGES + "/{message_id}", delete_message),
    Endpoint("POST", _MESSAGES + "/{message_id}/crosspost", crosspost),
    Endpoint("POST", _MESSAGES + "/{message_id}/threads", thread_from_message),
    Endpoint("POST", "/channels/{channel_id}/threads", new_thread),
    Endpoint("PUT", "/channels/{channel_id}/thread-members/@me", join_thread),
    Endpoint("POST", "/channels/{channel_id}/typing", typing),
    Endpoint("POST", "/users/@me/channels", open_dm),
)
