"""Markdown -> a post, or the line at which it breaks the format."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import NoReturn, TypeVar

from bot.arxiv import ids
from bot.blog import embeds
from bot.blog.lines import (
    COUNTS,
    COUNTS_START,
    HEADING,
    LINKS,
    read_categories,
    read_counts,
    read_time,
)
from bot.blog.values import BlogPaper, BlogPost, Embed
from bot.errors import BlogFormatError, InputError
from bot.problems import Code, Problem

T = TypeVar("T")

_FENCE = "---"
_DAY_IN_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\b")
_TITLE = re.compile(r"title: (['\"]?)Hot Papers (.*)\1")
_DATE = re.compile(r"date: (['\"]?)(.*?)(?:\.\d*)?Z?\1")
_END = "\n\n\n\n"


def parse(text: str | bytes, name: str) -> BlogPost:
    """Read one post; ``name`` is its file's name or path.

    Takes UTF-8 with or without a byte-order mark and either kind of line end. Raises
    BlogFormatError with the line.
    """
    plain = _with_plain_line_ends(_decoded(text).removeprefix("\ufeff"))
    reader = _Reader(plain.split("\n"))
    front, day, dated = _front(reader)
    _check_name(reader, name, day)
    papers: list[BlogPaper] = []
    while reader.skip_blank_lines():
        papers.append(_paper(reader, len(papers) + 1))
    if not plain.endswith(_END if papers else "\n"):
        reader.fail(Problem(Code.BLOG_POST_CUT_OFF))
    return BlogPost(day=day, dated=dated, front=front, papers=tuple(papers))


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        raise BlogFormatError(Problem(Code.BLOG_NOT_UTF8), line) from None


def _with_plain_line_ends(text: str) -> str:
    """Where some lines alone end in Windows' way, these ends belong to the text and stay."""
    windows = text.count("\r\n") == text.count("\n")
    return text.replace("\r\n", "\n") if windows else text


class _Reader:
    """The lines with a place among them. Lines end at a line feed only, as texts hold others."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0

    @property
    def line(self) -> str | None:
        return self.lines[self.at] if self.at < len(self.lines) else None

    def skip_blank_lines(self) -> bool:
        """True when a line with text follows."""
        while self.line is not None and not self.line.strip():
            self.at += 1
        return self.line is not None

    def take_until(self, stop: Callable[[str], bool]) -> str:
        """The lines before the first at which ``stop`` says so, without blank ones around."""
        start = self.at
        while self.line is not None and not stop(self.line):
            self.at += 1
        return "\n".join(self.lines[start : self.at]).strip("\n")

    def fail(self, problem: Problem, at: int | None = None) -> NoReturn:
        place = self.at if at is None else at
        raise BlogFormatError(problem, min(place, len(self.lines) - 1) + 1)

    def checked(self, read: Callable[[str], T], text: str, at: int | None = None) -> T:
        """``read(text)``; what it complains about is told with the line, by default this one."""
        try:
            return read(text)
        except InputError as error:
            self.fail(error.problem, at)


def _front(reader: _Reader) -> tuple[str, date, datetime]:
    """The front matter, the listing day in its title, and its date."""
    if reader.line != _FENCE:
        reader.fail(Problem(Code.BLOG_WITHOUT_FRONT_MATTER))
    if _FENCE not in reader.lines[1:]:
        reader.fail(Problem(Code.BLOG_ENDLESS_FRONT_MATTER))
    end = reader.lines.index(_FENCE, 1)
    title = _find(reader, _TITLE, end, "title: Hot Papers 2021-03-30")
    day = reader.checked(_day, title)
    dated = reader.checked(_dated, _find(reader, _DATE, end, "date: 2021-03-31T10:26:50.Z"))
    reader.at = end + 1
    return "\n".join(reader.lines[: end + 1]) + "\n", day, dated


def _find(reader: _Reader, shape: re.Pattern[str], end: int, example: str) -> str:
    """What ``shape`` holds, in the front matter; the reader is left at its line."""
    matches = ((at, shape.fullmatch(reader.lines[at])) for at in range(1, end))
    at, found = next(filter(lambda match: match[1], matches), (end, None))
    reader.at = at
    if found is None:
        reader.fail(Problem(Code.BLOG_INCOMPLETE_FRONT_MATTER, example=example))
    return found[2]


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise InputError(Problem(Code.BLOG_TITLE_WITHOUT_DATE, text=text)) from None


def _dated(text: str) -> datetime:
    """Any ISO 8601 time, since the line is kept as it is; UTC where it names no zone."""
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        problem = Problem(Code.BLOG_NO_TIME, text=text, example="2021-03-31T10:26:50")
        raise InputError(problem) from None


def _check_name(reader: _Reader, name: str, day: date) -> None:
    named = _DAY_IN_NAME.match(PurePath(name).name)
    if named and named[1] != day.isoformat():
        reader.fail(Problem(Code.BLOG_OTHER_DAY_IN_NAME, named=named[1], day=day), 1)


def _paper(reader: _Reader, rank: int) -> BlogPaper:
    title = _heading(reader, rank)
    authors = reader.take_until(lambda line: bool(COUNTS_START.match(line) or _begins(line)))
    if reader.line is None or not COUNTS_START.match(reader.line):
        reader.fail(Problem(Code.BLOG_COUNTS_EXPECTED, rank=rank))
    counts = COUNTS.fullmatch(reader.line)
    if counts is None:
        reader.fail(Problem(Code.BLOG_COUNTS_WITHOUT_TIME))
    found_counts = reader.checked(read_counts, counts[1])
    counted_at = reader.checked(read_time, counts[2])
    reader.at += 1
    arxiv_id, links = _links(reader)
    reader.skip_blank_lines()
    categories = reader.checked(read_categories, reader.line or "")
    reader.at += 1
    return BlogPaper(
        rank=rank,
        arxiv_id=arxiv_id,
        title=title,
        authors=authors,
        counts=found_counts,
        counted_at=counted_at,
        links=links,
        categories=categories,
        abstract=_abstract(reader),
        embeds=_embeds(reader),
    )


def _heading(reader: _Reader, rank: int) -> str:
    heading = HEADING.fullmatch(reader.line or "")
    if heading is None:
        reader.fail(Problem(Code.BLOG_PAPER_EXPECTED, rank=rank))
    if int(heading[1]) != rank:
        reader.fail(Problem(Code.BLOG_OTHER_PLACE, number=heading[1], rank=rank))
    reader.at += 1
    return heading[2]


def _begins(line: str) -> bool:
    """Whether a paper or one of its lines after the counts begins here."""
    return bool(HEADING.fullmatch(line)) or line.startswith(("- links:", embeds.START))


def _links(reader: _Reader) -> tuple[str, tuple[str, str]]:
    reader.skip_blank_lines()
    found = LINKS.fullmatch(reader.line or "")
    if found is None:
        reader.fail(Problem(Code.BLOG_LINKS_EXPECTED))
    arxiv_id = reader.checked(ids.normalise, found[1])
    if reader.checked(ids.normalise, found[2]) != arxiv_id:
        reader.fail(Problem(Code.BLOG_LINKS_OF_TWO_PAPERS))
    reader.at += 1
    return arxiv_id, (found[1], found[2])


def _abstract(reader: _Reader) -> str:
    """Up to the first embedded post or the next paper; empty where one follows at once."""
    blank = True

    def ends(line: str) -> bool:
        nonlocal blank
        after_blank, blank = blank, not line.strip()
        return line.startswith(embeds.START) or bool(after_blank and HEADING.fullmatch(line))

    reader.skip_blank_lines()
    return reader.take_until(ends)


def _embeds(reader: _Reader) -> tuple[Embed, ...]:
    found = []
    while reader.skip_blank_lines() and (reader.line or "").startswith(embeds.START):
        start = reader.at
        quote = reader.take_until(lambda line: line.endswith(embeds.END) or not line.strip())
        if not (reader.line or "").endswith(embeds.END):
            reader.fail(Problem(Code.BLOG_EMBED_CUT_OFF), start)
        reader.at += 1
        if embeds.needs_script(quote or reader.lines[start]):
            after = reader.at
            reader.skip_blank_lines()  # which are part of the markup then
            if not re.fullmatch(r"<script .*</script>", reader.line or ""):
                reader.fail(Problem(Code.BLOG_EMBED_WITHOUT_SCRIPT), after)
            reader.at += 1
        markup = "\n".join(reader.lines[start : reader.at])
        found.append(reader.checked(embeds.read_embed, markup, start))
    return tuple(found)
