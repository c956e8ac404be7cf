"""What the server writes about itself: a line each, and nobody's identity number in any of them."""

import json
import logging
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO

import structlog

from server.foundation.identity_numbers import mask, mask_values


class MaskingFormatter(logging.Formatter):
    """What libraries write, as lines of the same kind as ours; numbers that stand for people are masked, also in tracebacks."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            **structlog.contextvars.get_contextvars(),
            "logger": record.name,
            "event": record.getMessage(),
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return mask(json.dumps(told))


def masked_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog; what is no plain value is written as text first."""
    plain = (str, int, float, bool, type(None), list, tuple, dict)
    return mask_values({key: value if isinstance(value, plain) else repr(value) for key, value in event.items()})


def log_to(stream: TextIO) -> None:
    """Makes both kinds of loggers write to ``stream``."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(MaskingFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            # The name of the request that a line belongs to (``server.api.telling``).
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            masked_event,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(stream),
    )
