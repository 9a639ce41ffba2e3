"""Plain messages: a sentence, an error."""

from bot.cards.actions import Action
from bot.cards.build import Card, button, card, one_line, paragraph, row, text
from bot.text import escape_to

_MAX_NOTICE = 3800
_MAX_SENTENCE = 1000


def notice(words: str) -> Card:
    """Plain words, shown exactly as they are."""
    return Card(text(escape_to(words, _MAX_NOTICE) or "…"))


def error(
    what: str, now_does: str, you_can: str, reference: str = "", *, back: Action | None = None
) -> Card:
    """What happened, what the bot does now, what the reader can do; plain words each.

    ``reference`` is the number under which the log has the details; ``back`` leads to the form
    that was refused.
    """
    title, now, then = (one_line(s, _MAX_SENTENCE) for s in (what, now_does, you_can))
    small = f"Reference {one_line(reference, 60)}" if reference else ""
    lines = paragraph(f"**{title}**" if title else None, now, then, small and f"-# {small}")
    buttons = row(button("Back to the form", back)) if back else []
    return Card(card(text(lines or "…"), *buttons, rank=1))


def declined() -> Card:
    """The answer to a button of a version that is no longer understood."""
    return Card(
        text(
            "This button or form was made by an older version of me, and I can no "
            "longer tell what it "
            "meant. Ask again with the command, please."
        )
    )
