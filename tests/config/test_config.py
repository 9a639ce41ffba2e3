"""The configuration from the outside: a file and variables go in, values or problems come out."""

import traceback
from pathlib import Path

import pytest

from bot.config import Config, Secret, Settings, load
from bot.errors import ConfigError
from tests.e2e.program import run

TOKEN = "MTIzNDU2.invented.token-of-nobody"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def problems(file: Path, text: str, environ: dict[str, str] | None = None) -> tuple[str, ...]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, environ or {})
    assert str(caught.value) == "; ".join(caught.value.problems)
    return caught.value.problems


def accepted(file: Path, text: str, environ: dict[str, str] | None = None) -> Config:
    file.write_text(text, encoding="utf-8")
    return load(file, environ or {})


def test_without_a_file_everything_has_its_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    config = load(None, {})
    assert config.settings == Settings()
    assert config.archive == tmp_path / "hotpapers.db"
    assert not config.secrets.discord_token


def test_what_the_file_says_counts_and_the_rest_keeps_its_default(file: Path) -> None:
    config = accepted(file, '[arxiv]\ncategories = ["quant-ph"]\n[ranking]\nbar = 20\n')
    assert config.settings.arxiv.categories == ("quant-ph",)
    assert config.settings.ranking.bar == 20.0
    assert config.settings.schedule == Settings().schedule


def test_a_file_saved_with_a_byte_order_mark_is_read(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf[ranking]\nbar = 7\n")
    assert load(file, {}).settings.ranking.bar == 7


def test_all_problems_come_in_one_go_each_with_its_key(file: Path) -> None:
    found = problems(
        file,
        """
        surprise = 1
        [bot]
        contakt = "me@example.org"
        [archive]
        text_days = 0
        [arxiv]
        categories = ["cs.CL", "cs.NOPE"]
        feed_url = "ftp://arxiv.example"
        [sources.x]
        posts_per_day = "many"
        mode = "everything"
        [sources.myspace]
        enabled = true
        [log]
        level = "loud"
        """,
    )
    keys = [problem.split(":")[0] for problem in found]
    assert sorted(keys) == [
        "archive.text_days",
        "arxiv.categories",
        "arxiv.feed_url",
        "bot.contakt",
        "log.level",
        "sources.myspace",
        "sources.x.mode",
        "sources.x.posts_per_day",
        "surprise",
    ]


def test_an_unknown_key_is_refused_with_those_that_are_known(file: Path) -> None:
    (problem,) = problems(file, "[ranking]\nbarr = 3\n")
    assert problem == (
        "ranking.barr: unknown key; did you mean bar? (known here: bar, count_bots, split_links)"
    )


def test_a_key_in_the_wrong_table_is_told_its_own(file: Path) -> None:
    (problem,) = problems(file, '[ranking]\ncategorys = ["cs"]\n')
    assert "did you mean arxiv.categories?" in problem


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[archive]\ntext_days = "30"', "archive.text_days: must be a whole number, not text"),
        ('[arxiv]\ncategories = "cs"', "arxiv.categories: must be a list, not text"),
        ("[arxiv]\ncategories = [5]", "arxiv.categories: every item must be text"),
        ('[arxiv]\ndeferred = ["soon"]', "arxiv.deferred: must hold dates such as 2027-12-24"),
        ('[log]\nlevel = "loud"', "log.level: must be one of debug, info, warning, error"),
        ('[watch]\nenabled = "yes"', "watch.enabled: must be true or false, not text"),
        ('[archive]\npath = "."', "is a folder; name a file in it"),
        ('[archive]\npath = "a\tb"', r"'a\tb' holds a character that is not seen"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_plain_words(file: Path, text: str, said: str) -> None:
    (problem,) = problems(file, text)
    assert said in problem


@pytest.mark.parametrize(
    "contact",
    ["", "me@example.org", "a.b+c@mail.example.co.uk", "ops@bücher.example",
     "https://example.org", "http://example.org/~me?x=1#about"],
)  # fmt: skip
def test_a_contact_is_an_e_mail_address_or_a_page(file: Path, contact: str) -> None:
    assert accepted(file, f'[bot]\ncontact = "{contact}"\n').settings.bot.contact == contact


@pytest.mark.parametrize(
    "contact",
    ["me", "@me", "me@", "me@localhost", "me@example.org, you@example.org", "example.org",
     "Ada <me@example.org>", "a@b@example.org", "me@example.", "me@.org", "https://", "https://me",
     "mailto:me@example.org", "ftp://example.org/me", "me @example.org", "https://example.org/a b",
     "https://example.org:99999/"],
)  # fmt: skip
def test_a_contact_to_which_nobody_can_write_is_refused(file: Path, contact: str) -> None:
    (problem,) = problems(file, f'[bot]\ncontact = "{contact}"\n')
    assert problem == (
        f"bot.contact: {contact!r} is neither an e-mail address, such as me@example.org, nor the "
        "address of a page, such as https://example.org/me"
    )


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[ranking]\nbar = "50"\n', "ranking.bar"),
        ("[http]\ntries = 2.5\n", "http.tries"),
        ("[http]\ntries = true\n", "http.tries"),
        ('[arxiv]\ncategories = "cs"\n', "arxiv.categories"),
        ('[arxiv]\ncategories = ["cs", 7]\n', "arxiv.categories"),
        ('[arxiv]\ndeferred = ["soon"]\n', "arxiv.deferred"),
        ("[sources.x]\nenabled = 1\n", "sources.x.enabled"),
        ("ranking = 50\n", "[ranking]"),
        ("[[ranking]]\nbar = 1\n", "[ranking]"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(file: Path, text: str, key: str) -> None:
    (problem,) = problems(file, text)
    assert problem.startswith(f"{key}: ")


@pytest.mark.parametrize("value", ["inf", "-inf", "nan", "-1", "1e300", "1000001"])
@pytest.mark.parametrize(
    "key", ["sources.x.rate", "ranking.bar", "schedule.close_after_hours", "http.backoff_seconds"]
)
def test_a_number_that_nothing_can_be_done_with_is_refused(
    file: Path, key: str, value: str
) -> None:
    table, _, name = key.rpartition(".")
    (problem,) = problems(file, f"[{table}]\n{name} = {value}\n")
    assert problem.startswith(f"{key}: must be ")


def test_each_day_of_a_recount_must_lie_ahead(file: Path) -> None:
    found = problems(file, "[schedule]\nrecount_after_days = [3, 0, -2]\n")
    assert [problem.split(":")[0] for problem in found] == ["schedule.recount_after_days"] * 2


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("arxiv.feed_url", "rss.arxiv.org"),
        ("arxiv.oai_url", "https://"),
        ("arxiv.api_url", "http://[::1"),
        ("discord.api_url", "http://127.0.0.1:99999"),
        ("sources.bluesky.jetstream_url", "https://jetstream.example"),
        ("discord.proxy", "ftp://127.0.0.1:1080"),
    ],
)
def test_an_address_that_is_none_is_refused(file: Path, key: str, value: str) -> None:
    table, _, name = key.rpartition(".")
    (problem,) = problems(file, f'[{table}]\n{name} = "{value}"\n')
    assert problem.startswith(f"{key}: '{value}' is not an address")


TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GxInv3.nted-by-the-tests_of-hotpapers-itself"
WEBHOOK = "aB3" * 20


@pytest.mark.parametrize("key", ["discord.api_url", "arxiv.api_url", "sources.x.url"])
@pytest.mark.parametrize(
    "value",
    [
        f"https://{TOKEN}@discord.example/api",
        f"https://me:{TOKEN}@discord.example/api",
        f"https://discord.example/api?token={TOKEN}",
        f"https://discord.example/api#{TOKEN}",
        f"https://discord.example/{TOKEN}/api",
        f"https://discord.example/api/webhooks/1/{WEBHOOK}",
        "https://discord.example/api?",
        TOKEN,
        f"Bot {TOKEN}",
        f"ftp://discord.example/{WEBHOOK}",
        f"me:{TOKEN}@discord.example",
    ],
)
def test_a_secret_in_an_address_is_refused_and_not_shown(file: Path, key: str, value: str) -> None:
    table, _, name = key.rpartition(".")
    (problem,) = problems(file, f'[{table}]\n{name} = "{value}"\n')
    assert problem.startswith(f"{key}: ")
    assert TOKEN not in problem
    assert WEBHOOK not in problem


def test_a_secret_for_a_contact_is_not_shown(file: Path) -> None:
    (problem,) = problems(file, f'[bot]\ncontact = "{TOKEN}"\n')
    assert problem.startswith("bot.contact: '*****' is neither an e-mail address")


@pytest.mark.parametrize(
    "value",
    [
        "http://127.0.0.1:7000",
        "https://proxy.example/discord/api/v10",
        "https://proxy.example/a-path-that-is-longer-than-most-but-all-words",
    ],
)
def test_an_ordinary_address_is_taken(file: Path, value: str) -> None:
    assert accepted(file, f'[discord]\napi_url = "{value}"\n').settings.discord.api_url == value


def test_a_wrong_address_is_shown_without_its_password(file: Path) -> None:
    (problem,) = problems(file, '[discord]\nproxy = "me:hunter2@proxy.example:3128"\n')
    assert "proxy.example" in problem
    assert "hunter2" not in problem


LOOPBACK = "".join(
    f'{name} = "http://{host}:8080"\n'
    for name, host in [
        ("feed_url", "127.0.0.1"),
        ("listing_url", "localhost"),
        ("oai_url", "[::1]"),
        ("api_url", "127.8.9.10"),
    ]
)
HASTE = "seconds_between_requests = 0\nseconds_between_pages = 0.5\n"


def test_arxiv_is_never_asked_faster_than_its_terms_allow(file: Path) -> None:
    found = problems(file, f"[arxiv]\n{HASTE}")
    assert [problem.split(":")[0] for problem in found] == [
        "arxiv.seconds_between_requests",
        "arxiv.seconds_between_pages",
    ]


def test_servers_on_this_machine_may_be_asked_faster(file: Path) -> None:
    arxiv = accepted(file, f"[arxiv]\n{LOOPBACK}{HASTE}").settings.arxiv
    assert (arxiv.seconds_between_requests, arxiv.seconds_between_pages) == (0, 0.5)


def test_one_address_elsewhere_keeps_the_pace(file: Path) -> None:
    elsewhere = LOOPBACK.replace("localhost", "localhost.example")
    assert len(problems(file, f"[arxiv]\n{elsewhere}{HASTE}")) == 2


@pytest.mark.parametrize("path", ["data/archive.db", "./data/../data/archive.db"])
def test_a_relative_archive_lies_beside_the_file(
    file: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = file.parent / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    accepted(file, f'[archive]\npath = "{path}"\n')
    config = load(Path("../config.toml"), {})
    assert config.archive.resolve() == file.parent / "data" / "archive.db"
    assert config.archive.is_absolute()


def test_an_archive_may_lie_at_home_or_anywhere(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert accepted(file, '[archive]\npath = "~/a.db"\n').archive == Path("/home/ada/a.db")
    assert accepted(file, '[archive]\npath = "/srv/a.db"\n').archive == Path("/srv/a.db")


@pytest.mark.parametrize("path", ["", "  ", r"a\u0000b"])
def test_an_archive_must_name_a_file(file: Path, path: str) -> None:
    (problem,) = problems(file, f'[archive]\npath = "{path}"\n')
    assert problem.startswith("archive.path: must name a file")


# --- files that cannot be read ------------------------------------------------------------------


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"gone\.toml: cannot be read \(No such file"):
        load(tmp_path / "gone.toml", {})


def test_a_file_that_is_not_toml_is_named_with_the_place(file: Path) -> None:
    (problem,) = problems(file, "[ranking]\nbar = = 3\n")
    assert "is not valid TOML" in problem
    assert "line 2" in problem


def test_a_file_that_is_not_text_is_named(file: Path) -> None:
    file.write_bytes(b"\xff\xfe[\x00")
    with pytest.raises(ConfigError, match="is not UTF-8 text"):
        load(file, {})


# --- secrets ------------------------------------------------------------------------------------


def test_secrets_come_from_the_environment(file: Path) -> None:
    secrets = accepted(file, "", {"HOTPAPERS_DISCORD_TOKEN": f" {TOKEN}\n"}).secrets
    assert secrets.discord_token.reveal() == TOKEN
    assert not secrets.x_bearer_token


def test_secrets_come_from_files_that_the_environment_names(file: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("AAAA-invented\n", encoding="utf-8")
    secrets = accepted(file, "", {"HOTPAPERS_X_BEARER_TOKEN_FILE": str(tmp_path / "x")}).secrets
    assert secrets.x_bearer_token.reveal() == "AAAA-invented"


def test_a_value_goes_before_a_file(file: Path, tmp_path: Path) -> None:
    environ = {"HOTPAPERS_DISCORD_TOKEN": TOKEN, "HOTPAPERS_DISCORD_TOKEN_FILE": "/nowhere"}
    assert accepted(file, "", environ).secrets.discord_token.reveal() == TOKEN


def test_a_secret_file_that_cannot_be_read_is_named(file: Path, tmp_path: Path) -> None:
    environ = {
        "HOTPAPERS_DISCORD_TOKEN_FILE": str(tmp_path / "gone"),
        "HOTPAPERS_X_BEARER_TOKEN_FILE": str(tmp_path),
    }
    found = problems(file, "[nonsense]\n", environ)
    assert [problem.split(":")[0] for problem in found] == [
        "nonsense",
        "HOTPAPERS_DISCORD_TOKEN_FILE",
        "HOTPAPERS_X_BEARER_TOKEN_FILE",
    ]


def test_the_environment_file_beside_the_configuration_is_read(file: Path) -> None:
    (file.parent / "hotpapers.env").write_text(
        f"# made by init\n\nHOTPAPERS_DISCORD_TOKEN={TOKEN}\n"
        "export HOTPAPERS_X_BEARER_TOKEN='AAAA-invented'\nTZ=Asia/Tokyo\n",
        encoding="utf-8",
    )
    secrets = accepted(file, "").secrets
    assert secrets.discord_token.reveal() == TOKEN
    assert secrets.x_bearer_token.reveal() == "AAAA-invented"


def test_the_environment_goes_before_its_file(file: Path) -> None:
    (file.parent / "hotpapers.env").write_text(
        f"HOTPAPERS_DISCORD_TOKEN=old\nHOTPAPERS_X_BEARER_TOKEN={TOKEN}\n", encoding="utf-8"
    )
    environ = {"HOTPAPERS_DISCORD_TOKEN": "new", "HOTPAPERS_X_BEARER_TOKEN": ""}
    secrets = accepted(file, "", environ).secrets
    assert secrets.discord_token.reveal() == "new"
    assert not secrets.x_bearer_token


def test_a_mistake_in_the_environment_file_is_named_but_not_shown(file: Path) -> None:
    (file.parent / "hotpapers.env").write_text(
        f"HOTPAPERS_DISCORD_TOKN={TOKEN}\n{TOKEN}\n", encoding="utf-8"
    )
    found = problems(file, "")
    assert [problem[:24] for problem in found] == [
        "hotpapers.env, line 1: u",
        "hotpapers.env, line 2: i",
    ]
    assert TOKEN not in str(found)


@pytest.mark.parametrize("value", [f"Bot {TOKEN}", f"{TOKEN}\nX-Injected: 1", f"„{TOKEN}“"])
def test_a_token_that_was_not_copied_cleanly_is_named_but_not_shown(file: Path, value: str) -> None:
    (problem,) = problems(file, "", {"HOTPAPERS_DISCORD_TOKEN": value})
    assert problem.startswith("HOTPAPERS_DISCORD_TOKEN: holds a blank, a line break")
    assert TOKEN not in problem


@pytest.mark.parametrize("key", ["token", "bot_token", "password"])
def test_a_secret_in_the_file_is_refused_and_not_shown(file: Path, key: str) -> None:
    (problem,) = problems(file, f'[discord]\n{key} = "{TOKEN}"\n')
    assert problem.startswith(f"discord.{key}: unknown key. A secret does not belong into")
    assert TOKEN not in problem


def test_a_secret_prints_as_stars_wherever_it_is_shown(file: Path) -> None:
    config = accepted(file, "", {"HOTPAPERS_DISCORD_TOKEN": TOKEN})
    secret = config.secrets.discord_token
    shown = [str(secret), repr(secret), f"{secret}", "%s %r".__mod__((secret, secret))]
    shown += [repr(config), str(config.secrets), repr([secret]), str({"token": secret})]
    assert all("*****" in text and TOKEN not in text for text in shown)
    assert secret.reveal() == TOKEN


def test_a_secret_prints_as_stars_in_a_traceback_with_its_variables() -> None:
    def fail(token: Secret) -> None:
        raise RuntimeError(token)

    try:
        fail(Secret(TOKEN))
    except RuntimeError as error:
        lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    text = "".join(lines)
    assert "*****" in text
    assert TOKEN not in text


def test_a_secret_that_is_not_set_is_false() -> None:
    assert not Secret("")
    assert Secret("x")


# --- through the command line -------------------------------------------------------------------


def test_the_command_line_says_every_problem_and_ends_with_2(file: Path) -> None:
    file.write_text("[ranking]\nbar = nan\n[lgo]\nlevel = 1\n", encoding="utf-8")
    done = run("hot", "--json", cwd=file.parent, HOTPAPERS_DISCORD_TOKEN=f"Bot {TOKEN}")
    assert done.returncode == 2
    assert done.stdout == ""
    assert [line.split(":")[0].strip() for line in done.stderr.splitlines()] == [
        "The configuration cannot be used",
        "lgo",
        "HOTPAPERS_DISCORD_TOKEN",
        "ranking.bar",
    ]
    assert TOKEN not in done.stderr


def test_the_command_line_ends_with_2_for_a_file_that_is_not_there(tmp_path: Path) -> None:
    done = run("--config", "gone.toml", "hot", cwd=tmp_path)
    assert done.returncode == 2
    assert "gone.toml: cannot be read" in done.stderr


def test_the_command_line_needs_no_file_and_finds_no_archive(tmp_path: Path) -> None:
    done = run("hot", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert "There is no archive at" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("line", ['mode = "filtered"', "exact_candidates = false"])
def test_a_key_that_is_gone_is_taken_where_it_says_what_is_done(tmp_path: Path, line: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[sources.x]\n{line}\n")
    assert load(path, environ={}).settings == Settings()


@pytest.mark.parametrize("line", ['mode = "full"', "exact_candidates = true"])
def test_a_key_that_is_gone_says_so_where_it_asks_for_more(tmp_path: Path, line: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[sources.x]\n{line}\n")
    with pytest.raises(ConfigError, match="is gone"):
        load(path, environ={})
