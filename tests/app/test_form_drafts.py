"""What was typed into forms that were refused."""

from bot.app.form_drafts import FormDrafts


def test_of_too_many_refused_forms_the_oldest_is_forgotten() -> None:
    drafts = FormDrafts(max_drafts=2)
    for member in (1, 2, 1, 3):
        drafts.keep(member, 7, {"categories": str(member)})
    assert [drafts.find(member, 7) for member in (1, 2, 3)] == [
        {"categories": "1"},
        None,
        {"categories": "3"},
    ]
