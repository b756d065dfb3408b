"""Letters about several events of a series at once, in the reader's language already."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter


@dataclass(frozen=True)
class SeriesChanged(Letter):
    """Sent to whoever is involved in several events of a series that changed together."""

    forgets: ClassVar[bool] = True
    paragraphs: ClassVar[tuple[str, ...]] = ("changes",)

    series: str
    changes: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        each = (
            "dinsdag {day} februari 2027, 20.00–21.30 uur\n"
            "- Tijd: was 19.30–21.00 uur, wordt 20.00–21.30 uur\n"
            "Bekijk deze inschrijving:\nhttps://netwerk.example/registrations/{code}"
        )
        several = (("9", "abc"), ("23", "def"))
        changes = "\n\n".join(each.format(day=day, code=code) for day, code in several)
        return cls(series="Online casuïstiek", changes=changes)


@dataclass(frozen=True)
class SeriesCancelled(Letter):
    """Sent to whoever is involved in several events of a series that are cancelled together."""

    paragraphs: ClassVar[tuple[str, ...]] = ("dates", "reason")

    series: str
    dates: str
    reason: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        dates = [f"- dinsdag {day} februari 2027, 20.00–21.30 uur" for day in (9, 23)]
        return cls(
            series="Online casuïstiek", dates="\n".join(dates), reason="De begeleider is ziek."
        )
