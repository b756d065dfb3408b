"""The mail server of the issues, for what readers are told of them."""

from tests.issues.conftest import mailbox

__all__ = ["mailbox"]
