"""What can be looked for in the archive: search."""

from typing import Any

import click
from rich.markup import escape

from bot import queries
from bot import search as query
from bot.arxiv import ids
from bot.cli.context import Context, Typed, json_option, pass_context, print_json, run
from bot.config import Config
from bot.errors import HotpapersError, InputError, QueryError
from bot.messages import cards, common, networks
from bot.messages.problems import words_of
from bot.messages.search_errors import EXAMPLES, reason
from bot.models import Era
from bot.output import json, terminal
from bot.queries import FoundPaper, SearchResult
from bot.search import Snippet
from bot.search.parsing import MAX_LENGTH
from bot.store import Archive


# A query may begin with a dash (-survey), so this command has no short options.
@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]})
@click.argument("words", nargs=-1, type=Typed(), required=True, metavar="QUERY")
@click.option(
    "--top", type=click.IntRange(1, 100), default=10, show_default=True, help="At most so many."
)
@json_option
@pass_context
def search(context: Context, words: tuple[str, ...], top: int, as_json: bool) -> None:
    """Papers in the archive that say something.

    Words and "phrases" in title, abstract and authors; author:chen, title:word, cat:cs.CL,
    before:, after: and on: a day, month or year; -word leaves out. An id or a link is that paper.
    """
    found = run(_search(context, " ".join(words), top))
    if as_json:
        print_json(_document(found))
    else:
        _show(found)
    if found.query.arxiv_ids and not found.papers:
        raise HotpapersError(f"{', '.join(found.query.arxiv_ids)} is not in the archive.")


async def _search(context: Context, typed: str, top: int) -> SearchResult:
    config: Config = context.config
    try:
        wanted = query.parse(typed, context.clock.now().date())
    except QueryError as error:
        raise InputError(explain(error)) from error
    async with await Archive.open(config.archive, create=False) as archive:
        return await queries.search(archive, config.settings, wanted, top=top)


def explain(error: QueryError) -> str:
    """What is wrong, where, and how it would be right; a caret points in a fixed-width font."""
    lines = [words_of(error)]
    if error.query.strip() and len(error.query) <= MAX_LENGTH:
        lines += [f"  {error.query.replace(chr(10), ' ')}", f"  {' ' * error.position}^"]
    if EXAMPLES not in lines[0]:
        lines.append(f"Examples: {EXAMPLES}")
    return "\n".join(lines)


def _document(found: SearchResult) -> dict[str, Any]:
    return {
        "query": found.query.text,
        "matches": found.matches,
        "more": found.more,
        "did_you_mean": found.meant,
        "papers": [
            {
                **json.ranked_paper(paper.ranked, printed=paper.era is not Era.HOTPAPERS),
                "era": paper.era,
                "snippet": paper.hit.snippet.text,
                "snippet_marks": [list(mark) for mark in paper.hit.snippet.marks],
                "relevance": {
                    "total": round(paper.hit.relevance, 4),
                    "text": round(paper.hit.text_part, 4),
                    "attention": round(paper.hit.attention_part, 4),
                    "score": json.number(paper.hit.attention),
                    "reasons": [reason(*each) for each in paper.hit.reasons],
                },
            }
            for paper in found.papers
        ],
    }


def _show(found: SearchResult) -> None:
    out = terminal.console()
    count = "more than " * found.more + common.counted(found.matches, "paper")
    out.print(f"[bold]{count}[/bold] for {escape(found.query.text)}")
    if found.meant:
        out.print(f"Did you mean {escape(found.meant)}?")
    for paper in found.papers:
        out.print()
        _show_paper(paper)


def _show_paper(found: FoundPaper) -> None:
    out, paper, hit = terminal.console(), found.ranked.paper, found.hit
    rank = f"[bold]{found.ranked.rank:>3}. [/bold]"
    terminal.hung(rank, f"[bold]{escape(paper.title)}[/bold]", out)
    terminal.indented(escape(common.authors(paper.authors)), out)
    counts = [
        networks.parts(found.ranked.parts),
        f"score {common.points(found.ranked.score)}",
        cards.era(found.era) or "",
    ]
    terminal.indented(escape(" · ".join(filter(None, counts))), out, style="yellow")
    listed = "" if hit.day is None else f" · listed {hit.day}"
    about = f"{ids.abs_url(paper.arxiv_id)} · {', '.join(paper.categories)}{listed}"
    terminal.indented(escape(about), out, style="bright_black")
    terminal.indented(_marked(hit.snippet), out)
    why = ", ".join(reason(*each) for each in hit.reasons)
    said = f"text {hit.text_part:.2f} ({why}) + " if why else ""
    parts = f"{said}attention {hit.attention_part:.2f}"
    terminal.indented(escape(f"Why here: {parts}"), out, style="bright_black")


def _marked(snippet: Snippet) -> str:
    """What was sought is bold."""
    said, shown = "", 0
    for start, end in snippet.marks:
        before, found = snippet.text[shown:start], snippet.text[start:end]
        said += f"{escape(before)}[bold]{escape(found)}[/bold]"
        shown = end
    return said + escape(snippet.text[shown:])


COMMANDS = (search,)
