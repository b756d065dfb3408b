"""The log: one line per thing that happened; never bodies, cookies, tokens or secret paths."""

import structlog

log: structlog.stdlib.BoundLogger = structlog.get_logger("netwerk")
