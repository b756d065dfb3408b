"""What somebody asks for when they register."""

from dataclasses import dataclass
from uuid import UUID

from server.admission.codes import Code
from server.questions.answering import Filled


@dataclass(frozen=True)
class RegistrationForm:
    """What somebody asks for. A stranger gives name and address; a signed-in person neither.

    `code` is the invitation as typed, `invited` the one that it was found to be. `takes_over`: the
    place of somebody who just gave it to them.
    """

    unit_id: int | None = None
    name: str = ""
    email: str = ""
    language: str = "nl"
    remark: str = ""
    idempotency_key: UUID | None = None
    extra_ids: tuple[int, ...] = ()
    filled: Filled | None = None
    auto_accept: bool = False
    together: bool = False
    code: str = ""
    invited: Code | None = None
    takes_over: bool = False
