"""Who does something: a signed-in person, a stranger, or the system itself."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """The one who acts or reads, with what their roles allow today."""

    person_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "nl"
    roles: frozenset[str] = field(default_factory=frozenset)
    is_member: bool = False
    groups: frozenset[int] = field(default_factory=frozenset)
    chairs: frozenset[int] = field(default_factory=frozenset)
    session_id: int | None = None

    @property
    def is_signed_in(self) -> bool:
        """Somebody we know, through a session."""
        return self.person_id is not None

    @property
    def is_board(self) -> bool:
        """May do what the board may do."""
        return bool(self.roles & {"board", "system"})

    def manages(self, group_id: int | None) -> bool:
        """May manage what belongs to this group."""
        return self.is_board or (group_id is not None and group_id in self.chairs)


ANONYMOUS = Actor()
SYSTEM = Actor(name="systeem", roles=frozenset({"system"}))
