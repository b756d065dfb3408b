"""Which questions are for whom, what an answer must be, and what a question must be."""

from dataclasses import replace

import pytest

from server.errors import Invalid
from server.questions import making, reading, rules
from server.questions.rules import Asker, Option, Question
from tables.questions import Audience, QuestionKind
from tests.questions.cast import ON_SITE, options, question

LUNCH = replace(question("Luncht u mee?", QuestionKind.yes_no, is_required=True), id=1)
DISH = replace(
    question("Welk gerecht?", QuestionKind.one_of, options=options("Soep", "Salade")),
    **{"id": 2, "is_required": True, "only_if": 1, "only_if_value": "yes"},
)
SEVERAL = question("Wat?", QuestionKind.several_of, options=options("A", "B", "C"))


def read(asked: Question, said: list[str]) -> reading.Value:
    return reading.read(QuestionKind(asked.kind), asked.keys, said)


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("text", ["Anna"], "Anna"),
        ("number", ["3"], 3),
        ("number", ["3,5"], 3.5),
        ("date", ["2027-03-12"], "2027-03-12"),
        ("yes_no", ["no"], "no"),
    ],
)
def test_answer_has_the_type_of_its_question(kind: str, said: list[str], value: object) -> None:
    assert read(question("?", kind), said) == value


@pytest.mark.parametrize(
    ("kind", "said", "key"),
    [
        ("number", ["drie"], "errors.field.number"),
        ("number", ["inf"], "errors.field.number"),
        ("number", ["nan"], "errors.field.number"),
        ("number", ["1e99"], "errors.field.number"),
        ("date", ["12-03-2027"], "errors.field.date"),
        ("yes_no", ["perhaps"], "errors.field.choice"),
        ("yes_no", ["yes", "no"], "errors.field.choice"),
        ("text", ["x" * 201], "errors.field.too_long"),
        ("long_text", ["x" * 2001], "errors.field.too_long"),
    ],
)
def test_answer_of_another_type_is_refused(kind: str, said: list[str], key: str) -> None:
    with pytest.raises(ValueError, match=key):
        read(question("?", kind), said)


def test_several_choices_stand_in_the_order_of_the_question() -> None:
    assert read(SEVERAL, ["3", "1"]) == ["1", "3"]
    with pytest.raises(ValueError, match="choice"):
        read(SEVERAL, ["1", "4"])


def test_conditional_question_is_required_only_when_its_condition_holds() -> None:
    asked = [DISH, LUNCH]

    nothing = rules.check(asked, ON_SITE, {})
    declines = rules.check(asked, ON_SITE, {"q1": ["no"], "q2": ["1"]})
    accepts = rules.check(asked, ON_SITE, {"q1": ["yes"]})

    assert nothing.problems == {"q1": "questions.invalid.required"}
    assert (declines.values, declines.problems) == ({1: "no"}, {})
    assert accepts.problems == {"q2": "questions.invalid.required"}


def test_all_problems_are_told_at_once_in_the_order_of_the_form() -> None:
    number = replace(question("Hoeveel?", QuestionKind.number), id=3)

    found = rules.check([number, LUNCH], ON_SITE, {"q3": ["veel"]})

    assert list(found.problems) == ["q3", "q1"]


@pytest.mark.parametrize(
    ("more", "asker", "expected"),
    [
        ({"audience": Audience.on_site}, ON_SITE, True),
        ({"audience": Audience.online}, ON_SITE, False),
        ({"audience": Audience.online}, Asker(kinds=frozenset({"online"})), True),
        ({"audience": Audience.on_site}, Asker(kinds=frozenset({"seat"}), mode="online"), False),
        ({"audience": Audience.class_, "audience_class": "member"}, ON_SITE, False),
        (
            {"audience": Audience.class_, "audience_class": "member"},
            Asker(ticket_class="member"),
            True,
        ),
        ({"audience": Audience.unit, "audience_unit": 4}, Asker(units=frozenset({4})), True),
        ({"audience": Audience.unit, "audience_unit": 4}, Asker(units=frozenset({5})), False),
    ],
)
def test_question_is_for_whom_it_is(more: dict[str, object], asker: Asker, expected: bool) -> None:
    assert rules.concerns(question("?", **more), asker) is expected


def test_answer_to_earlier_words_is_owed_again() -> None:
    asked = replace(LUNCH, version_id=8)

    assert rules.missing([asked], ON_SITE, {1: "yes"}, [7]) == [asked]
    assert rules.missing([asked], ON_SITE, {1: "yes"}, [8]) == []


def test_options_keep_their_keys_when_others_come_and_go() -> None:
    before = options("Soep", "Salade")

    after = making.options_in("Salade\nPizza", "Salad\nPizza", before)

    assert after == (Option("2", "Salade", "Salad"), Option("3", "Pizza", "Pizza"))


@pytest.mark.parametrize(
    ("asked", "others", "problems"),
    [
        (question(""), [], {"label_nl": "errors.field.required"}),
        (replace(SEVERAL, options=options("A")), [], {"options_nl": "questions.invalid.options"}),
        (
            replace(SEVERAL, options=options("A", "A")),
            [],
            {"options_nl": "questions.invalid.same_option"},
        ),
        (
            replace(SEVERAL, options=(Option("1", "A", "A"), Option("2", "B"))),
            [],
            {"options_en": "questions.invalid.options_en"},
        ),
        (DISH, [], {"only_if": "questions.invalid.only_if"}),
        (DISH, [replace(LUNCH, state="retired")], {"only_if": "questions.invalid.only_if"}),
        (DISH, [replace(LUNCH, only_if=9)], {"only_if": "questions.invalid.only_if"}),
        (replace(LUNCH, kind="text"), [DISH], {"kind": "questions.invalid.others_depend"}),
        (
            replace(LUNCH, only_if=3, only_if_value="yes"),
            [DISH, replace(LUNCH, id=3)],
            {"only_if": "questions.invalid.others_depend"},
        ),
        (
            question("?", audience=Audience.class_, audience_class="x"),
            [],
            {"audience_class": "errors.field.choice"},
        ),
    ],
)
def test_question_that_cannot_be_asked_is_refused(
    asked: Question, others: list[Question], problems: dict[str, str]
) -> None:
    with pytest.raises(Invalid) as refused:
        making.require_good(asked, others)

    assert refused.value.fields == problems


def test_options_are_reworded_line_by_line_or_not_at_all() -> None:
    before = options("Soep", "Salade")

    assert making.reworded("Soepje\nSalade", "Soup", before) == (
        Option("1", "Soepje", "Soup"),
        Option("2", "Salade"),
    )
    assert making.reworded("Soep", "", before) is None


def test_a_key_that_any_version_had_is_not_given_again() -> None:
    before = making.options_in("Soep\nVis\nVegan", "")
    fewer = making.options_in("Soep\nVis", "", before)

    again = making.options_in("Soep\nVis\nPizza", "", fewer, highest=3)

    assert [option.key for option in again] == ["1", "2", "4"]
