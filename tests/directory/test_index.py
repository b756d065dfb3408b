"""The index beside a slow search that looks at everybody, for random people and questions."""

from hypothesis import given, settings
from hypothesis import strategies as st

from server.directory.index import Asked, Index
from server.directory.rules import FACETS, Entry, Place
from server.people.rules import searched

CODES = {
    "intervention": ("cbt", "act"),
    "target_group": ("adults", "children"),
    "factor": ("sleep",),
    "setting": ("hospital", ""),
    "echelon": ("first", "second", ""),
    "province": ("UT", "LI", ""),
    "language": ("nl", "en"),
}
WORDS = {("intervention", "cbt"): "cognitieve gedragstherapie CGT"}
NAMES = ("van der berg vd berg", "jansen", "berger", "de vries")


def _place(setting: str, echelon: str, province: str) -> Place:
    return Place("Praktijk", setting, echelon, "", "", "Utrecht", province, "", "")


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    name = draw(st.sampled_from(NAMES))
    terms = [
        (facet, code)
        for facet in ("intervention", "target_group", "factor")
        for code in draw(st.sets(st.sampled_from(CODES[facet])))
    ]
    place = st.builds(
        _place, *(st.sampled_from(CODES[f]) for f in ("setting", "echelon", "province"))
    )
    return Entry(
        id=0,
        slug="x",
        name=name,
        name_words=name,
        surname=name,
        terms=frozenset(terms),
        languages=tuple(draw(st.sets(st.sampled_from(CODES["language"])))),
        places=tuple(draw(st.lists(place, max_size=2))),
        accepts_referrals=draw(st.sampled_from((True, False, None))),
    )


questions = st.builds(
    Asked,
    words=st.sampled_from(("", "berg", "vd berg", "CGT", "utr", "jan utrecht", "%_\\", "zz")),
    chosen=st.dictionaries(
        st.sampled_from(FACETS), st.lists(st.sampled_from(("cbt", "act", "UT", "nl", "first")))
    ).map(lambda chosen: {f: tuple(codes) for f, codes in chosen.items() if codes}),
    takes_referrals=st.booleans(),
)


def slowly(people: list[Entry], asked: Asked, without: str = "") -> list[Entry]:
    def has(entry: Entry, word: str) -> bool:
        texts = [entry.name_words, *(f"{p.name} {p.city}" for p in entry.places)]
        texts += [text for (facet, c), text in WORDS.items() if c in entry.codes(facet)]
        words = [w for text in texts for w in searched(text).split()]
        return any(w.startswith(word) for w in words)

    return [
        entry
        for entry in people
        if all(has(entry, word) for word in searched(asked.words).split())
        and (entry.accepts_referrals or not asked.takes_referrals)
        and all(
            entry.codes(facet) & set(codes)
            for facet, codes in asked.chosen.items()
            if facet != without
        )
    ]


@settings(max_examples=150, deadline=None)
@given(people=st.lists(entries(), max_size=30), asked=questions, start=st.integers(0, 5))
def test_it_finds_and_counts_what_looking_at_everybody_finds(
    people: list[Entry], asked: Asked, start: int
) -> None:
    found = Index(people, WORDS).search(asked, start=start, size=4)

    expected = slowly(people, asked)
    assert found.total == len(expected)
    assert list(found.entries) == expected[start : start + 4]
    for facet in FACETS:
        others = slowly(people, asked, without=facet)
        for code, count in found.counts[facet].items():
            assert count == sum(code in entry.codes(facet) for entry in others), (facet, code)
