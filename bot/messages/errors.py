"""What happened, what the bot does now, what somebody can do."""

from collections.abc import Sequence

from bot.messages.common import counted, listed

NOTHING_DONE = "Nothing was changed."
NOTED = "I have noted what happened, with the reference below."
ASK_AGAIN = "Try again. If it keeps happening, tell whoever runs this bot the reference below."

TYPE_IT_AGAIN = "Send the command again; while you type I offer what I know."

MEND_THE_FORM = "What you typed is not lost: go back to the form and mend it."
TYPED_IS_GONE = (
    "I do not have any more what you typed. Press Edit again; the form shows the digest as it is."
)


UNREADABLE = "I could not read that."
LATER = "Try again in a moment."

ARCHIVE_BUSY = "My archive is busy with something else."
ARCHIVE_FAILED = "My archive could not answer."
ROW_UNREADABLE = "Something that my archive holds of this cannot be read any more."
MEND_THE_ARCHIVE = (
    "Tell whoever runs this bot: `hotpapers archive check` names what it is and what mends it."
)
KEEPS_RUNNING = "Digests wait for it and are not lost."
SOURCE_FAILED = "A service that I asked did not answer."
TOO_LATE = "This took me too long."
DISCORD_REFUSED = "Discord did not take my answer."
FAILED = "Something went wrong on my side."
OUTDATED = "This command has changed since Discord last showed it to you."
RELOAD = "Restart your Discord app, or try again in an hour."
CHECK_MY_PERMISSIONS = "A server admin can check my permissions in this channel."


def not_allowed(permissions: Sequence[str]) -> str:
    return f"You need {listed(permissions)} in this server for that."


def permission(flag: str) -> str:
    """``manage_guild`` as Discord's own settings call it."""
    return "Manage Server" if flag == "manage_guild" else flag.replace("_", " ").title()


ASK_AN_ADMIN = "Ask an admin of this server to do it."


def slow_down(seconds: float) -> str:
    return f"That was quick: again in {counted(max(1, round(seconds)), 'second', 'seconds')}."


ONLY_IN_A_SERVER = "That works in a server only, as a digest belongs to a channel."


def bot_lacks(permissions: Sequence[str]) -> str:
    return f"I lack {listed(permissions)} here."


def reference(value: str) -> str:
    return f"Reference {value}"


DECLINED = (
    "This button or form was made by an older version of me, and I can no longer tell what it "
    "meant. Ask again with the command, please."
)
