"""Fill the sections of an issue from what is new: each item once, in whatever issue of its list.

An item is in an issue when a link to its page is: nothing is kept beside the text, so that what
somebody deletes is offered again.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from server import language
from server.issues import queries
from server.issues.views import Issue
from server.news import Item, Section, Source
from server.web.links import absolute
from tables.newsletters import Audience

FIRST_TIME = timedelta(days=60)  # what is new for a list that never sent anything
LINK = re.compile(r"\]\(\s*<?([^()\s<>]+)")


@dataclass(frozen=True)
class Fresh:
    """An item that can be put in. `is_here`: it stands in this very text."""

    item: Item
    is_here: bool


async def fresh(
    issue: Issue, bodies: Sequence[str], sources: Sequence[Source], now: datetime
) -> list[Fresh]:
    """What is new since the last issue, without what stood in another one; `bodies` as typed now.

    What only members may read is not offered to a public list.
    """
    since = await queries.fixed_before(issue.list.id) or now - FIRST_TIME
    told = _paths(await queries.bodies(issue.list.id, but=issue.id))
    here = _paths(bodies)
    order = list(Section)
    found = [item for source in sources for item in await source.items(since, now)]
    found = [
        item
        for item in found
        if item.path not in told and (item.is_public or issue.list.audience != Audience.public)
    ]
    found.sort(key=lambda item: order.index(item.section))
    return [Fresh(item, item.path in here) for item in found]


def fill(body: str, items: Collection[Item], said: str) -> str:
    """The text with these items under the headings of their sections, in one language."""
    here = _paths([body])
    for section in Section:
        lines = [
            _line(item, said) for item in items if item.section == section and item.path not in here
        ]
        if lines:
            heading = language.text(said, f"issues.section.{section}")
            body = _under(body, heading, "\n".join(lines))
    return body


def _under(body: str, heading: str, lines: str) -> str:
    """At the end of the section of this name, or in a new one at the end."""
    found = re.search(rf"^##[ \t]+{re.escape(heading)}[ \t]*$", body, re.MULTILINE)
    if found is None:
        return f"{body.rstrip()}\n\n## {heading}\n\n{lines}\n".lstrip()
    after = re.compile(r"^#{1,2}[ \t]", re.MULTILINE).search(body, found.end())
    end = after.start() if after else len(body)
    rest = f"\n\n{body[end:]}" if body[end:] else "\n"
    inside = body[found.end() : end].strip()
    return f"{body[: found.end()]}\n\n{inside}{chr(10) if inside else ''}{lines}{rest}"


def _line(item: Item, said: str) -> str:
    title = _escaped(item.titles[said])
    text = _escaped(item.texts[said])
    return f"- [{title}]({absolute(item.path)})" + (f": {text}" if text else "")


def _escaped(text: str) -> str:
    """As it is: what reads as markdown in a title is none."""
    return re.sub(r"([\\`*_\[\]<>#!])", r"\\\1", " ".join(text.split()))


def _paths(bodies: Sequence[str]) -> set[str]:
    """The pages of ours that these texts link to."""
    ours = urlsplit(absolute("")).netloc
    found = set()
    for body in bodies:
        for href in LINK.findall(body):
            try:
                parts = urlsplit(href)
            except ValueError:
                continue
            if parts.netloc == ours:
                found.add(parts.path.rstrip("/"))
    return found
