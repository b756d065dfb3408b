"""A letter's text and, made from that text, its HTML: so the two cannot differ."""

import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDER = Path(__file__).parent
URL = re.compile(r"https?://[^\s<>\"]+")
GREETING = {"nl": "Beste {name},", "en": "Dear {name},"}
GREETING_UNNAMED = {"nl": "Beste lezer,", "en": "Dear reader,"}
SIGNATURE = {
    "nl": "Met vriendelijke groet,\nNetwerk Pijnpsychologie",
    "en": "Kind regards,\nNetwerk Pijnpsychologie",
}
BUTTON = {"nl": "Open de pagina", "en": "Open the page"}
WHY = {
    ("service", "nl"): "U krijgt deze e-mail omdat zij hoort bij iets wat u bij ons deed of bent.",
    ("service", "en"): "You receive this letter because of something you did or are with us.",
    ("news", "nl"): "U krijgt deze e-mail omdat u zich op deze nieuwsbrief abonneerde.",
    ("news", "en"): "You receive this letter because you subscribed to this newsletter.",
    ("group", "nl"): "U krijgt deze e-mail omdat u in deze groep zit.",
    ("group", "en"): "You receive this letter because you are in this group.",
    ("research", "nl"): "U krijgt deze e-mail omdat u aan dit onderzoek meedoet.",
    ("research", "en"): "You receive this letter because you take part in this research.",
}


@dataclass(frozen=True)
class Rendered:
    """A letter ready to be put in a message."""

    subject: str
    text: str
    html: str


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,  # the templates are plain text; HTML is made, escaped, from the result
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(kind: str, language: str, values: dict[str, object], category: str) -> Rendered:
    """Fill a letter in. Raises jinja2.UndefinedError when a value is missing."""
    template = _environment().get_template(f"{kind}/{language}.txt")
    context = template.new_context(values)
    subject = " ".join("".join(template.blocks["subject"](context)).split())
    body = re.sub(r"\n{3,}", "\n\n", "".join(template.blocks["text"](context))).strip()
    name = str(values.get("name") or "")
    greeting = GREETING[language].format(name=name) if name else GREETING_UNNAMED[language]
    parts = [greeting, body, SIGNATURE[language]]
    why = WHY[category, language]
    text = "\n\n".join([*parts, f"-- \n{why}"]) + "\n"
    return Rendered(subject, text, _html(subject, parts, why, language))


def _html(subject: str, parts: list[str], why: str, language: str) -> str:
    paragraphs = [p for part in parts for p in part.split("\n\n")]
    frame = _environment().get_template("letter.html")
    body = "\n".join(_paragraph(p, language) for p in paragraphs)
    return frame.render(subject=escape(subject), body=body, why=escape(why), language=language)


def _paragraph(text: str, language: str) -> str:
    """A line that is only an address becomes a button; other addresses become links."""
    if URL.fullmatch(text.strip()):
        url = escape(text.strip(), quote=True)
        return (
            f'<p><a class="button" href="{url}">{BUTTON[language]}</a></p>'
            f'<p class="small"><a href="{url}">{url}</a></p>'
        )
    linked = URL.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', escape(text))
    return "<p>" + linked.replace("\n", "<br>\n") + "</p>"
