"""The one edge where an error becomes words for the member who met it, and a line in the log."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import discord
from discord import app_commands

from bot import cards
from bot.cards.actions import Action
from bot.config import logs
from bot.errors import (
    ArchiveBusy,
    BudgetExhausted,
    DeliveryError,
    HotpapersError,
    InputError,
    QueryError,
    SourceError,
    StoreError,
    UnreadableRow,
)
from bot.messages import errors, search_errors
from bot.messages.common import counted, listed
from bot.messages.problems import words_of
from bot.models import Era, Period, RankingQuery
from bot.parsing import DoubtfulDate, lists
from bot.text import label

logger = logging.getLogger(__name__)

_PIECE = 40  # characters of a search that are repeated to say where it is wrong
_UNKNOWN_INTERACTION = 10062  # answered after three seconds, or after fifteen minutes


@dataclass(frozen=True, slots=True)
class Explanation:
    """What happened, what the bot does now, what the reader can do.

    ``fault`` tells an error of ours or of a service, which gets a reference, from what a member
    can put right alone.
    """

    what: str
    now_does: str
    you_can: str
    fault: bool = False


async def report_to_member(
    interaction: discord.Interaction[discord.Client],
    error: BaseException,
    *,
    back: Action | None = None,
) -> None:
    """Tell the member, privately, and the log. Never raises an Exception.

    ``back`` leads to the form that was refused, with all that the member had typed.
    """
    cause = cause_of(error)
    explanation = describe(cause)
    asked = _asked(interaction)
    reference = f"{interaction.id & 0xFFFFFFFF:08x}" if explanation.fault else ""
    logs.event(
        logger,
        logging.ERROR if explanation.fault else logging.INFO,
        "interaction.failed" if explanation.fault else "interaction.refused",
        error=cause if explanation.fault else None,
        reference=reference or None,
        kind=type(cause).__name__,
        asked=asked,
        guild=interaction.guild_id,
        channel=interaction.channel_id,
        interaction=interaction.id,
    )
    if interaction.type is discord.InteractionType.autocomplete:
        return
    now_does = explanation.now_does if explanation.fault or _could_change(asked) else ""
    you_can = _fitting(explanation.you_can, error, back)
    card = cards.error(explanation.what, now_does, you_can, reference, back=back)
    if isinstance(cause, DoubtfulDate) and cause.readings:
        card = cards.which_day(explanation.what, cause.readings, _asked_besides(interaction, cause))
    try:
        if interaction.response.is_done():
            await interaction.followup.send(view=card, ephemeral=True)
        else:
            await interaction.response.send_message(view=card, ephemeral=True)
    except Exception as unsaid:  # the edge's own edge: too late, or the program is ending
        logs.event(
            logger, logging.WARNING, "interaction.unanswered", error=unsaid,
            interaction=interaction.id,
        )  # fmt: skip


def _fitting(advice: str, error: BaseException, back: Action | None) -> str:
    """Typing again mends an option of a command, not a form's field, and nothing that a button
    or a command itself refuses, whose own words say what would."""
    if advice != errors.TYPE_IT_AGAIN or isinstance(error, app_commands.TransformerError):
        return advice
    return "What you typed is not lost: go back to the form and mend it." if back else ""


def _asked_besides(
    interaction: discord.Interaction[discord.Client], doubt: DoubtfulDate
) -> RankingQuery:
    """The other options of ``/hot``, where they can be read, about the first of the days."""
    told = interaction.namespace
    try:
        categories = lists.categories(getattr(told, "category", None) or "")
    except InputError:
        categories = ()
    period = getattr(told, "period", None) or Period.DAY
    era = getattr(told, "counts", None)
    return RankingQuery(
        doubt.readings[0],
        Period(period),
        categories,
        getattr(told, "top", None),
        Era(era) if era else None,
    )


def cause_of(error: BaseException) -> BaseException:
    """What discord.py's wrappers hold: the error that a command or a transformer raised."""
    *_, innermost = _chain(error)
    return innermost


def _chain(error: BaseException) -> Iterator[BaseException]:
    yield error
    if isinstance(error, app_commands.CommandInvokeError):
        yield from _chain(error.original)
    elif isinstance(error, app_commands.TransformerError) and error.__cause__ is not None:
        yield from _chain(error.__cause__)


def describe(error: BaseException) -> Explanation:
    """Pure. Anything that is not known here is a fault of ours."""
    match error:
        case HotpapersError():
            return _describe_own(error)
        case app_commands.AppCommandError():
            return _describe_refusal(error)
        case discord.HTTPException():
            return _describe_discord(error)
        case TimeoutError():
            return Explanation(errors.TOO_LATE, errors.NOTED, errors.ASK_AGAIN, fault=True)
    return Explanation(errors.FAILED, errors.NOTED, errors.ASK_AGAIN, fault=True)


def _describe_own(error: HotpapersError) -> Explanation:
    match error:
        case QueryError():
            return Explanation(_with_place(error), "", search_errors.search_like())
        case InputError():
            return Explanation(words_of(error), errors.NOTHING_DONE, errors.TYPE_IT_AGAIN)
        case ArchiveBusy():
            return Explanation(
                "My archive is busy with something else.",
                errors.KEEPS_RUNNING,
                errors.LATER,
                fault=True,
            )
        case UnreadableRow():
            return Explanation(
                "Something that my archive holds of this cannot be read any more.",
                errors.NOTHING_DONE,
                (
                    "Tell whoever runs this bot: `hotpapers archive check` names what it is "
                    "and what mends it."
                ),
                fault=True,
            )
        case StoreError():
            return Explanation(
                "My archive could not answer.", errors.KEEPS_RUNNING, errors.ASK_AGAIN, fault=True
            )
        case SourceError() | BudgetExhausted():
            return Explanation(
                "A service that I asked did not answer.", errors.NOTED, errors.LATER, fault=True
            )
        case DeliveryError():
            return Explanation(
                errors.DISCORD_REFUSED, errors.NOTED, errors.CHECK_MY_PERMISSIONS, fault=True
            )
    return Explanation(errors.FAILED, errors.NOTED, errors.ASK_AGAIN, fault=True)


def _with_place(error: QueryError) -> str:
    """What is wrong with a search and where, if that is neither all of it nor said already."""
    piece, *_ = error.query[error.position :].split(maxsplit=1) or [""]
    words = words_of(error)
    if not piece or error.position == 0 or piece in words:
        return words
    return search_errors.at_place(label(piece, _PIECE), words)


def _describe_refusal(error: app_commands.AppCommandError) -> Explanation:
    match error:
        case app_commands.MissingPermissions():
            asked = [errors.permission(flag) for flag in error.missing_permissions]
            return Explanation(
                f"You need {listed(asked)} in this server for that.",
                errors.NOTHING_DONE,
                "Ask an admin of this server to do it.",
            )
        case app_commands.BotMissingPermissions():
            lacking = [errors.permission(flag) for flag in error.missing_permissions]
            return Explanation(
                f"I lack {listed(lacking)} here.", errors.NOTHING_DONE, errors.CHECK_MY_PERMISSIONS
            )
        case app_commands.CommandOnCooldown():
            return Explanation(
                (
                    "That was quick: again in "
                    f"{counted(max(1, round(error.retry_after)), 'second', 'seconds')}."
                ),
                errors.NOTHING_DONE,
                "",
            )
        case app_commands.NoPrivateMessage():
            return Explanation(
                "That works in a server only, as a digest belongs to a channel.",
                errors.NOTHING_DONE,
                "",
            )
        case app_commands.CommandSignatureMismatch() | app_commands.CommandNotFound():
            return Explanation(
                "This command has changed since Discord last showed it to you.",
                errors.NOTHING_DONE,
                "Restart your Discord app, or try again in an hour.",
                fault=True,
            )
        case app_commands.TransformerError():
            return Explanation("I could not read that.", errors.NOTHING_DONE, errors.TYPE_IT_AGAIN)
    return Explanation(errors.FAILED, errors.NOTED, errors.ASK_AGAIN, fault=True)


def _describe_discord(error: discord.HTTPException) -> Explanation:
    if error.code == _UNKNOWN_INTERACTION:
        return Explanation(errors.TOO_LATE, errors.NOTED, errors.ASK_AGAIN, fault=True)
    advice = errors.CHECK_MY_PERMISSIONS if error.status == 403 else errors.ASK_AGAIN
    return Explanation(errors.DISCORD_REFUSED, errors.NOTED, advice, fault=True)


def _could_change(asked: str) -> bool:
    """Only then it is worth saying that nothing was changed."""
    return asked.startswith(("digest ", "hp1:rule", "hp1:edit", "follow", "privacy"))


def _asked(interaction: discord.Interaction[discord.Client]) -> str:
    """The command's name or the button's kind; never what somebody typed."""
    if interaction.command is not None:
        return interaction.command.qualified_name
    custom_id = str(interaction.data.get("custom_id", "")) if interaction.data else ""
    return ":".join(custom_id.split(":")[:2])
