"""Every text that a member sees stands in ``bot/phrases``; the rest of the program holds none.

Read from the source, so that a sentence is found that no test happens to bring about. What counts
as a text is a literal of two words or more, or one word beside a value with a blank between
(``f"Digest {number}"``). Not counted: docstrings; patterns (``re.compile``); what goes to the log;
what ValueError and its like say, which tell of a mistake in the program, or in ``bot/sources`` of
the field of an entry that is wrong; members of a StrEnum, which are stored.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Rooms whose texts no member sees, and why.
UNHEARD = {
    "bot/phrases": "the one place",
    "bot/__main__.py": "the command line",
    "bot/cli": "the command line",
    "bot/terminal.py": "the command line",
    "bot/history.py": "import and export, on the command line",
    "bot/moving.py": "the move file, on the command line",
    "bot/replay.py": "other settings tried out, on the command line",
    "bot/ranking.py": "rates that the settings or the command line name",
    "bot/demo": "the sample day and its terminal",
    "bot/preview": "pages for who runs the bot",
    "bot/blog": "the old blog's form",
    "bot/config": "problems of the configuration",
    "bot/log.py": "the log",
    "bot/store": "SQL; what fails there is told to members as errors.ARCHIVE_FAILED",
    "bot/text/tex": "the vocabulary of TeX",
    "bot/daily/backfill": "`hotpapers backfill` and its progress",
    "bot/sources/arxiv_snapshot.py": "the file for `hotpapers backfill`",
    "bot/app/doctor": "`hotpapers doctor`",
    "bot/app/installing.py": "`hotpapers init`",
    "bot/app/identity.py": "`hotpapers init`",
    "bot/app/refusals.py": "why the bot cannot start",
    "bot/app/machine.py": "the disk, for `hotpapers doctor` and the admin channel",
    "bot/app/metrics.py": "the figures that Prometheus reads",
    "bot/app/watching.py": "the figures that Prometheus reads",
}

TABLE = "names a row of the table in docs/delivery.md"
TYPED = "English that is typed and read back, whatever the language of the answers"
WIRE = "what a service is told, or tells"
FIELDS = "names the fields that a service left out, and is quoted like its own words"
TYPE = "a type"
# Texts outside of ``bot/phrases`` that no member sees, and why.
ALLOWED = {
    ("bot/delivery/answers.py", "no connection"): TABLE,
    ("bot/delivery/answers.py", "connection broken, time-out, unreadable answer"): TABLE,
    ("bot/delivery/answers.py", "403, 404, 429 from a proxy in front"): TABLE,
    ("bot/delivery/answers.py", "403, 404 with another code"): TABLE,
    ("bot/delivery/answers.py", "other 4xx"): TABLE,
    ("bot/dates/completing.py", "last {}"): TYPED,
    ("bot/dates/completing.py", "a {} ago"): TYPED,
    ("bot/dates/completing.py", "{} {}s ago"): TYPED,
    ("bot/dates/reading.py", "day before yesterday"): TYPED,
    ("bot/dates/reading.py", "(?:last|past|previous) (?P<unit>week|month|year)"): TYPED,
    ("bot/dates/reading.py", "(?:(?P<which>last|this|next) )?{}"): TYPED,
    (
        "bot/dates/reading.py",
        "(?P<count>[0-9]{1,6}|an?|{}) ?(?P<unit>day|week|month|year|d|w|m|y)s? ago",
    ): TYPED,
    ("bot/app/forms.py", " above {}"): TYPED,
    (
        "bot/query/folding.py",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
        "sigma tau upsilon phi chi psi omega",
    ): "Greek letters by name, to find formulas by",
    ("bot/daily/harvest.py", "harvest.empty {}"): "a key in the archive",
    ("bot/http/client.py", "hotpapers/{} (+{})"): WIRE,
    ("bot/sources/arxiv_atom.py", "Feed error"): WIRE,
    ("bot/sources/arxiv_pages.py", r"this \w+ URL"): WIRE,
    ("bot/sources/bluesky/line.py", "frame {}"): "goes to the log",
    ("bot/sources/bluesky/session.py", "Bearer {}"): WIRE,
    ("bot/sources/bluesky/wire.py", "_Embed | None"): TYPE,
    ("bot/sources/bluesky/wire.py", "likeCount or repostCount is missing"): FIELDS,
    ("bot/sources/huggingface.py", "id is not an arXiv id"): FIELDS,
    ("bot/sources/huggingface.py", "submittedOnDailyAt and publishedAt are missing"): FIELDS,
    ("bot/sources/huggingface.py", "upvotes is missing"): FIELDS,
    ("bot/sources/mastodon/wire.py", "_Entry | None"): TYPE,
    ("bot/sources/mastodon/wire.py", "content: {}"): FIELDS,
    ("bot/sources/mastodon/wire.py", "reblogs_count or favourites_count is missing"): FIELDS,
    ("bot/sources/x/client.py", "Bearer {}"): WIRE,
    (
        "bot/sources/x/query.py",
        '(url:"arxiv.org" OR url:"alphaxiv.org" OR url:"huggingface.co/papers")',
    ): WIRE,
    ("bot/sources/x/query.py", "{} (min_likes:{} OR min_reposts:{})"): WIRE,
    ("bot/sources/x/wire.py", "Not Found Error"): WIRE,
    ("bot/sources/x/wire.py", "public_metrics has no count of reposts"): FIELDS,
    ("bot/sources/x/wire.py", "usage cap"): WIRE,
    ("bot/errors.py", "Row {} of {} in the archive cannot be read: {}."): "for the operator",
    ("bot/errors.py", "'hotpapers archive check' names every such row."): "for the operator",
    ("bot/errors.py", "line {}: {}"): "where a post of the old blog breaks its form",
}

WORD = re.compile(r"[^\W\d_]{2,}")
MISTAKES = {"AssertionError", "LookupError", "RuntimeError", "TypeError", "ValueError"}


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of each literal that is one of those above; ``{}`` stands for a value."""
    aside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            aside.update(node.values)
        elif _is_no_text(node):
            aside.update(ast.walk(node))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and node not in aside:
            text = "".join(_piece(each) for each in node.values)
            if WORD.search(text) and re.search(r"\s", text):
                yield node.lineno, text
        elif isinstance(node, ast.Constant) and node not in aside:
            text = node.value if isinstance(node.value, str) else ""
            if len(WORD.findall(text)) > 1 and re.search(r"\s", text):
                yield node.lineno, text


def _piece(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "{}"


def _is_no_text(node: ast.AST) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()):  # a docstring, also of a constant
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re" | "regex"), attr="compile")):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="logger"))):
            return True
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name))):
            return name in MISTAKES
        case ast.ClassDef(bases=[*_, ast.Name(id=base)]):
            return base == "StrEnum"
    return False


def found_in(file: Path) -> set[tuple[str, str]]:
    name = file.relative_to(ROOT).as_posix()
    tree = ast.parse(file.read_text("utf-8"))
    return {(name, " ".join(text.split()) if "\n" in text else text) for _, text in literals(tree)}


def heard() -> list[Path]:
    files = [*(ROOT / "cogs").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]
    unheard = [ROOT / each for each in UNHEARD]
    return [each for each in files if not {each, *each.parents} & set(unheard)]


def test_members_texts_stand_in_one_place() -> None:
    found = set().union(*map(found_in, heard()))
    assert sorted(found - ALLOWED.keys()) == [], "put these into bot/phrases"
    assert sorted(ALLOWED.keys() - found) == [], "these exceptions are needed no more"


def test_every_room_that_is_left_out_is_there() -> None:
    assert [each for each in UNHEARD if not (ROOT / each).exists()] == []


@pytest.mark.parametrize(
    ("source", "texts"),
    [
        ('def say(): return "No paper was found."', ["No paper was found."]),
        ('def say(n): return f"Digest {n}"', ["Digest {}"]),
        ('def say(n):\n    """What it says."""\n    return "score"', []),
        ('TITLE = (\n    "Hot "\n    "papers"\n)', ["Hot papers"]),
        ('log.event(logger, logging.INFO, "slot.posted", rule=1)', []),
        ('raise InputError("Give one.")', ["Give one."]),
        ('raise ValueError(f"not a number: {text}")', []),
        ('WORDS = re.compile("last (week|month)")', []),
        ('class Ending(StrEnum):\n    NOTHING = "no listing"', []),
        ('{"key": 1, "other-key": f"{a}/{b}", "at": f"{a:%H:%M} {b}"}', []),
    ],
)
def test_what_counts_as_a_text(source: str, texts: list[str]) -> None:
    assert [text for _, text in literals(ast.parse(source))] == texts
