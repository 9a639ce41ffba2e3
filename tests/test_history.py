"""The old blog's days go in, are answered as printed, and come out byte for byte."""

import asyncio
import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from bot import blog, reading
from bot.cli import history, searching
from bot.cli import reading as reading_commands
from bot.cli.context import Context
from bot.config import Settings
from bot.history import Format
from bot.models import Era, Network, Period, RankedPaper, ScorePart
from bot.store import Archive, blogs, days, papers, posts, standings
from tests.beside import SHARED, needs
from tests.blog_posts import blog_post
from tests.make import NOW, listed, post

SEED = SHARED / "seed"
BEFORE, AFTER = date(2020, 9, 16), date(2020, 9, 17)
ROWS = [
    ("2009.07118", "It's  Not Just Size That $x$ Matters", 300, 120),
    ("2009.00001", "An Invented Study", 40, 60),
    ("hep-th/9901001", "An Old One", 30, 40),
]
COMMANDS = {
    command.name: command
    for command in (*history.COMMANDS, *reading_commands.COMMANDS, *searching.COMMANDS)
}

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a command on an archive of its own."""
    config = tmp_path / "config.toml"
    config.write_text('[archive]\npath = "a.db"\n')

    def invoke(name: str, *args: object) -> Result:
        command = COMMANDS[name]
        assert isinstance(command, click.Command)
        return CliRunner().invoke(command, [str(a) for a in args], obj=Context(config))

    return invoke


def put(folder: Path, day: date, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{day}---Hot-Papers.md"
    path.write_bytes(text.encode())
    return path


def hot(run: Run, day: date, *args: str) -> dict[str, object]:
    result = run("hot", "--date", day, "--json", *args)
    assert result.exit_code == 0, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def titles(found: dict[str, object]) -> list[str]:
    entries = found["papers"]
    assert isinstance(entries, list)
    return [entry["title"] for entry in entries]


# --- in -----------------------------------------------------------------------------------------


def test_a_post_is_answered_as_it_was_printed(run: Run, tmp_path: Path) -> None:
    result = run("import", put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS)))
    assert result.stdout == "1 day imported with 3 papers.\n"
    found = hot(run, AFTER)
    assert found["era"] == "blog-reposts-added"
    assert found["counted_at"] == "2020-09-18T09:30:05Z"
    assert found["sources"] == {"x": "ok"}
    (first, *_) = papers_of(found)
    assert first == {
        "rank": 1,
        "arxiv_id": "2009.07118",
        "title": "It's  Not Just Size That $x$ Matters",
        "authors": ["Ada Muster", "Bo Beispiel, Jr.", "Çem Örnek"],
        "categories": ["cs.CL"],
        "listed_on": "2020-09-17",
        "score": 420,
        "authors_count": 0,
        "counts": {"x": {"reposts": 300, "likes": 120}},
        "posts": [
            {
                "source": "x",
                "id": "1376707154522955701",
                "url": "https://twitter.com/ada_muster/status/1376707154522955701",
                "author": "ada_muster",
                "reposts": None,
                "likes": None,
            }
        ],
    }
    assert [entry["arxiv_id"] for entry in papers_of(found)] == [row[0] for row in ROWS]


def papers_of(found: dict[str, object]) -> list[dict[str, Any]]:
    entries = found["papers"]
    assert isinstance(entries, list)
    return entries


def test_the_era_is_right_on_both_sides_of_the_break(run: Run, tmp_path: Path) -> None:
    for day in (BEFORE, AFTER):
        put(tmp_path / "blog", day, blog_post(day, ROWS))
    run("import", tmp_path / "blog")
    assert hot(run, BEFORE)["era"] == "blog-original-posts"
    assert hot(run, AFTER)["era"] == "blog-reposts-added"


def test_a_period_shows_one_era_and_says_what_is_not_in_it(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "blog", BEFORE, blog_post(BEFORE, ROWS[:1]))
    put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS[1:]))
    run("import", tmp_path / "blog")
    week = hot(run, AFTER, "--period", "week")
    assert (week["era"], week["left_out"]) == ("blog-reposts-added", {"blog-original-posts": 1})
    assert titles(week) == ["An Invented Study", "An Old One"]
    assert titles(hot(run, BEFORE, "--period", "week")) == [ROWS[0][1]]
    assert "Not in here: 1 day" in run("hot", "--date", AFTER, "--period", "week").stdout


def test_a_category_and_a_number_narrow_a_printed_day(run: Run, tmp_path: Path) -> None:
    text = blog_post(AFTER, ROWS, categories=("cs.SY", "cs.LG"))
    run("import", put(tmp_path, AFTER, text))
    assert titles(hot(run, AFTER, "--category", "eess.SY", "--top", "1")) == [ROWS[0][1]]
    assert titles(hot(run, AFTER, "--category", "cs.CL")) == []


def test_importing_again_changes_nothing(run: Run, tmp_path: Path) -> None:
    path = put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS))
    run("import", path)
    before = hot(run, AFTER)
    result = run("import", tmp_path / "blog", path)
    assert result.stdout == "0 days imported with 0 papers; 1 there already.\n"
    assert (result.exit_code, hot(run, AFTER)) == (0, before)


def test_an_edited_post_replaces_its_day(run: Run, tmp_path: Path) -> None:
    run("import", put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS)))
    result = run("import", put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS[1:])))
    assert "1 replaced" in result.stdout
    assert titles(hot(run, AFTER)) == ["An Invented Study", "An Old One"]
    assert "2009.07118 was not listed" in str(run("why", "2009.07118", "--date", AFTER).exception)


BREAKS: dict[str, tuple[Callable[[str], str], str]] = {
    "truncated": (lambda text: text[:-400], "line 52: here the line of categories"),
    "wrong rank": (lambda text: text.replace("# 2.", "# 3."), "line 28: this is paper 3"),
    "negative": (lambda text: text.replace(": 300", ": -300"), "line 15: a count is negative"),
    "no links": (
        lambda text: re.sub(r"- links: .*\n", "", text, count=1),
        "line 17: here the line",
    ),
    "no front": (lambda text: text.partition("---\n\n")[2], "line 1: a post begins"),
}


@pytest.mark.parametrize("how", BREAKS)
def test_a_broken_post_is_refused_whole_and_the_others_go_in(
    run: Run, tmp_path: Path, how: str
) -> None:
    broken, said = BREAKS[how]
    path = put(tmp_path / "blog", BEFORE, broken(blog_post(BEFORE, ROWS)))
    put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS))
    result = run("import", tmp_path / "blog")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{path}: {said}")
    assert result.stdout == "1 day imported with 3 papers; 1 refused.\n"
    assert "not in the archive" in str(run("hot", "--date", BEFORE).exception)


def test_windows_files_are_read(run: Run, tmp_path: Path) -> None:
    text = blog_post(AFTER, ROWS)
    path = tmp_path / "post.md"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert run("import", path).exit_code == 0
    assert run("export", "--date", AFTER, "--format", "markdown").stdout == text


def test_a_folder_is_searched_for_posts_and_the_rest_left_alone(run: Run, tmp_path: Path) -> None:
    put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS))
    inner = tmp_path / "blog" / "2020"
    inner.mkdir()
    (inner / "renamed.md").write_text(blog_post(BEFORE, ROWS))
    (tmp_path / "blog" / "README.md").write_text("# About this blog\n")
    result = run("import", tmp_path / "blog")
    assert result.stdout == "2 days imported with 6 papers; 1 other file left alone.\n"


def test_a_folder_without_posts_is_a_failure_that_says_why(run: Run, tmp_path: Path) -> None:
    result = run("import", tmp_path)
    assert (result.exit_code, result.stderr) == (1, "No post of the old blog is there.\n")


def test_two_different_posts_of_one_day_are_not_both_taken(run: Run, tmp_path: Path) -> None:
    first = put(tmp_path / "a", AFTER, blog_post(AFTER, ROWS))
    second = put(tmp_path / "b", AFTER, blog_post(AFTER, ROWS[:1]))
    result = run("import", first, second)
    assert result.exit_code == 1
    assert result.stderr.startswith(f"{second}: 2020-09-17 has just come from {first}")
    assert len(titles(hot(run, AFTER))) == 3


def test_odd_characters_and_a_paper_printed_twice_come_out_as_they_came(
    run: Run, tmp_path: Path
) -> None:
    odd = "A \x00 \u202e\x1b[31m 🎉 &amp; <b>title</b>"
    rows = [("2009.07118", odd, 999_999_999_999, 1), ("2009.07118", "The Same Again", 1, 2)]
    text = blog_post(AFTER, rows)
    run("import", put(tmp_path, AFTER, text))
    out = run("export", "--date", AFTER, "--format", "markdown")
    assert out.stdout_bytes == text.encode()
    assert titles(hot(run, AFTER)) == [odd]
    assert json.loads(run("search", "title", "--json").stdout)["matches"] == 1


def test_an_empty_day_stays_empty(run: Run, tmp_path: Path) -> None:
    run("import", put(tmp_path, AFTER, blog_post(AFTER)))
    assert titles(hot(run, AFTER)) == []
    assert run("export", "--date", AFTER, "--format", "markdown").stdout == blog_post(AFTER)


def test_imported_papers_are_found_and_explained_as_printed(run: Run, tmp_path: Path) -> None:
    run("import", put(tmp_path, AFTER, blog_post(AFTER, ROWS)))
    found = json.loads(run("search", "author:muster ornek size", "--json").stdout)
    assert [paper["arxiv_id"] for paper in found["papers"]] == ["2009.07118"]
    assert (found["papers"][0]["score"], found["papers"][0]["era"]) == (420, "blog-reposts-added")
    assert [post["likes"] for post in found["papers"][0]["posts"]] == [None]
    why = json.loads(run("why", "2009.07118", "--json").stdout)
    assert (why["era"], why["score"]) == ("blog-reposts-added", 420)
    assert sum(part["points"] for part in why["parts"]) == 420
    assert "score 420" in run("paper", "https://arxiv.org/abs/2009.07118").stdout


# --- beside our own days ------------------------------------------------------------------------


SETTINGS = Settings()


def noticed(arxiv_id: str, score: float) -> RankedPaper:
    part = ScorePart(
        network=Network.BLUESKY, reposts=0, likes=int(score), rate=1, points=score, posts=1,
        people=1,
    )  # fmt: skip
    return RankedPaper(
        rank=0, paper=listed(arxiv_id).paper, score=score, parts=(part,), people=1, posts=()
    )


async def own_day(archive: Archive, day: date, *arxiv_ids: str) -> None:
    await archive.write(days.open_day, day)
    await archive.write(papers.save, [listed(i, day=day) for i in arxiv_ids], now=NOW)
    await archive.write(standings.save, day, [noticed(i, 80) for i in arxiv_ids])


async def import_text(archive: Archive, text: str) -> None:
    await archive.write(blogs.save, blog.parse(text, "post.md"), now=NOW)


async def test_our_own_counts_stay_and_the_post_is_kept_beside(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await own_day(archive, AFTER, "2009.09999")
        await import_text(archive, blog_post(AFTER, ROWS))
        own = await reading.ranking(archive, SETTINGS, day=AFTER)
        assert own is not None
        assert (own.era, [p.paper.arxiv_id for p in own.papers]) == (
            Era.HOTPAPERS,
            ["2009.09999"],
        )
        era = Era.BLOG_REPOSTS_ADDED
        printed = await reading.ranking(archive, SETTINGS, day=AFTER, era=era)
        assert printed is not None
        assert len(printed.papers) == 3
        post = await reading.blog_post(archive, SETTINGS, AFTER, era=era)
        assert post is not None
        assert len(post.papers) == 3


async def test_a_week_with_our_own_days_leaves_the_blogs_out(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await import_text(archive, blog_post(AFTER, ROWS))
        await own_day(archive, AFTER + timedelta(1), "2009.09999")
        week = await reading.ranking(archive, SETTINGS, day=AFTER, period=Period.WEEK)
        assert week is not None
        assert (week.era, week.left_out) == (Era.HOTPAPERS, ((Era.BLOG_REPOSTS_ADDED, 1),))
        assert [p.paper.arxiv_id for p in week.papers] == ["2009.09999"]
        blog_week = await reading.ranking(
            archive, SETTINGS, day=AFTER, period=Period.WEEK, era=Era.BLOG_REPOSTS_ADDED
        )
        assert blog_week is not None
        assert blog_week.left_out == ((Era.HOTPAPERS, 1),)
        assert await reading.newest_day(archive) == AFTER + timedelta(1)


async def test_a_day_that_was_only_harvested_takes_the_blogs_counts(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await archive.write(days.open_day, AFTER)
        await archive.write(papers.save, [listed("2009.07118", day=AFTER, version=2)], now=NOW)
        await archive.write(days.close, AFTER, now=NOW, late=True)
        await import_text(archive, blog_post(AFTER, ROWS))
        found = await reading.ranking(archive, SETTINGS, day=AFTER)
        assert found is not None
        assert found.era is Era.BLOG_REPOSTS_ADDED
        counted = await reading.counted(archive, SETTINGS, [AFTER])
        assert counted[AFTER][1] == 3
        known = await archive.read(papers.get, "2009.07118")
        assert known is not None
        assert known.title == "An Invented Study of 2009.07118"  # arXiv's own stays


async def test_what_arxiv_printed_replaces_the_blogs_day(tmp_path: Path) -> None:
    async with await Archive.open(tmp_path / "a.db") as archive:
        await import_text(archive, blog_post(AFTER, ROWS))
        better = listed("2009.07118", day=BEFORE, title="A Better Title")
        await archive.write(papers.save, [better], now=NOW)
        assert [day for day, _ in await archive.read(papers.days_of, "2009.07118")] == [BEFORE]
        found = await archive.read(papers.get, "2009.07118")
        assert found is not None
        assert found.title == "A Better Title"
        day = await reading.ranking(archive, SETTINGS, day=AFTER)
        assert day is not None
        assert len(day.papers) == 3


# --- out ----------------------------------------------------------------------------------------


def test_a_range_comes_out_as_a_folder_byte_for_byte(run: Run, tmp_path: Path) -> None:
    texts = {day: blog_post(day, ROWS) for day in (BEFORE, AFTER, date(2020, 12, 7))}
    for day, text in texts.items():
        put(tmp_path / "blog", day, text)
    run("import", tmp_path / "blog")
    span = ("--from", BEFORE, "--to", AFTER)
    out = tmp_path / "new" / "folder"
    assert run("export", *span, "--format", "markdown", "-o", out).exit_code == 0
    assert {path.name: path.read_text() for path in out.iterdir()} == {
        f"{day}---Hot-Papers.md": texts[day] for day in (BEFORE, AFTER)
    }


def test_our_own_day_comes_out_in_the_blogs_form_and_goes_in_again(
    run: Run, tmp_path: Path
) -> None:
    async def build() -> None:
        async with await Archive.open(tmp_path / "a.db") as archive:
            await own_day(archive, AFTER, "2009.09999")
            small = post("1", "2009.09999", network=Network.BLUESKY, reposts=0, likes=3)
            await archive.write(posts.save, [small])

    asyncio.run(build())
    text = run("export", "--date", AFTER, "--format", "markdown").stdout
    assert "- Bluesky: 0 reposts, 80 likes (" in text
    assert "bluesky-embed" not in text  # too small to be shown
    config = tmp_path / "other.toml"
    config.write_text('[archive]\npath = "other.db"\n')
    file = put(tmp_path / "blog", AFTER, text)
    for command, args in ((COMMANDS["import"], [str(file)]), (COMMANDS["export"], None)):
        assert command is not None
        given = args or ["--date", str(AFTER), "--format", "markdown"]
        result = CliRunner().invoke(command, given, obj=Context(config))
        assert result.exit_code == 0, result.output
    assert result.stdout == text
    shown = CliRunner().invoke(
        COMMANDS["hot"], ["--date", str(AFTER), "--json"], obj=Context(config)
    )
    found = json.loads(shown.stdout)
    assert (found["era"], found["papers"][0]["score"]) == ("hotpapers", 160)  # 80 likes × rate 2


def test_json_is_what_hot_prints(run: Run, tmp_path: Path) -> None:
    for day in (BEFORE, AFTER):
        put(tmp_path / "blog", day, blog_post(day, ROWS))
    run("import", tmp_path / "blog")
    assert json.loads(run("export", "--date", AFTER, "--format", "json").stdout) == hot(run, AFTER)
    both = json.loads(run("export", "--from", BEFORE, "--to", AFTER, "--format", "json").stdout)
    assert [day["date"] for day in both["days"]] == [str(BEFORE), str(AFTER)]


def test_csv_has_a_row_for_each_paper_of_each_day(run: Run, tmp_path: Path) -> None:
    run("import", put(tmp_path, AFTER, blog_post(AFTER, ROWS)))
    out = tmp_path / "papers.csv"
    run("export", "--date", AFTER, "--format", "csv", "-o", out)
    rows = list(csv.DictReader(io.StringIO(out.read_text())))
    assert [row["arxiv_id"] for row in rows] == [row[0] for row in ROWS]
    assert (rows[0]["x_reposts"], rows[0]["score"], rows[0]["bluesky_likes"]) == ("300", "420", "")
    assert rows[0]["authors"] == "Ada Muster; Bo Beispiel, Jr.; Çem Örnek"


def test_bibtex_names_each_paper_once_with_a_lasting_key(run: Run, tmp_path: Path) -> None:
    for day in (BEFORE, AFTER):
        put(tmp_path / "blog", day, blog_post(day, ROWS))
    run("import", tmp_path / "blog")
    text = run("export", "--from", BEFORE, "--to", AFTER, "--format", "bibtex").stdout
    keys = re.findall(r"@misc\{(.*),", text)
    assert keys == ["arXiv:2009.07118", "arXiv:2009.00001", "arXiv:hep-th/9901001"]
    assert "eprint        = {hep-th/9901001}," in text
    assert "archivePrefix = {arXiv}," in text
    assert "primaryClass  = {cs.CL}," in text
    assert "author        = {Ada Muster and Beispiel, Jr., Bo and Çem Örnek}," in text
    assert "year          = {1999}," in text


@pytest.mark.parametrize(
    "args",
    [
        ("--format", "csv"),
        ("--date", "2020-09-17", "--from", "2020-09-17", "--format", "csv"),
        ("--from", "2020-09-17", "--format", "csv"),
        ("--from", "2020-09-18", "--to", "2020-09-17", "--format", "csv"),
        ("--date", "2020-09-17"),
    ],
)
def test_wrong_usage_of_export_is_said(run: Run, args: tuple[str, ...]) -> None:
    assert run("export", *args).exit_code == 2


def test_a_day_that_is_missing_cannot_be_exported_and_its_mend_is_said(
    run: Run, tmp_path: Path
) -> None:
    run("import", put(tmp_path, AFTER, blog_post(AFTER, ROWS)))
    missing = run("export", "--date", "2020-01-07", "--format", "csv")
    assert "2020-01-07 is not in the archive" in str(missing.exception)
    assert "hotpapers backfill" in str(missing.exception)
    span = run("export", "--from", "2020-01-07", "--to", "2020-01-08", "--format", "csv")
    assert "no day from 2020-01-07 to 2020-01-08" in str(span.exception)


@pytest.mark.parametrize("form", [*Format])
def test_a_day_without_listing_says_why(run: Run, tmp_path: Path, form: Format) -> None:
    run("import", put(tmp_path, AFTER, blog_post(AFTER, ROWS)))
    result = run("export", "--date", "2020-09-19", "--format", form)
    assert result.exit_code == 0
    assert "no listing on 2020-09-19" in result.stderr
    assert "Nothing is written" in result.stderr
    if form is Format.JSON:
        assert json.loads(result.stdout) == hot(run, date(2020, 9, 19))
    else:
        assert result.stdout == ""


@pytest.mark.parametrize("form", [*Format])
def test_what_was_exported_is_said_where_it_is_in_nobodys_way(
    run: Run, tmp_path: Path, form: Format
) -> None:
    run("import", put(tmp_path, AFTER, blog_post(AFTER, ROWS)))
    result = run("export", "--date", AFTER, "--format", form)
    assert result.stderr == "3 papers of 2020-09-17.\n"
    file = tmp_path / "out" / "file"
    told = run("export", "--date", AFTER, "--format", form, "-o", file)
    assert told.stdout == f"3 papers of 2020-09-17 written to {file}.\n"
    assert file.read_bytes() == result.stdout_bytes
    usual = tmp_path / "usual"
    usual.touch()
    assert file.stat().st_mode == usual.stat().st_mode  # as the umask says
    assert [path.name for path in file.parent.iterdir()] == ["file"]


# --- the seed -----------------------------------------------------------------------------------


@needs(SEED)
def test_the_seed_goes_in_and_out(run: Run, tmp_path: Path) -> None:
    result = run("import", SEED)
    assert result.stdout.startswith("68 days imported with 496 papers")
    out = tmp_path / "out"
    run("export", "--from", "2020-01-01", "--to", "2021-12-31", "--format", "markdown", "-o", out)
    for file in SEED.glob("*.md"):
        came, went = file.read_bytes(), (out / file.name).read_bytes()
        if file.name.startswith("2020-06-29"):  # it has one blank line too many
            came, went = (re.sub(rb"\n{2,}", b"\n", text) for text in (came, went))
        assert went == came, file.name
    found = hot(run, date(2021, 3, 30))
    printed = (SEED / "2021-03-30---Hot-Papers.md").read_text()
    headings = re.findall(r"^# (\d+)\. (.*)$", printed, re.MULTILINE)
    counts = re.findall(r"^- retweets: (\d+), favorites: (\d+)", printed, re.MULTILINE)
    embedded = re.findall(r"/status/(\d+)\?ref_src", printed)
    entries = papers_of(found)
    assert len(entries) == 24
    assert [(str(e["rank"]), e["title"]) for e in entries] == headings
    assert [e["counts"] for e in entries] == [
        {"x": {"reposts": int(r), "likes": int(f)}} for r, f in counts
    ]
    assert [e["score"] for e in entries] == [int(r) + int(f) for r, f in counts]
    shown = [p["id"] for e in entries for p in e["posts"]]
    assert shown == embedded
