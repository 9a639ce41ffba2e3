"""The old blog's days go in, once, and are answered as printed."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.blog_posts import blog_post
from tests.cli.import_export.commands import AFTER, BEFORE, ROWS, Run, hot, papers_of, put, titles


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
        "authors_count": None,
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


def test_what_was_not_printed_is_on_no_line(run: Run, tmp_path: Path) -> None:
    run("import", put(tmp_path / "blog", AFTER, blog_post(AFTER, ROWS)))
    for command in (["hot", "--date", AFTER], ["paper", "2009.07118"], ["search", "2009.07118"]):
        text = run(*command).stdout
        assert re.search("counted by the (old|Hot Papers) blog", text), command
        assert not re.search(r"(?<![\d:])0 \w|people|author", text), command
    why = json.loads(run("why", "2009.07118", "--json").stdout)
    assert why["authors_count"] is None


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
    assert (week["era"], week["left_out"]) == ("blog-original-posts", {"blog-reposts-added": 1})
    assert titles(week) == [ROWS[0][1]]
    chosen = hot(run, BEFORE, "--period", "week", "--era", "blog-reposts-added")
    assert titles(chosen) == ["An Invented Study", "An Old One"]
    assert "Not in here: 1 day" in run("hot", "--date", AFTER, "--period", "week").stdout


def test_a_category_and_a_number_narrow_a_printed_day(run: Run, tmp_path: Path) -> None:
    text = blog_post(AFTER, ROWS, categories=("cs.SY", "cs.LG"))
    run("import", put(tmp_path, AFTER, text))
    assert titles(hot(run, AFTER, "--category", "eess.SY", "--top", "1")) == [ROWS[0][1]]
    assert titles(hot(run, AFTER, "--category", "cs.CL")) == []
    both = hot(run, AFTER, "--category", "cs.CL、eess.sy", "--top", "1")  # several, as in Discord
    assert titles(both) == [ROWS[0][1]]


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
