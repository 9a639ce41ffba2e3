"""Interactions and their tokens: who asked, what was answered, until when an answer counts.

Rules: discord-api-docs, interactions/receiving-and-responding. The first answer must come within
3 seconds, the token is good for 15 minutes.
"""

from dataclasses import dataclass, field

from tests.discordd.clock import ServerClock, Snowflakes
from tests.discordd.messages import Message
from tests.discordd.wire import ApiError, Obj, expired_token, unknown_interaction, unknown_webhook

FIRST_ANSWER_SECONDS = 3.0
TOKEN_SECONDS = 900.0

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9

ALLOWED_ANSWERS = {
    COMMAND: {MESSAGE, THINKING, MODAL},
    COMPONENT: {MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, THINKING, DEFERRED_UPDATE, UPDATE},
}


@dataclass
class Interaction:
    """`answered` is the type of the first answer. `versions` are the states that the original
    answer has had, oldest first; `followups` the later messages, each in its newest state.
    """

    id: int
    token: str
    kind: int
    created: float
    user_id: int
    guild_id: int | None
    channel_id: int
    data: Obj
    source: Message | None = None
    trigger: "Interaction | None" = None
    answered: int | None = None
    ephemeral: bool = False
    original_id: int | None = None
    modal: Obj | None = None
    choices: list[Obj] = field(default_factory=list)
    versions: list[Message] = field(default_factory=list)
    followups: dict[int, Message] = field(default_factory=dict)
    illegal: list[str] = field(default_factory=list)
    deleted: bool = False

    @property
    def thinking(self) -> bool:
        """Deferred, and nothing to see yet."""
        return self.answered == THINKING and not self.versions and not self.deleted

    @property
    def label(self) -> str:
        name = self.data.get("name") or self.data.get("custom_id")
        kinds = {COMMAND: "/", COMPONENT: "press of ", AUTOCOMPLETE: "autocomplete of /"}
        return f"{kinds.get(self.kind, 'submission of ')}{name}"


@dataclass
class Interactions:
    clock: ServerClock
    ids: Snowflakes
    _by_token: dict[str, Interaction] = field(default_factory=dict)

    def open(
        self,
        kind: int,
        data: Obj,
        *,
        user_id: int,
        channel_id: int,
        guild_id: int | None,
        source: Message | None = None,
        trigger: Interaction | None = None,
    ) -> Interaction:
        number = self.ids.now()
        interaction = Interaction(
            number,
            f"interaction-token-{number}",
            kind,
            self.clock.now(),
            user_id,
            guild_id,
            channel_id,
            data,
            source,
            trigger,
        )
        self._by_token[interaction.token] = interaction
        return interaction

    def for_callback(self, interaction_id: int, token: str) -> Interaction:
        """Raises 10062 for an unknown one, and for one that has waited three seconds."""
        found = self._by_token.get(token)
        if found is None or found.id != interaction_id:
            raise unknown_interaction()
        if found.answered is None and self._age(found) > FIRST_ANSWER_SECONDS:
            raise unknown_interaction()
        return found

    def for_webhook(self, token: str) -> Interaction:
        """Raises 50027 when the token is too old, 10015 before the first answer."""
        found = self._by_token.get(token)
        if found is None:
            raise unknown_webhook()
        if self._age(found) > TOKEN_SECONDS:
            raise expired_token()
        if found.answered is None:
            raise unknown_webhook()
        return found

    def known(self, token: str) -> Interaction | None:
        return self._by_token.get(token)

    def _age(self, one: Interaction) -> float:
        return self.clock.now() - one.created


def illegal_type(interaction: Interaction, kind: object) -> ApiError | None:
    if kind in ALLOWED_ANSWERS[interaction.kind]:
        return None
    return ApiError(
        400,
        50035,
        "Invalid Form Body",
        [f"type: {kind} is no answer to an interaction of type {interaction.kind}"],
    )
