"""Regular expressions that cannot hang: RE2 runs in time linear in the text.

RE2 has no look-around and no back references; ODK's specification does not ask for them.
"""

from __future__ import annotations

import functools
from typing import Any

import re2

from forms.limits import MAX_REGEX_LENGTH, MAX_REGEX_MEMORY
from forms.xpath.errors import XPathEvaluationError


@functools.lru_cache(maxsize=512)
def _compiled(pattern: str) -> Any:
    if len(pattern) > MAX_REGEX_LENGTH:
        raise XPathEvaluationError(f"A pattern has at most {MAX_REGEX_LENGTH:,} characters")
    options = re2.Options()
    options.max_mem = MAX_REGEX_MEMORY
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise XPathEvaluationError(f"The pattern “{pattern}” cannot be used: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    reason = error.args[0] if error.args else ""
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def search(pattern: str, text: str) -> bool:
    """Whether the pattern occurs anywhere in the text. Raises XPathEvaluationError for a pattern that is refused."""
    return _compiled(pattern).search(text) is not None
