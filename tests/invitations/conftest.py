"""A real mail server, and the outbox that sends to it; a database that lets rows through."""

from tests.calendars.conftest import unguarded
from tests.outbox.conftest import mailbox

__all__ = ["mailbox", "unguarded"]
