"""State machines: transitions as data, the guarded move, and the diagram."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from piccolo.table import Table

from server import clock
from server.actors import Actor
from server.audit import service as audit
from server.database import execute, in_transaction
from server.errors import NotFound, WrongState


@dataclass(frozen=True)
class Transition:
    """From which states an action leads to which state."""

    sources: tuple[StrEnum, ...]
    target: StrEnum


class Machine:
    """The moves of one state column: `action: ((from, …), to)`.

    `following` are actions that nobody chooses: they follow from what happens elsewhere.
    """

    def __init__(
        self,
        table: type[Table],
        moves: Mapping[str, tuple[tuple[StrEnum, ...], StrEnum]],
        *,
        column: str = "state",
        following: tuple[str, ...] = (),
    ) -> None:
        self.table = table
        self.column = column
        self.following = following
        self.moves = {name: Transition(*move) for name, move in moves.items()}

    @property
    def name(self) -> str:
        """The table whose column this moves."""
        return str(self.table._meta.tablename)

    def allowed(self, state: str) -> list[str]:
        """The actions one can choose from a state, in the order they were written down."""
        chosen = (name for name in self.moves if name not in self.following)
        return [name for name in chosen if state in self.moves[name].sources]

    async def move(
        self,
        row_id: int,
        action: str,
        *,
        actor: Actor,
        reason: str = "",
        set_also: Mapping[str, object] | None = None,
    ) -> dict[str, Any]:
        """Perform one transition inside the caller's transaction and audit it.

        One guarded UPDATE: nothing returned means that somebody else was first. Returns the
        row after the move, with `state_before`. Refuses: WrongState; raises NotFound.
        """
        if not in_transaction():
            raise RuntimeError("a state moves only inside transaction()")
        move = self.moves[action]
        values: dict[str, object] = {self.column: move.target.value, **(set_also or {})}
        assignments = ", ".join(f'"{name}" = ${n}' for n, name in enumerate(values, start=1))
        size = len(values)
        rows = await execute(
            f'WITH old AS (SELECT id, "{self.column}" AS state_before FROM "{self.name}"'
            f" WHERE id = ${size + 1} FOR UPDATE)"
            f' UPDATE "{self.name}" AS t SET {assignments}, changed_at = ${size + 2},'
            f" revision = revision + 1 FROM old WHERE t.id = old.id"
            f" AND old.state_before = ANY(${size + 3}::text[]) RETURNING t.*, old.state_before",
            *values.values(),
            row_id,
            clock.now(),
            [state.value for state in move.sources],
        )
        if not rows:
            await self._refuse(row_id, action)
        row = rows[0]
        await audit.record(
            actor,
            action,
            (self.name, row_id),
            before={self.column: row["state_before"]},
            after=dict(values),
            reason=reason,
        )
        return row

    async def _refuse(self, row_id: int, action: str) -> None:
        rows = await execute(
            f'SELECT "{self.column}" AS state FROM "{self.name}" WHERE id = $1', row_id
        )
        if not rows:
            raise NotFound
        state = rows[0]["state"]
        raise WrongState(
            machine=self.name, state=state, action=action, allowed=tuple(self.allowed(state))
        )

    def diagram(self) -> str:
        """The machine as a Mermaid state diagram."""
        lines = ["stateDiagram-v2"]
        for name, move in self.moves.items():
            lines += [
                f"    {source.value} --> {move.target.value}: {name}" for source in move.sources
            ]
        return "\n".join(lines)
