"""Every text that a member sees, by theme. Plain functions of plain values. Pure."""

from bot.phrases import (
    alerts,
    cards,
    choices,
    commands,
    common,
    delivery,
    errors,
    menu,
    networks,
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
    "menu",
    "networks",
    "queries",
    "typed",
    "verdicts",
    "wishes",
]
