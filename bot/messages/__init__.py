"""Every text that a member sees, by theme: the one place. Plain functions of plain values. Pure.

What is shown on Discord stands here: cards, answers, errors, forms, buttons, choices, digests,
direct messages, Discord's menu, and the words of the problems that any of these quote
(``problems``: errors and reasons are codes until they are shown). What only who
runs the bot sees stands where it is made: the log, the command line, ``hotpapers doctor``, the
problems of a configuration. Services are quoted in their own words, and dates, hours and searches
are typed in English.

What is given to these functions is safe to show already. Discord's own timestamps (``<t:...>``)
are shown to each reader in the own zone and language.

A further language of the menu is a table like ``languages.german``, named in
``bot.app.translator``.
One of the texts would be a package with modules of these names that offer the same names; the
modules below would then be chosen by the reader's locale (an interaction has it, a server too).
"""

from bot.messages import (
    alerts,
    autocomplete,
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
    "alerts",
    "autocomplete",
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
