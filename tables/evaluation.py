"""Evaluation: that somebody answered, and, apart from it, what was answered."""

from piccolo.columns import UUID, Boolean, ForeignKey, OnDelete, Serial, SmallInt, Text
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from tables.events import Event
from tables.people import Person


class EvaluationBallot(Table, tablename="evaluation_ballot"):
    """Somebody has answered. When, or what, is written nowhere: ids do not count on either."""

    id: Serial
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade)
    person = ForeignKey(Person, null=False, on_delete=OnDelete.restrict, index=True)

    ballot_once = Unique(["event", "person"])


class EvaluationAnswer(Table, tablename="evaluation_answer"):
    """What somebody thought, from 1 (poor) to 5 (excellent). Nothing says whose it is.

    `is_held_back`: not shown yet, because too few came with it.
    """

    id = UUID(primary_key=True)
    event = ForeignKey(Event, null=False, on_delete=OnDelete.cascade, index=True)
    overall = SmallInt()
    content = SmallInt()
    organisation = SmallInt()
    learned = Text(default="")
    better = Text(default="")
    is_held_back = Boolean(default=False)

    scores_fit = Check(
        "overall BETWEEN 1 AND 5 AND content BETWEEN 1 AND 5 AND organisation BETWEEN 1 AND 5"
    )
