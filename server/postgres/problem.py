"""Why the private PostgreSQL cannot run."""


class PostgresProblem(Exception):
    """PostgreSQL cannot run here; the text says why and what to do next."""
