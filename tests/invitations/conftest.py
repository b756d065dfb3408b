"""A real mail server, and the outbox that sends to it."""

from tests.outbox.conftest import mailbox

__all__ = ["mailbox"]
