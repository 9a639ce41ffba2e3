"""What happened, what the bot does now, what somebody can do."""

NOTHING_DONE = "Nothing was changed."
NOTED = "I have noted what happened, with the reference below."
ASK_AGAIN = "Try again. If it keeps happening, tell whoever runs this bot the reference below."

TYPE_IT_AGAIN = "Send the command again; while you type I offer what I know."


LATER = "Try again in a moment."

KEEPS_RUNNING = "Digests wait for it and are not lost."
TOO_LATE = "This took me too long."
DISCORD_REFUSED = "Discord did not take my answer."
FAILED = "Something went wrong on my side."
CHECK_MY_PERMISSIONS = "A server admin can check my permissions in this channel."


def permission(flag: str) -> str:
    """``manage_guild`` as Discord's own settings call it."""
    return "Manage Server" if flag == "manage_guild" else flag.replace("_", " ").title()
