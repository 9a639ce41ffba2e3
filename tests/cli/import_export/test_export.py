"""Any day comes out again, the blog's own byte for byte."""

import asyncio
import csv
import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.context import Context
from bot.cli.day_files import Format
from bot.models import Network
from bot.store import Archive, posts
from tests import factories
from tests.blog_posts import blog_post
from tests.cli.import_export.commands import (
    AFTER,
    BEFORE,
    COMMANDS,
    ROWS,
    SEED,
    Run,
    hot,
    papers_of,
    put,
)
from tests.cli.import_export.own import own_day, own_post
from tests.factories import post
from tests.shared_data import needs


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


@pytest.mark.parametrize(
    "text", ["-1 is a square", "NeRF--", "{x}", "C\\ C++", "$5 or <b>7</b> & &lt;", "A*B* _c_"]
)
def test_our_own_day_has_the_same_texts_behind_an_import(
    run: Run, tmp_path: Path, text: str
) -> None:
    day = own_post(AFTER, factories.paper("2009.09999", title=text, abstract=f"{text}\n\nIt is."))
    run("import", put(tmp_path / "blog", AFTER, day))
    (entry,) = papers_of(hot(run, AFTER))
    assert entry["title"] == text
    for form in (Format.CSV, Format.BIBTEX):
        assert run("export", "--date", AFTER, "--format", form).exit_code == 0
    view = json.loads(run("paper", "2009.09999", "--json").stdout)
    assert (view["title"], view["abstract"]) == (text, f"{text}\n\nIt is.")


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
    assert [row["arxiv_id"] for row in rows] == [f"arXiv:{row[0]}" for row in ROWS]
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
    assert r"author        = {Ada Muster and Beispiel, Jr., Bo and {\c{C}}em {\"O}rnek}," in text
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
