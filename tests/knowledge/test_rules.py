"""Citations and files for reference managers, without a database."""

import json

import pytest

from server.knowledge import formats, rules
from server.knowledge.rules import Author, Work

CRANENBURGH = Work(
    "Pijn. Waarom?",
    authors=(Author("Cranenburgh", initials="B.", prefix="van"),),
    year=2012,
    publisher="Toegepaste Neurowetenschappen",
)
EDITED = Work(
    "Praktijkboek",
    subtitle="Op maat",
    authors=(
        Author("Broeke", initials="E.", prefix="ten", role="editor"),
        Author("Korrelboom", initials="K.", role="editor"),
        Author("Meijer", initials="S.", role="editor"),
    ),
    year=2021,
    publisher="Coutinho",
)
SITE = Work("Retrain Pain", url="https://www.retrainpain.org")


@pytest.mark.parametrize(
    ("work", "language", "line"),
    [
        (
            CRANENBURGH,
            "nl",
            "Cranenburgh, B. van (2012). Pijn. Waarom? Toegepaste Neurowetenschappen.",
        ),
        (
            EDITED,
            "nl",
            "Broeke, E. ten, Korrelboom, K., & Meijer, S. (Red.) (2021)."
            " Praktijkboek: Op maat. Coutinho.",
        ),
        (
            EDITED,
            "en",
            "Broeke, E. ten, Korrelboom, K., & Meijer, S. (Eds.) (2021)."
            " Praktijkboek: Op maat. Coutinho.",
        ),
        (SITE, "nl", "Retrain Pain. (z.d.). https://www.retrainpain.org"),
        (SITE, "en", "Retrain Pain. (n.d.). https://www.retrainpain.org"),
        (Work("Standaard", year=2017), "nl", "Standaard. (2017)."),
        (
            Work("Brein", authors=(Author("Rumping"), Author("Bakkum", prefix="van")), year=2019),
            "nl",
            "Rumping & Van Bakkum (2019). Brein.",
        ),
        (
            Work("Geheim", authors=(Author("Valk", first_name="Floor", prefix="van der"),)),
            "en",
            "Valk, F. van der (n.d.). Geheim.",
        ),
        (
            Work("Eén", authors=(Author("Vos", initials="A.", role="editor"),), publisher="N.V."),
            "en",
            "Vos, A. (Ed.) (n.d.). Eén. N.V.",
        ),
    ],
)
def test_citation(work: Work, language: str, line: str) -> None:
    assert rules.cite(work, language).text == line


def test_title_can_be_set_apart() -> None:
    cited = rules.cite(CRANENBURGH, "nl")

    assert (cited.before, cited.title, cited.after) == (
        "Cranenburgh, B. van (2012). ",
        "Pijn. Waarom?",
        " Toegepaste Neurowetenschappen.",
    )


def test_bibtex_writes_what_means_something_to_tex_as_text() -> None:
    work = Work("Pijn & het brein {1}", authors=(Author("Vos", initials="A."),), year=2016)

    assert formats.bibtex("K1-2", "book", work, "Assen") == (
        "@book{K1-2,\n  author = {Vos, A.},\n  title = {{Pijn \\& het brein \\{1\\}}},\n"
        "  year = {2016},\n  address = {Assen}\n}\n"
    )


def test_bibtex_names_editors() -> None:
    assert "  editor = {ten Broeke, E. and Korrelboom, K. and Meijer, S.}," in formats.bibtex(
        "K2-4", "book", EDITED
    ).split("\n")


def test_ris_ends_its_lines_and_its_record() -> None:
    assert formats.ris("K1-6", "website", SITE) == (
        "TY  - ELEC\r\nID  - K1-6\r\nTI  - Retrain Pain\r\n"
        "UR  - https://www.retrainpain.org\r\nER  - \r\n"
    )


def test_csl_knows_prefixes() -> None:
    assert json.loads(formats.csl("K1-3", "book", CRANENBURGH)) == [
        {
            "id": "K1-3",
            "type": "book",
            "title": "Pijn. Waarom?",
            "author": [{"family": "Cranenburgh", "given": "B.", "non-dropping-particle": "van"}],
            "issued": {"date-parts": [[2012]]},
            "publisher": "Toegepaste Neurowetenschappen",
        }
    ]
