"""How often may one ask, counted by this process alone: for answers that touch no database.

Whatever touches the database is counted there, for all processes: see `rate_limit`.
"""

import time
from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.1", "::1")
MINUTE_SECONDS = 60


@dataclass
class PerMinute:
    """A counter per key that starts anew every minute; its memory lives as long."""

    limit: int
    _minute: int = 0
    _hits: dict[str, int] = field(default_factory=dict)

    def wait(self, key: str) -> int:
        """Count one question; 0 when it is allowed, else the seconds until the next minute.

        The machine itself is never refused: that is a measurement, or a proxy that does not say
        for whom it asks, and then everybody would be refused together.
        """
        if key in LOOPBACK:
            return 0
        seconds = int(time.monotonic())
        if seconds // MINUTE_SECONDS != self._minute:
            self._minute = seconds // MINUTE_SECONDS
            self._hits.clear()
        hits = self._hits[key] = self._hits.get(key, 0) + 1
        return 0 if hits <= self.limit else MINUTE_SECONDS - seconds % MINUTE_SECONDS
