"""A newsletter as text and as HTML: read once, then filled in for each reader."""

from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from emails import markdown, plain, rendering
from emails.rendering import Rendered

NAME = "{{name}}"
# What stands in a reading until it is filled in: signs that nobody can type, and never escaped.
HOLES = {"name": "\ue000n\ue001", "unsubscribe": "\ue000u\ue001", "preferences": "\ue000p\ue001"}


@dataclass(frozen=True)
class Words:
    """What is written in one language; empty when it is not written in it."""

    subject: str
    body: str

    @property
    def is_written(self) -> bool:
        """Has a body of its own."""
        return bool(self.body.strip())


@dataclass(frozen=True)
class Frame:
    """What stands around it: the list, why one gets it, and where it stands online."""

    list_name: str
    why: str  # public | members | group
    online_url: str
    is_test: bool = False


@dataclass(frozen=True)
class Reading:
    """An issue in one language, with holes for the reader's name and links."""

    subject: str
    text: str
    html: str
    language: str
    reader: str

    def fill(self, name: str, *, unsubscribe: str, preferences: str) -> Rendered:
        """For one reader; without a name they are called reader."""
        values = {
            "name": plain.name(name) or self.reader,
            "unsubscribe": unsubscribe,
            "preferences": preferences,
        }
        text, html = self.text, self.html
        for hole, value in values.items():
            text = text.replace(HOLES[hole], value)
            html = html.replace(HOLES[hole], escape(value))
        return Rendered(self.subject, text, html)


def read(words: dict[str, Words], language: str, frame: Frame) -> Reading:
    """The issue for readers of a language; one that is not written in it says so and falls back."""
    other = "nl" if language == "en" else "en"
    is_own = words[language].is_written or not words[other].is_written
    written = language if is_own else other
    said = {name: rendering.words(f"frame/issue_{language}.txt", name, list=frame.list_name)
            for name in ("reader", "only_other", "unsubscribe", "preferences", "online",
                         "picture", "test", frame.why)}  # fmt: skip
    tokens = markdown.read(words[written].body.replace(NAME, HOLES["name"]))
    subject = plain.subject(words[written].subject or words[other].subject)
    links = [(said["online"], frame.online_url)]
    links += [(said[what], HOLES[what]) for what in ("preferences", "unsubscribe")]
    notice = "" if is_own else said["only_other"]
    text = [notice, markdown.to_text(tokens, said["picture"])]
    text += ["-- \n" + "\n".join([said[frame.why], *(f"{w}: {url}" for w, url in links)])]
    body = markdown.to_html(tokens, said["picture"])
    if notice:
        body = f'<p lang="{language}" style="{markdown.STYLE["p"]}"><em>{notice}</em></p>\n{body}'
    html = rendering.sheet(
        subject, Markup(body), _footer(said[frame.why], links, language), written
    )
    if frame.is_test:
        subject = plain.subject(f"{said['test']}: {subject}")
    return Reading(subject, "\n\n".join(filter(None, text)) + "\n", html, written, said["reader"])


def as_text(rendered: Rendered, language: str, notice: str = "") -> str:
    """A page that shows the plain text, below a notice."""
    body = Markup('<pre lang="{}" style="{}">{}</pre>').format(
        language, markdown.STYLE["pre"], rendered.text
    )
    if notice:
        body = (
            Markup('<p style="{}"><strong>{}</strong></p>').format(markdown.STYLE["p"], notice)
            + body
        )
    return rendering.sheet(rendered.subject, body, [], language)


def _footer(why: str, links: list[tuple[str, str]], language: str) -> list[Markup]:
    style = markdown.STYLE["a"]
    made = [
        Markup('<a href="{}" style="{}">{}</a>').format(url, style, words) for words, url in links
    ]
    lines = [Markup('<span lang="{}">{}</span>').format(language, why), Markup(" · ").join(made)]
    return [lines[0], Markup('<span lang="{}">{}</span>').format(language, lines[1])]
