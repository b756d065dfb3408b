"""What the program can be told."""

from pathlib import Path

import msgspec


class WrongSettings(Exception):
    """One or more settings cannot be used; `sentences` names each."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = sentences


class Association(msgspec.Struct, frozen=True):
    """Who asks for fees: what stands on an invoice, and where it is paid.

    `iban` may be missing; then invoices have no QR code. `creditor_id` is for direct debit (SEPA).
    """

    name: str = "Netwerk Pijnpsychologie"
    address: str = ""
    iban: str = ""
    bic: str = ""
    creditor_id: str = ""

    @property
    def spaced_iban(self) -> str:
        """As people read it, in fours."""
        return " ".join(self.iban[n : n + 4] for n in range(0, len(self.iban), 4))


class Settings(msgspec.Struct, frozen=True):
    """What the program was told. `database_url` None means the private PostgreSQL."""

    host: str
    port: int
    base_url: str
    var_dir: Path
    database_url: str | None
    mail_url: str
    secret_key: str
    demo: bool
    pg_bin: Path | None = None
    proxies: tuple[str, ...] = ("127.0.0.1",)
    mail_from: str = ""
    mail_rate: float = 2.0
    association: Association = Association()
    secret_key_before: str = ""
    agenda_address: str = ""
    mailbox_url: str = ""
    inbound_secret: str = ""

    @property
    def reads_mail(self) -> bool:
        """Whether mail that comes in is read by the program."""
        return bool(self.mailbox_url or self.inbound_secret)

    @property
    def lasting_key(self) -> str:
        """What never changes hangs on the first key there was: links and hashes of years ago."""
        return self.secret_key_before or self.secret_key

    @property
    def is_secure(self) -> bool:
        """Served over https."""
        return self.base_url.startswith("https://")
