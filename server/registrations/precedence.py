"""Who goes before whom, as SQL: every line `w`, `l` or `m` named here is a registration_line."""

from server.events.counting import IS_SEAT, held
from server.registrations import queries

SOMEBODY_FIRST = f"""EXISTS (SELECT 1 FROM registration_line w JOIN person q ON q.id = w.person
  WHERE w.unit = {{unit}} AND w.state = 'waiting' AND w.class_rank <= {{rank}}
  AND {queries.IS_THERE} {{met}})"""
# The seat of a registration: not (yet) one that is wanted only with what is full beside it.
APART = f"""NOT EXISTS (SELECT 1 FROM registration b
  JOIN registration_line x ON x.registration = b.id JOIN capacity_unit u ON u.id = x.unit
  WHERE b.id = {{line}}.registration AND b.together AND x.state = 'waiting' AND NOT {IS_SEAT}
  AND u.capacity <= {held("u.id", "{now}")})"""
HAS_SEAT = f"""EXISTS (SELECT 1 FROM registration_line s JOIN capacity_unit u ON u.id = s.unit
  WHERE s.registration = {{line}}.registration AND s.state = 'confirmed' AND {IS_SEAT})"""
# A seat, unless it is wanted only with what is full; a workshop or lunch once there is a seat.
# Who cannot be met yet is skipped, and keeps their rank.
CAN_BE_MET = f"""CASE WHEN EXISTS (SELECT 1 FROM capacity_unit u WHERE u.id = {{line}}.unit
  AND {IS_SEAT}) THEN {APART} ELSE {HAS_SEAT} END"""


def can_be_met(line: str, now: str) -> str:
    """The condition on a line that waits, by its alias, that it could be given a place."""
    return CAN_BE_MET.format(line=line, now=now)


def somebody_first(unit: str, rank: str, now: str, *, but: str = "0") -> str:
    """Whether somebody of this class or a higher one waits for a unit who could be given it."""
    met = f"AND w.id <> {but} AND {can_be_met('w', now)}"
    return SOMEBODY_FIRST.format(unit=unit, rank=rank, met=met)
