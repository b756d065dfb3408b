"""The private PostgreSQL: find its programs, make its data directory, start it, stop it.

It listens on a Unix socket in a directory that only its own user may enter. PostgreSQL refuses
to run as root; started by root, it runs as `nobody`.
"""

from server.postgres.postmaster import at_work
from server.postgres.private import Private, start
from server.postgres.problem import PostgresProblem

__all__ = ["PostgresProblem", "Private", "at_work", "start"]
