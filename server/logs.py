"""What is written while the program runs: one line per happening, `key=value`, in UTC."""

import logging
import sys
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog

Step = Callable[[Any, str, MutableMapping[str, Any]], Any]
OURS = ("netwerk", "server")
NEVER_WRITTEN = ("cookie", "authorization", "token", "password", "secret")


def configure() -> None:
    """Write our own lines from INFO, everybody else's from WARNING, to stderr."""
    steps: list[Step] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.stdlib.ExtraAdder(),
        _without_secrets,
        structlog.processors.format_exc_info,
        _without_details,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=steps,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"]),
            ],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *steps,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _without_secrets(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The last net under what must never be written."""
    for key in [*line]:
        if any(word in key.lower() for word in NEVER_WRITTEN):
            line[key] = "[kept out]"
    return line


def _without_details(
    _logger: object, _method: str, line: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """PostgreSQL explains an error with the row it was about, which may be a person's."""
    for key, text in line.items():
        if isinstance(text, str) and "DETAIL:" in text:
            kept = [part for part in text.splitlines() if not part.startswith("DETAIL:")]
            line[key] = "\n".join(kept)
    return line
