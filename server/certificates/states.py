"""The life of a certificate."""

from server.workflow import Machine
from tables.certificates import Certificate, CertificateState

S = CertificateState

CERTIFICATE = Machine(
    Certificate,
    {
        "replace": ((S.valid,), S.replaced),
        "revoke": ((S.valid,), S.revoked),
    },
    following=("replace",),
)
