"""README's first command, and what it promises, from the outside."""

import json
import re
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.discordd.limits import check_message
from tests.e2e import program
from tests.shared_data import SHARED, needs

SEED = SHARED / "seed" / "2021-03-30---Hot-Papers.md"
CONFIG = ("--config", "hotpapers-demo/config.toml")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which the demo ran, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    done = program.run("demo", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder, done.stdout


def test_it_prints_the_digest_and_what_to_try_next(built: tuple[Path, str]) -> None:
    _, printed = built
    papers = [line for line in printed.splitlines() if re.match(r" *\d+\. ", line)]
    assert len(papers) == 24
    assert re.search(r"1\. ViViT: A Video Vision Transformer .*2,739.*330", papers[0])
    assert re.findall(r"hotpapers --config \S+ (\w+)", printed) == [
        "hot",
        "why",
        "search",
        "paper",
    ]


def test_the_page_needs_nothing_from_outside(built: tuple[Path, str]) -> None:
    page = (built[0] / "hotpapers-demo" / "preview.html").read_text()
    assert "ViViT: A Video Vision Transformer" in page
    assert "Why?" in page
    assert not re.search(r"<(?:script|img|iframe|link)[^>]+(?:src|href)=", page)


@needs(SEED)
def test_hot_gives_the_papers_of_the_blog_in_its_order(built: tuple[Path, str]) -> None:
    blog = SEED.read_text()
    ids = re.findall(r"abs\]\(https://arxiv\.org/abs/([^)]+)\)", blog)
    counts = [(int(a), int(b)) for a, b in re.findall(r"retweets: (\d+), favorites: (\d+)", blog)]
    categories = [re.findall(r"\[([^]]+)\]", line) for line in re.findall(r"^- \[.*$", blog, re.M)]
    hot = program.answer(*CONFIG, "hot", "--date", "2021-03-30", cwd=built[0])
    assert [paper["arxiv_id"] for paper in hot["papers"]] == ids
    assert [tuple(paper["counts"]["x"].values()) for paper in hot["papers"]] == counts
    of_cl = [i for i, found in zip(ids, categories, strict=True) if "cs.CL" in found]
    filtered = program.answer(
        *CONFIG, "hot", "--date", "2021-03-30", "--category", "cs.cl", cwd=built[0]
    )
    assert [paper["arxiv_id"] for paper in filtered["papers"]] == of_cl
    assert [paper["rank"] for paper in filtered["papers"]] == list(range(1, len(of_cl) + 1))


@pytest.mark.rehearsal
def test_the_shape_of_hot_is_kept(built: tuple[Path, str]) -> None:
    hot = program.answer(*CONFIG, "hot", "--date", "2021-03-30", "--top", "1", cwd=built[0])
    assert hot["date"] == "2021-03-30"
    assert hot["period"] == "day"
    assert hot["categories"] == []
    assert hot["counted_at"].startswith("2021-03-31T10:26:5")
    assert hot["era"] == "hotpapers"
    assert (hot["sources"]["x"], hot["sources"]["mastodon"]) == ("ok", "off")
    (first,) = hot["papers"]
    assert first["categories"] == ["cs.CV"]
    assert first["score"] == 3069
    assert first["posts"][0].keys() == {"source", "id", "url", "author", "reposts", "likes"}


@pytest.mark.rehearsal
def test_the_parts_of_why_add_up(built: tuple[Path, str]) -> None:
    for arxiv_id in ("2103.15691", "2103.14659"):
        why = program.answer(*CONFIG, "why", arxiv_id, cwd=built[0])
        assert sum(part["points"] for part in why["parts"]) == why["score"]
        for part in why["parts"]:
            assert sum(post["points"] for post in part["posts"]) == part["points"]
            assert part["rate"] * (part["reposts"] + part["likes"]) == part["points"]


@pytest.mark.rehearsal
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("hot", "--date", "2999-01-01"), 1, "no listing of 2999-01-01 yet"),
        (("daily", "--date", "2999-01-01"), 2, "no listing of 2999-01-01 yet"),
        (("harvest", "--date", "0001-01-01"), 2, "arXiv began on 1991-08-14"),
        (("hot", "--date", "1980-01-01"), 2, "arXiv began on 1991-08-14"),
        (("backfill", "1980-01-01", "1980-01-02"), 2, "arXiv began on 1991-08-14"),
        (("rank", "--date", "2021-03-30", "--bar", "nan"), 2, "not nan"),
        (("rank", "--date", "2021-03-30", "--rate", "x=nan"), 2, "not nan"),
        (("hot", "--date", "2021-03-29"), 1, "not in the archive"),
        (("hot", "--date", "someday"), 2, "is not a date I can read"),
        (("hot", "--category", "cs.CLL"), 2, "cs.CL"),
        (("why", "not an id"), 2, "2103.15691"),
        (("paper", "2103.00001"), 1, "not in the archive"),
        (("why", "2103.15691", "--date", "2021-03-29"), 1, "2021-03-30"),
    ],
)
def test_a_wrong_question_gets_a_plain_sentence(
    built: tuple[Path, str],
    arguments: tuple[str, ...],
    code: int,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In this process, because starting one takes longer than the question."""
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(built[0] / CONFIG[1]), *arguments])
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (code, "")
    assert says in printed.err


@pytest.mark.rehearsal
@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2021-03-27", "Would ask nothing: arXiv has no listing on 2021-03-27: Saturday.\n"),
        ("2021-03-30", "Would ask Hacker News, Hugging Face for posts\n"),
    ],
)
def test_a_dry_run_names_only_who_would_be_asked(
    built: tuple[Path, str], day: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a key nobody asks X, and the demo has Bluesky and Mastodon off."""
    with pytest.raises(SystemExit):
        main(["--config", str(built[0] / CONFIG[1]), "daily", "--dry-run", "--date", day])
    assert capsys.readouterr().out.endswith(says)


@pytest.mark.rehearsal
def test_a_day_that_is_rightly_empty_is_an_answer(built: tuple[Path, str]) -> None:
    told = program.answer(*CONFIG, "hot", "--date", "2021-03-28", cwd=built[0])
    assert (told["date"], told["papers"], told["no_listing"]) == ("2021-03-28", [], "Sunday")


@pytest.mark.rehearsal
@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("hot", "arXiv has no listing on 2999-01-05: Saturday.\n"),
        ("harvest", "no listing: Saturday (there is no listing on Saturdays and Sundays)"),
    ],
)
def test_a_coming_saturday_is_rightly_empty_too(
    built: tuple[Path, str], command: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is asked on a weekend before anything newer is mailed."""
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(built[0] / CONFIG[1]), command, "--date", "2999-01-05"])
    assert not ended.value.code
    assert says in capsys.readouterr().out


@pytest.mark.rehearsal
def test_running_it_again_posts_nothing_twice(tmp_path: Path) -> None:
    program.run("demo", cwd=tmp_path)
    before = channel(tmp_path)
    assert program.run("demo", cwd=tmp_path).returncode == 0
    assert channel(tmp_path) == before
    assert len(before) == 2
    assert [problem for message in before for problem in check_message(message)] == []


@pytest.mark.rehearsal
@pytest.mark.parametrize("share", [0.6, 0.9])
def test_killed_anywhere_and_started_again_it_leaves_one_digest(
    tmp_path: Path, share: float, seconds_of_a_demo: float
) -> None:
    with program.start("demo", cwd=tmp_path) as process:
        time.sleep(share * seconds_of_a_demo)
        process.send_signal(signal.SIGKILL)
    done = program.run("demo", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    shown = json.dumps(channel(tmp_path), ensure_ascii=False)
    assert len(channel(tmp_path)) == 2
    assert shown.count("1. [ViViT") == 1
    assert len(re.findall(r"### \d+\. ", shown)) == 10


@pytest.fixture(scope="module")
def seconds_of_a_demo(tmp_path_factory: pytest.TempPathFactory) -> float:
    started = time.monotonic()
    program.run("demo", cwd=tmp_path_factory.mktemp("timed"))
    return time.monotonic() - started


def channel(folder: Path) -> list[dict[str, Any]]:
    """The bodies that stand in the demo's channel."""
    kept = json.loads((folder / "hotpapers-demo" / "channel.json").read_text())
    return [message["body"] for message in kept]
