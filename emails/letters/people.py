"""Letters about one's own data."""

from dataclasses import dataclass
from typing import ClassVar, Self

from emails.letters import Letter

SITE = "https://netwerk.example"


@dataclass(frozen=True)
class AddressToConfirm(Letter):
    """Sent to a new address: by its button the address becomes the person's."""

    forgets: ClassVar[bool] = True

    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(until="donderdag 3 december 2026, 09.30 uur", url=f"{SITE}/address/confirm/abc")


@dataclass(frozen=True)
class AddressTaken(Letter):
    """Sent to a new address that belongs to somebody already."""

    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(url=f"{SITE}/sign-in")


@dataclass(frozen=True)
class AddressChanged(Letter):
    """Sent to the old address once the new one is confirmed; it takes the change back."""

    forgets: ClassVar[bool] = True

    new_address: str
    until: str
    url: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            new_address="anna.nieuw@example.com",
            until="dinsdag 15 december 2026, 09.30 uur",
            url=f"{SITE}/address/undo/abc",
        )


@dataclass(frozen=True)
class AddressRestored(Letter):
    """Sent to both addresses when a change of address was taken back."""

    address: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(address="anna@example.com")


@dataclass(frozen=True)
class AddressCorrected(Letter):
    """Sent to the old address when somebody of the board changes it."""

    new_address: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(new_address="anna.nieuw@example.com")


@dataclass(frozen=True)
class DataErased(Letter):
    """Sent when somebody's data were erased; nothing of it is kept (AVG art. 12 lid 3)."""

    day: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(day="donderdag 3 december 2026")


@dataclass(frozen=True)
class ErasureDeclined(Letter):
    """Sent when the board does not erase somebody's data, with the reason."""

    reason: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(
            reason="U hebt nog een contributie openstaan. Is die betaald, vraag het dan weer."
        )


@dataclass(frozen=True)
class PeopleMerged(Letter):
    """Sent to an address that counts no more since two entries of the register became one."""

    address: str
    until: str

    @classmethod
    def sample(cls) -> Self:
        """An example for the gallery of letters."""
        return cls(address="anna@example.com", until="donderdag 24 december 2026")
