"""REST: answers to interactions, and the messages behind their webhook token."""

from tests.discordd import payloads
from tests.discordd.command_limits import check_modal
from tests.discordd.hub import Hub
from tests.discordd.interactions import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    THINKING,
    UPDATE,
    Interaction,
    illegal_type,
)
from tests.discordd.limits import FOLLOWUP_KEYS, check_choices
from tests.discordd.messages import Message
from tests.discordd.options import focused_option
from tests.discordd.requests import NOTHING, Call, Endpoint, Reply
from tests.discordd.sending import check_new, edited, new_message
from tests.discordd.wire import (
    EPHEMERAL,
    LOADING,
    ApiError,
    Obj,
    already_acknowledged,
    unknown_message,
    unknown_webhook,
)

CALLBACK = "/interactions/{interaction_id}/{interaction_token}/callback"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"


def callback(hub: Hub, call: Call) -> Reply:
    try:
        interaction = _to_answer(hub, call)
        _answer(hub, call, interaction)
    except ApiError as error:
        _record(hub, call, call.params["interaction_token"], error)
        raise
    hub.changes.fire()
    return Reply(_callback_response(hub, interaction)) if call.flag("with_response") else NOTHING


def _to_answer(hub: Hub, call: Call) -> Interaction:
    token = call.params["interaction_token"]
    interaction = hub.interactions.for_callback(call.id("interaction_id"), token)
    if interaction.answered is not None:
        raise already_acknowledged()
    wrong = illegal_type(interaction, call.form.get("type"))
    if wrong:
        raise wrong
    return interaction


def _record(hub: Hub, call: Call, token: str, error: ApiError) -> None:
    """An answer that Discord refuses is a fault of the app, and its user sees nothing of it."""
    interaction = hub.interactions.known(token)
    about = interaction.label if interaction else "an unknown interaction"
    sentence = f"{about}: {call.method} answered {error.code} {error.message}"
    problems = "; ".join(error.problems)
    sentence = f"{sentence} ({problems})" if problems else sentence
    hub.illegal_answers.append(sentence)
    if interaction:
        interaction.illegal.append(sentence)
    hub.changes.fire()


def _answer(hub: Hub, call: Call, interaction: Interaction) -> None:
    kind, data = call.form["type"], call.form.get("data") or {}
    if kind == CHOICES:
        interaction.choices = _checked_choices(hub, call, interaction, data)
    elif kind == MODAL:
        hub.refuse(call, check_modal(data))
        interaction.modal = data
    elif kind == MESSAGE:
        check_new(hub, call, data, FOLLOWUP_KEYS)
        interaction.ephemeral = bool((data.get("flags") or 0) & EPHEMERAL)
        _first_message(hub, call, interaction, data)
    elif kind == UPDATE:
        _update_source(hub, call, interaction, data)
    elif kind == THINKING:
        interaction.ephemeral = bool((data.get("flags") or 0) & EPHEMERAL)
        interaction.original_id = hub.ids.now()
    elif kind == DEFERRED_UPDATE and interaction.source:
        interaction.original_id = interaction.source.id
    interaction.answered = kind


def _checked_choices(hub: Hub, call: Call, interaction: Interaction, data: Obj) -> list[Obj]:
    choices: list[Obj] = data.get("choices") or []
    option = focused_option(interaction.data)
    hub.refuse(call, check_choices(choices, option_type=option["type"] if option else 3))
    return choices


def _first_message(hub: Hub, call: Call, interaction: Interaction, form: Obj) -> Message:
    """The answer itself; after a deferral it has the id that was promised, and its privacy."""
    private = EPHEMERAL if interaction.ephemeral else 0
    message = new_message(
        hub,
        call,
        {**form, "flags": ((form.get("flags") or 0) & ~EPHEMERAL) | private},
        hub.world.channels[interaction.channel_id],
        message_id=interaction.original_id,
        interaction=interaction,
        metadata=_metadata(hub, interaction),
    )
    interaction.original_id = message.id
    interaction.versions.append(message)
    return message


def _update_source(hub: Hub, call: Call, interaction: Interaction, form: Obj) -> None:
    if interaction.source is None:
        raise unknown_message()
    current = hub.messages.get(interaction.channel_id, interaction.source.id)
    changed = edited(hub, call, current, form)
    interaction.original_id = changed.id
    interaction.ephemeral = changed.ephemeral
    interaction.versions.append(changed)
    if not changed.ephemeral:
        hub.tell_message("MESSAGE_UPDATE", changed)


def _metadata(hub: Hub, interaction: Interaction, *, original_id: int | None = None) -> Obj:
    owner = str(interaction.guild_id or 0)
    body: Obj = {
        "id": str(interaction.id),
        "type": COMMAND if interaction.kind == AUTOCOMPLETE else interaction.kind,
        "user": payloads.user(hub.world.users[interaction.user_id]),
        "authorizing_integration_owners": {"0": owner},
    }
    if original_id is not None:
        body["original_response_message_id"] = str(original_id)
    if interaction.kind == COMPONENT and interaction.source:
        body["interacted_message_id"] = str(interaction.source.id)
    if interaction.trigger:
        body["triggering_interaction_metadata"] = _metadata(hub, interaction.trigger)
    return body


def _callback_response(hub: Hub, interaction: Interaction) -> Obj:
    body: Obj = {"interaction": {"id": str(interaction.id), "type": interaction.kind}}
    if interaction.original_id is not None:
        body["interaction"] |= {
            "response_message_id": str(interaction.original_id),
            "response_message_loading": interaction.answered == THINKING,
            "response_message_ephemeral": interaction.ephemeral,
        }
    if interaction.answered in {MESSAGE, UPDATE}:
        message = payloads.message(hub.world, interaction.versions[-1])
        body["resource"] = {"type": interaction.answered, "message": message}
    return body


# Behind the token


def followup(hub: Hub, call: Call) -> Reply:
    interaction = _by_token(hub, call)
    form = call.form
    check_new(hub, call, form, FOLLOWUP_KEYS)
    if interaction.thinking:
        # The first one after a deferral is the answer that was promised.
        message = _first_message(hub, call, interaction, form)
    else:
        channel = hub.world.channels[interaction.channel_id]
        about = _metadata(hub, interaction, original_id=interaction.original_id)
        message = new_message(hub, call, form, channel, interaction=interaction, metadata=about)
        interaction.followups[message.id] = message
    hub.changes.fire()
    return Reply(payloads.message(hub.world, message))


def get_original(hub: Hub, call: Call) -> Reply:
    interaction = _by_token(hub, call)
    if interaction.thinking:
        return Reply(payloads.message(hub.world, _placeholder(hub, interaction)))
    return Reply(payloads.message(hub.world, _own(hub, interaction, interaction.original_id)))


def edit_original(hub: Hub, call: Call) -> Reply:
    interaction = _by_token(hub, call)
    if interaction.thinking:
        check_new(hub, call, call.form, FOLLOWUP_KEYS)
        message = _first_message(hub, call, interaction, call.form)
        hub.changes.fire()
        return Reply(payloads.message(hub.world, message))
    return _edit(hub, call, interaction, interaction.original_id)


def delete_original(hub: Hub, call: Call) -> Reply:
    interaction = _by_token(hub, call)
    if not interaction.thinking:
        message = _own(hub, interaction, interaction.original_id)
        hub.messages.delete(message.channel_id, message.id)
    interaction.original_id = None
    interaction.deleted = True
    hub.changes.fire()
    return NOTHING


def get_followup(hub: Hub, call: Call) -> Reply:
    message = _own(hub, _by_token(hub, call), call.id("message_id"))
    return Reply(payloads.message(hub.world, message))


def edit_followup(hub: Hub, call: Call) -> Reply:
    return _edit(hub, call, _by_token(hub, call), call.id("message_id"))


def delete_followup(hub: Hub, call: Call) -> Reply:
    message = _own(hub, _by_token(hub, call), call.id("message_id"))
    hub.messages.delete(message.channel_id, message.id)
    hub.changes.fire()
    return NOTHING


def _by_token(hub: Hub, call: Call) -> Interaction:
    token = call.params["webhook_token"]
    try:
        if call.id("webhook_id") != hub.world.bot.id:
            raise unknown_webhook()
        return hub.interactions.for_webhook(token)
    except ApiError as error:
        _record(hub, call, token, error)
        raise


def _own(hub: Hub, interaction: Interaction, message_id: int | None) -> Message:
    """A message of this interaction: its answer, its source after a deferral, a followup."""
    if message_id is None or message_id not in {interaction.original_id, *interaction.followups}:
        raise unknown_message()
    return hub.messages.get(interaction.channel_id, message_id)


def _edit(hub: Hub, call: Call, interaction: Interaction, message_id: int | None) -> Reply:
    changed = edited(hub, call, _own(hub, interaction, message_id), call.form)
    if changed.id in interaction.followups:
        interaction.followups[changed.id] = changed
    else:
        interaction.versions.append(changed)
    if not changed.ephemeral:
        hub.tell_message("MESSAGE_UPDATE", changed)
    hub.changes.fire()
    return Reply(payloads.message(hub.world, changed))


def _placeholder(hub: Hub, interaction: Interaction) -> Message:
    """ "The app is thinking ..."."""
    flags = LOADING | (EPHEMERAL if interaction.ephemeral else 0)
    return Message(
        interaction.original_id or interaction.id,
        interaction.channel_id,
        hub.world.bot.id,
        interaction.created,
        flags=flags,
        kind=20,
        via_webhook=True,
        interaction_metadata=_metadata(hub, interaction),
    )


_ORIGINAL = WEBHOOK + "/messages/@original"
_LATER = WEBHOOK + "/messages/{message_id}"
ENDPOINTS = (
    Endpoint("POST", CALLBACK, callback),
    Endpoint("POST", WEBHOOK, followup),
    Endpoint("GET", _ORIGINAL, get_original),
    Endpoint("PATCH", _ORIGINAL, edit_original),
    Endpoint("DELETE", _ORIGINAL, delete_original),
    Endpoint("GET", _LATER, get_followup),
    Endpoint("PATCH", _LATER, edit_followup),
    Endpoint("DELETE", _LATER, delete_followup),
)
