"""What an operator does once: init."""

import os
import sys
from io import IOBase
from pathlib import Path

import click
import msgspec

from bot import config as configuration
from bot.cli import config_writer, discord_identity
from bot.cli.context import Context, pass_context, run
from bot.cli.discord_identity import Identity
from bot.clock import Clock
from bot.config import ENVIRONMENT_FILE, Secret, Settings, logs
from bot.config.environment import read_environment, secrets
from bot.config.validation import judge, judge_contact
from bot.errors import ConfigError, HotpapersError, InputError, Refused, SourceError
from bot.messages.problems import words_of
from bot.output import terminal

NO_TOKEN = (
    "There is no token. Make one in Discord's developer portal (your application, Bot, Reset "
    f"Token), then type it here, pipe it to standard input, or put it into "
    f"{config_writer.TOKEN_VARIABLE}."
)


@click.command()
@click.option(
    "--contact", help="An e-mail address or page for the operators of arXiv and others we ask."
)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the archive. Default: data, beside the configuration.",
)
@click.option("--api-url", help="Where something stands in for Discord's own API.")
@click.option("--overwrite", is_flag=True, help="Change files that are there without asking.")
@pass_context
def init(
    context: Context,
    contact: str | None,
    data: Path | None,
    api_url: str | None,
    overwrite: bool,
) -> None:
    """Set the bot up: check its token, write its two files.

    They are config.toml and hotpapers.env, which holds the token and is readable by you alone.
    The token is typed unseen, or comes from HOTPAPERS_DISCORD_TOKEN or standard input.
    """
    file = context.file
    folder = file.resolve().parent
    before = _before(file)
    settings = before or Settings()
    may_change = _may_change(file, overwrite, given=(contact, data, api_url) != (None, None, None))
    token = _token(folder)
    if may_change:
        settings = _asked(before, contact, _place(data, folder), api_url)
    if problems := judge(settings):
        raise ConfigError(problems)
    change = settings != before  # a new token alone must not cost the file its comments
    environment = _environment(folder / ENVIRONMENT_FILE, token, overwrite)
    who = run(_identify(settings, context.clock, token))
    terminal.say(f"Discord knows the bot: {who.bot_name} (application {who.application_id}).")
    if change:
        config_writer.make_folder((folder / settings.archive.path).parent)
        config_writer.write_private(file, config_writer.config_text(settings))
    if environment is not None:
        config_writer.write_private(folder / ENVIRONMENT_FILE, environment)
    _report(context, settings, who, wrote_config=change, wrote_token=environment is not None)


def _before(file: Path) -> Settings | None:
    """The settings of a file that is there. Raises ConfigError with its problems."""
    return configuration.load(file, {}).settings if file.exists() else None


def _may_change(file: Path, overwrite: bool, *, given: bool) -> bool:
    """Whether config.toml is to be written. A file that is there stays unless somebody says so."""
    if not file.exists() or overwrite:
        return True
    if _somebody_is_there():
        return click.confirm(
            f"{file} is there already. Change the contact and the data folder in it? "
            "(Other settings stay; comments go.)"
        )
    if given:
        raise InputError(f"{file} is there already. With --overwrite it is changed.")
    return False


def _somebody_is_there() -> bool:
    return _can_be_asked() and sys.stdin.isatty()


def _can_be_asked() -> bool:
    """Standard input may be closed, which Python knows and its types do not."""
    return isinstance(sys.stdin, IOBase)


def _asked(
    before: Settings | None, contact: str | None, data: Path | None, api_url: str | None
) -> Settings:
    settings = before or Settings()
    if contact is None:
        contact = settings.bot.contact
        if _somebody_is_there():
            contact = click.prompt(
                "An e-mail address or page where arXiv's operators can reach you",
                default=contact,
                show_default=bool(contact),
                value_proc=_reachable,
            )
    folder = Path(settings.archive.path).parent if before else Path("data")
    if data is None and _somebody_is_there():
        data = click.prompt("A folder for the archive", default=folder, type=Path)
    replace = msgspec.structs.replace
    name = Path(settings.archive.path).name
    return replace(
        settings,
        bot=replace(settings.bot, contact=contact.strip()),
        archive=replace(settings.archive, path=str((data or folder) / name)),
        discord=replace(settings.discord, api_url=api_url or settings.discord.api_url),
    )


def _place(data: Path | None, folder: Path) -> Path | None:
    """As config.toml in ``folder`` says it: one beside it moves with it."""
    if data is None or data.is_absolute():
        return data
    data = data.resolve()
    return data.relative_to(folder) if data.is_relative_to(folder) else data


def _reachable(contact: str) -> str:
    """Raises UsageError, upon which click asks again."""
    for problem in judge_contact(contact):
        raise click.UsageError(problem.removeprefix("bot.contact: "))
    return contact


def _token(folder: Path) -> Secret:
    """From the environment, else as typed or piped, else the one that is there already."""
    problems: list[str] = []
    found = secrets(os.environ, problems).discord_token
    if not found and not problems:
        known = read_environment(folder, {}, problems)
        typed = _typed(has_one=config_writer.TOKEN_VARIABLE in known)
        given = {config_writer.TOKEN_VARIABLE: typed} if typed else known
        found = secrets(given, problems).discord_token
    if problems:
        raise ConfigError(problems)
    if not found:
        raise InputError(NO_TOKEN)
    logs.hide(found)
    return found


def _typed(*, has_one: bool) -> str:
    if not _somebody_is_there():
        return sys.stdin.readline().strip() if _can_be_asked() else ""
    text = "The bot's token (not shown" + ("; empty to keep the one you have)" if has_one else ")")
    typed: str = click.prompt(text, hide_input=True, default="", show_default=False)
    return typed.strip()


def _environment(file: Path, token: Secret, overwrite: bool) -> str | None:
    """What hotpapers.env is to hold; None when it holds this token already."""
    if not file.exists():
        return config_writer.environment_text(token)
    known = secrets(read_environment(file.parent, {}, []), []).discord_token
    if known and known.reveal() == token.reveal():
        return None
    if known and not overwrite:
        question = f"{file.name} holds another token. Replace it?"
        if not _somebody_is_there():
            raise InputError(f"{file.name} holds another token. With --overwrite it is replaced.")
        if not click.confirm(question):
            raise click.exceptions.Abort
    return config_writer.environment_text(token, file.read_text(encoding="utf-8"))


async def _identify(settings: Settings, clock: Clock, token: Secret) -> Identity:
    try:
        async with discord_identity.discord_http(settings, clock) as http:
            return await discord_identity.identify(http, settings.discord.api_url, token)
    except Refused as error:
        if error.status != 401:
            raise
        raise HotpapersError(
            "Discord refuses this token, so nothing was written. Make a new one in the developer "
            "portal (your application, Bot, Reset Token) and copy all of it."
        ) from error
    except SourceError as error:
        why = words_of(error)
        raise HotpapersError(
            f"Discord could not be asked about the token, so nothing was written: {why}."
        ) from error


def _report(
    context: Context, settings: Settings, who: Identity, *, wrote_config: bool, wrote_token: bool
) -> None:
    say, file, called = terminal.say, context.file, context.program
    say(f"{file}: {'written' if wrote_config else 'kept as it is'}.")
    say(f"{ENVIRONMENT_FILE}: {'written' if wrote_token else 'kept as it is'}. It holds the token.")
    if not settings.bot.contact:
        say(f"No contact is set: arXiv asks for one. Set `contact` under [bot] in {file}.")
    say("\nInvite the bot to your server with this link:\n")
    say(f"  {discord_identity.invite_link(who.application_id)}")
    say("\nIt asks for these permissions and no others:\n")
    for permission in discord_identity.PERMISSIONS:
        terminal.hung(f"  {permission.name:<26}", permission.reason, terminal.console())
    say(f"\nThen:\n\n  {called} doctor    checks everything")
    say(f"  {called} run       starts the bot; in Discord, begin with /digest add")


COMMANDS = (init,)
