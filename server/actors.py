"""Who does something: a signed-in person, a stranger, a program, or the system itself."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from server.rights import OFFICES, Area, may_change, may_see

PROOF_LIFE = timedelta(hours=12)
FRESH = timedelta(minutes=10)
OF_THE_BOARD = frozenset({*OFFICES, "system"})


@dataclass(frozen=True)
class Actor:
    """The one who acts or reads, with what is open to them now.

    `held` are the offices and roles of today; `roles` those of them that count now: without a
    second factor, given in this session within PROOF_LIFE, an office opens nothing. `proved_at` is
    when that was. `scopes` is None for a person, and what its token allows for a program.
    """

    person_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "nl"
    roles: frozenset[str] = field(default_factory=frozenset)
    held: frozenset[str] = field(default_factory=frozenset)
    is_member: bool = False
    groups: frozenset[int] = field(default_factory=frozenset)
    chairs: frozenset[int] = field(default_factory=frozenset)
    checks_in: frozenset[int] = field(default_factory=frozenset)
    session_id: int | None = None
    has_factor: bool = False
    signed_in_at: datetime | None = None
    proved_at: datetime | None = None
    scopes: frozenset[str] | None = None

    @property
    def is_signed_in(self) -> bool:
        """Somebody we know, through a session or a token."""
        return self.person_id is not None

    @property
    def holds_office(self) -> bool:
        """Has an office today, whether or not the second factor was given."""
        return bool((self.held | self.roles) & OF_THE_BOARD)

    @property
    def is_board(self) -> bool:
        """Acts in an office: sees what every office sees. What they may do depends on which."""
        return bool(self.roles & OF_THE_BOARD)

    def sees(self, area: Area) -> bool:
        """May look at this part of the register."""
        return may_see(self.roles, area)

    def changes(self, area: Area) -> bool:
        """May change this part of the register."""
        return may_change(self.roles, area)

    def manages(self, group_id: int | None, area: Area = Area.groups) -> bool:
        """May manage what belongs to this group: its chair, or an office that changes `area`."""
        return self.changes(area) or (group_id is not None and group_id in self.chairs)

    def is_fresh(self, now: datetime) -> bool:
        """Showed just now who they are: asked for exports, offices and merges.

        By the second factor; for people with neither one nor an office, signing in counts as well.
        """
        needs_factor = self.holds_office or self.has_factor
        shown = self.proved_at if needs_factor else (self.proved_at or self.signed_in_at)
        return shown is not None and now - shown < FRESH

    def is_sure(self, now: datetime) -> bool:
        """Showed just now all they have: asked for what somebody comes in by.

        Who has a second factor gives it; who has none must have signed in within minutes, so that
        an old stolen session cannot make itself at home.
        """
        shown = self.proved_at if self.has_factor else (self.proved_at or self.signed_in_at)
        return shown is not None and now - shown < FRESH


ANONYMOUS = Actor()
SYSTEM = Actor(name="systeem", roles=frozenset({"system"}))
