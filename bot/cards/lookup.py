"""What a member sees while arXiv is asked for papers that no harvest brought."""

from collections.abc import Sequence

from bot.cards.actions import PaperCard
from bot.cards.build import Card, button, one_line, paragraph, row, text
from bot.messages.common import counted, listed
from bot.messages.problems import render
from bot.problems import Problem

_REASON = 200


def looking_up(arxiv_ids: Sequence[str], seconds: float, problem: Problem | None = None) -> Card:
    """At most five papers. ``seconds`` is how long it will take, about; ``problem`` what kept
    arXiv from answering the last time."""
    minutes = round(seconds / 60)
    soon = f"about {counted(minutes, 'minute')}" if minutes else "a few seconds"
    papers = listed([f"[{it}](https://arxiv.org/abs/{it})" for it in arxiv_ids])
    said = f"Not in the archive: {papers}. I am asking arXiv, which takes {soon}."
    away = None
    if problem is not None:
        away = (
            f"arXiv did not answer the last time: {one_line(render(problem), _REASON)}. "
            "I go on asking."
        )
    return Card(
        text(
            paragraph(
                said,
                away,
                "-# It appears here within a quarter of an hour. What takes longer, or comes while "
                "I restart, the button shows.",
            )
        ),
        *row(*(button(f"Show {it}", PaperCard(it)) for it in arxiv_ids)),
    )
