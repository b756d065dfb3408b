"""The life of a register number."""

from server.workflow import Machine
from tables.people import NumberState as S
from tables.people import RegistrationNumber

NUMBER = Machine(
    RegistrationNumber,
    {
        "verify": ((S.claimed, S.expired), S.verified),
        "expire": ((S.verified,), S.expired),
        "withdraw": ((S.claimed, S.verified, S.expired), S.withdrawn),
    },
)
