"""Every letter: a frozen dataclass whose fields fill its text, in the reader's own words."""

import re
from dataclasses import dataclass
from typing import ClassVar, Self


@dataclass(frozen=True)
class Letter:
    """Base of every letter. Templates stand in `emails/<kind>/nl.txt` and `en.txt`.

    `category` decides footer and opt-out: service, news, group or research. A letter that
    `forgets` carries a secret: its values are wiped once it has gone. Every field is squeezed to
    one line, except those named in `paragraphs`, such as a note. `answers_to` names the field with
    the address to which an answer goes; without one it goes to the sender. `drawn` names a field
    that stands in the HTML as a QR code too, sent along: never fetched from elsewhere.
    """

    category: ClassVar[str] = "service"
    forgets: ClassVar[bool] = False
    paragraphs: ClassVar[tuple[str, ...]] = ()
    answers_to: ClassVar[str] = ""
    drawn: ClassVar[str] = ""

    @classmethod
    def is_only_shared(cls) -> bool:
        """Whether this is no letter itself, only what several have in common."""
        return cls.__name__.startswith("About")

    @classmethod
    def kind(cls) -> str:
        """The name of its folder: `PlaceOffered` → `place_offered`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters and its tests."""
        raise NotImplementedError
