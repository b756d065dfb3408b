"""What came back of our mail."""

from enum import StrEnum

from piccolo.columns import UUID, Boolean, Serial, Timestamptz, Varchar
from piccolo.constraints import Unique
from piccolo.table import Table

from tables.base import Dated, one_of


class Verdict(StrEnum):
    """What it counts as: no such mailbox, not now, refused for what we are, or called unwanted."""

    hard = "hard"
    soft = "soft"
    policy = "policy"
    complaint = "complaint"


class Bounce(Dated, Table):
    """A message of ours that came back. `tipped`: after this one its address was paused."""

    id: Serial
    message_id = UUID()
    email_key = Varchar(length=254, index=True)
    verdict = Varchar(length=10, choices=Verdict)
    status = Varchar(length=12, default="")
    words = Varchar(length=300, default="")
    came_at = Timestamptz()
    tipped = Boolean(default=False)

    verdict_known = one_of("verdict", Verdict)
    bounce_once = Unique(["message_id", "verdict"])
