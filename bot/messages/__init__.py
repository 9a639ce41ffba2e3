"""The texts that several members' answers share, and the formatters for numbers, dates and lists.

A text that is used once stands where it is used, as a whole sentence with named placeholders. Here
is what several show, Discord's menu, and the words of every problem (``problems``: errors and
reasons are codes until they are shown). What only who runs the bot sees stands where it is made:
the log, the command line, ``hotpapers doctor``. Services are quoted in their own words.

What is given to these functions is safe to show already. Discord's own timestamps (``<t:...>``)
are shown to each reader in the own zone and language. Texts marked with ``translation.N_`` have
others in ``locale``. Pure.
"""

from bot.messages import (
    cards,
    commands,
    common,
    errors,
    exclusion_reasons,
    input_errors,
    menu,
    networks,
    search_errors,
    subscriptions,
)

__all__ = [
    "cards",
    "commands",
    "common",
    "errors",
    "exclusion_reasons",
    "input_errors",
    "menu",
    "networks",
    "search_errors",
    "subscriptions",
]
