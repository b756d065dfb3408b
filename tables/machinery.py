"""Machinery: when each job last ran, and who asked how often."""

from piccolo.columns import Integer, Serial, Text, Timestamptz, Varchar
from piccolo.table import Table


class JobRun(Table, tablename="job_run"):
    """The last run of each of the worker's jobs."""

    id: Serial
    name = Varchar(length=60, unique=True)
    ran_at = Timestamptz()
    failures = Integer(default=0)
    error = Text(default="")


class RateLimit(Table, tablename="rate_limit"):
    """How often one key asked within one window."""

    id: Serial
    key = Varchar(length=200, unique=True)
    window_ends_at = Timestamptz()
    hits = Integer(default=1)
