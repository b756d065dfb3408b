"""One line of a file with everything it will do. Written by `comparing`, done by `taking`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from server.imports.values import Parsed, Period, Problem
from tables.people import RowOutcome


@dataclass(frozen=True)
class Candidate:
    """Somebody whom a line may be about, and why; `is_sure`: it can be nobody else's."""

    person: int
    reasons: list[str]
    is_sure: bool = False


@dataclass
class Line:
    """One line with what it will do. `changes`: field → (old, new), as text; "" is nothing."""

    number: int
    said: Mapping[str, str]
    parsed: Parsed
    outcome: RowOutcome = RowOutcome.unchanged
    person_id: int | None = None
    of_line: int | None = None
    candidates: list[Candidate] = field(default_factory=list)
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    starts: list[Period] = field(default_factory=list)
    ends: list[tuple[int, date | None]] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with it."""
        return self.parsed.problems

    def wrong(self, name: str, key: str, more: str = "") -> None:
        """Note something wrong."""
        self.parsed.problems.append(Problem(name, key, more))
