"""Every text that a member sees, by theme. Plain functions of plain values. Pure."""

from bot.phrases import (
    alerts,
    cards,
    choices,
    commands,
    common,
    delivery,
    errors,
    faults,
    listings,
    menu,
    networks,
    posts,
    queries,
    typed,
    verdicts,
    wishes,
)

__all__ = [
    "alerts",
    "cards",
    "choices",
    "commands",
    "common",
    "delivery",
    "errors",
    "faults",
    "listings",
    "menu",
    "networks",
    "posts",
    "queries",
    "typed",
    "verdicts",
    "wishes",
]
