"""The limits checker by itself: what is just allowed, and what is one too many."""

import pytest

from tests.discordd.command_limits import check_commands, check_modal
from tests.discordd.limits import check_choices, check_message, is_empty
from tests.discordd.wire import COMPONENTS_V2, Obj, errors_tree

V2 = {"flags": COMPONENTS_V2}


def text(content: str = "x") -> Obj:
    return {"type": 10, "content": content}


def button(custom_id: str | None = "b", **more: object) -> Obj:
    return {"type": 2, "style": 2, "label": "press", "custom_id": custom_id, **more}


def link(url: str = "https://arxiv.org") -> Obj:
    return {"type": 2, "style": 5, "label": "abs", "url": url}


def row(*components: Obj) -> Obj:
    return {"type": 1, "components": list(components)}


def section(*texts: Obj, accessory: Obj | None = None) -> Obj:
    return {"type": 9, "components": list(texts), "accessory": accessory or button()}


def select(**more: object) -> Obj:
    return {"type": 3, "custom_id": "s", "options": [{"label": "a", "value": "a"}], **more}


def v2(*components: Obj) -> Obj:
    return {**V2, "components": list(components)}


def container(*components: Obj) -> Obj:
    return {"type": 17, "components": list(components)}


ALLOWED = [
    {"content": "x" * 2000, "nonce": "n" * 25, "enforce_nonce": True, "tts": False},
    {"embeds": [{"title": "t" * 256, "description": "d" * 4096}]},
    {"embeds": [{"fields": [{"name": "n" * 256, "value": "v"}] * 20}]},
    {"content": "x", "components": [row(*(button(str(n)) for n in range(5)))] * 1},
    {"content": "x", "components": [row(select(placeholder="p" * 150))]},
    v2(*(text("x" * 100) for _ in range(40))),
    v2(container(section(text(), text(), text()), row(link()), {"type": 14, "spacing": 2})),
    v2(text("x" * 4000)),
    v2(section(text(), accessory={"type": 11, "media": {"url": "https://arxiv.org/a.png"}})),
    {"content": "x", "allowed_mentions": {"parse": []}},
]

REFUSED: list[tuple[Obj, str]] = [
    ({"content": "x" * 2001}, "content: 2001 characters"),
    ({"content": "x", "nonce": "n" * 26}, "nonce: 26"),
    ({"content": "x", "colour": 1}, "colour: unknown key"),
    ({"embeds": [{"title": "t"}] * 11}, "embeds: 11"),
    ({"embeds": [{"title": "t" * 257}]}, "embeds[0].title"),
    ({"embeds": [{"description": "d" * 4097}]}, "embeds[0].description"),
    ({"embeds": [{"description": "d" * 3001}] * 2}, "6002 characters together"),
    ({"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]}, "fields: 26"),
    ({"embeds": [{"fields": [{"name": "n", "value": ""}]}]}, "fields[0].value"),
    ({"embeds": [{"footer": {"text": "f" * 2049}}]}, "footer.text"),
    ({"embeds": [{"title": "t", "url": "arxiv.org"}]}, "embeds[0].url: not a web address"),
    ({"embeds": [{"color": 1}]}, "without anything"),
    ({"embeds": [{"image": {"url": "attachment://a.png"}}]}, "'a.png' is shown but did not come"),
    ({**v2(text()), "content": "x"}, "content: not allowed together with Components V2"),
    ({**v2(text()), "embeds": [{"title": "t"}]}, "embeds: not allowed together"),
    ({"components": [text()]}, "without the flag of Components V2"),
    (v2(*(text() for _ in range(41))), "41 with the nested ones"),
    (v2(*(section(text(), accessory=button(str(n))) for n in range(14))), "42 with the nested"),
    (v2(text("x" * 2001), container(text("x" * 2000))), "4001 characters of text together"),
    (v2(text("")), "content: 0 characters"),
    (v2(row(button("same"), button("same"))), "custom_id 'same' is used 2 times"),
    (v2(row(button(None))), "custom_id: 0 characters"),
    (v2(row(button("x" * 101))), "custom_id: 101"),
    (v2(row(button(label="x" * 81))), "label: 81"),
    (v2(row(button(url="https://arxiv.org"))), "only a link button"),
    (v2(row(button(label=None))), "a label or an emoji"),
    (v2(row(link("https://arxiv.org/" + "x" * 500))), "url: 518"),
    (v2(row(link("arxiv.org"))), "not a web address"),
    (v2(row(*(button(str(n)) for n in range(6)))), "components[0].components: 6"),
    (v2(row()), "components[0].components: 0"),
    (v2(row(select(), button())), "stands alone"),
    (v2(row(select(options=[]))), "options: 0"),
    (v2(row(select(options=[{"label": str(n), "value": str(n)} for n in range(26)]))), "26"),
    (v2(row(select(options=[{"label": "a", "value": "a"}] * 2))), "value 'a' twice"),
    (v2(row(select(max_values=2))), "more than there are options"),
    (v2(section(*(text() for _ in range(4)))), "components[0].components: 4"),
    (v2({"type": 9, "components": [text()]}), "accessory"),
    (v2(container(container(text()))), "type 17 is not allowed here"),
    (v2({"type": 12, "items": []}), "items: 0"),
    ({"components": [row(button(str(n))) for n in range(6)]}, "6 rows"),
    ({"content": "x", "allowed_mentions": {"parse": ["all"]}}, "'all' is none"),
    ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "exclude"),
]


@pytest.mark.parametrize("body", ALLOWED)
def test_what_is_allowed_passes(body: Obj) -> None:
    assert check_message(body) == []


@pytest.mark.parametrize(("body", "problem"), REFUSED, ids=[one for _, one in REFUSED])
def test_what_is_too_much_is_named(body: Obj, problem: str) -> None:
    assert any(problem in one for one in check_message(body)), check_message(body)


def test_an_edit_is_judged_with_what_stands() -> None:
    before = {**v2(text()), "content": ""}
    assert check_message({"components": [text("new")]}, before=before) == []
    assert any("taken away" in one for one in check_message({"flags": 0}, before=before))
    assert any("together" in one for one in check_message({"content": "x"}, before=before))


def test_nothing_at_all_is_an_empty_message() -> None:
    assert is_empty({"content": "", "tts": False})
    assert not is_empty({}, files=("a.bib",))
    assert not is_empty({}, before={"content": "stands"})


def test_autocomplete_takes_25_short_choices() -> None:
    choice = {"name": "n" * 100, "value": "v" * 100}
    assert check_choices([choice] * 25) == []
    assert check_choices([choice] * 26) == ["choices: 26, the limit is 25"]
    assert check_choices([{"name": "", "value": "v"}]) != []
    assert check_choices([{"name": "n" * 101, "value": "v"}]) != []
    assert check_choices([{"name": "n", "value": "text"}], option_type=4) != []


def command(name: str = "hot", **more: object) -> Obj:
    return {"type": 1, "name": name, "description": "d", "options": [], **more}


def option(name: str = "date", **more: object) -> Obj:
    return {"type": 3, "name": name, "description": "d", **more}


@pytest.mark.parametrize(
    ("commands", "problem"),
    [
        ([command("Hot")], "lower case"),
        ([command("hot papers")], "signs"),
        ([command("x" * 33)], "name: 33"),
        ([command(description="")], "description: 0"),
        ([command(description="d" * 101)], "description: 101"),
        ([command(), command()], "twice"),
        ([command(str(n)) for n in range(101)], "101 commands"),
        ([command(options=[option(str(n)) for n in range(26)])], "options: 26"),
        ([command(options=[option("a"), option("b", required=True)])], "required ones come first"),
        ([command(options=[option(choices=[{"name": "n", "value": "v"}] * 26)])], "choices: 26"),
        (
            [command(options=[option(autocomplete=True, choices=[{"name": "n", "value": "v"}])])],
            "exclude each other",
        ),
        ([command(options=[option(str(n), description="d" * 100) for n in range(25)])], None),
        (
            [
                command(
                    options=[
                        option(f"o{n}", choices=[{"name": "n" * 90, "value": "v" * 90}] * 2)
                        for n in range(25)
                    ]
                )
            ],
            "the limit is 8000",
        ),
    ],
)
def test_commands_have_limits(commands: list[Obj], problem: str | None) -> None:
    problems = check_commands(commands)
    assert (problems == []) if problem is None else any(problem in one for one in problems)


def test_modals_have_limits() -> None:
    field = {"type": 18, "label": "l", "component": {"type": 4, "custom_id": "c", "style": 1}}
    modal = {"custom_id": "m", "title": "t" * 45, "components": [field]}
    assert check_modal(modal) == []
    assert any("title: 46" in one for one in check_modal({**modal, "title": "t" * 46}))
    assert any("1 to 5" in one for one in check_modal({**modal, "components": []}))
    assert any("twice" in one for one in check_modal({**modal, "components": [field, field]}))


def test_problems_are_nested_as_discord_nests_them() -> None:
    tree = errors_tree(["embeds[0].title: too long"])
    assert tree["embeds"]["0"]["title"]["_errors"][0]["message"] == "too long"
