"""Signed requests to the server, with time-outs, and an answer for every status code as a value.

Nothing here raises for what a network or a server does; a bug does. Requests are safe to repeat: everything of the
protocol is idempotent, and each sending has a new nonce.
"""

import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

import requests
from pydantic import ValidationError
from requests.adapters import HTTPAdapter

from kiosk.high_water import CorrectedClock
from sync.enrolment import Enrolment
from sync.protocol import PROTOCOL_VERSION, VERSION_HEADER, signing
from sync.protocol.messages import ErrorAnswer

logger = logging.getLogger(__name__)

CONNECT_S: Final = 5.0
#: Longer than the pause between two comments of a live feed: silence beyond it is a dead link.
READ_S: Final = 45.0
#: A larger JSON answer is not one of ours.
ANSWER_BYTES: Final = 8_000_000
RETRY_AFTER_MOST_S: Final = 3_600.0
#: A Date header has whole seconds, so a smaller difference teaches nothing.
_CLOCK_TOLERANCE: Final = timedelta(seconds=30)
_PIECE: Final = 65_536
_UNAUTHORIZED: Final = 401


class Outcome(StrEnum):
    OK = "OK"
    NOT_FOUND = "NOT_FOUND"
    #: 409: another offset than was thought.
    CONFLICT = "CONFLICT"
    #: 400, 413, 422 …: this request, repeated, will not do better.
    REJECTED = "REJECTED"
    #: 401, or 403 for another reason than revocation.
    REFUSED = "REFUSED"
    REVOKED = "REVOKED"
    UPDATE_NEEDED = "UPDATE_NEEDED"
    #: 429 or 503; see ``retry_after``.
    SLOWED = "SLOWED"
    #: 5xx, a redirect (a captive portal), or an answer that is not of this protocol.
    SERVER_ERROR = "SERVER_ERROR"
    UNREACHABLE = "UNREACHABLE"


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    status: int = 0
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Seconds that the server asked to wait.
    retry_after: float | None = None
    #: For technicians; no personal data.
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.OK

    def unreadable(self, what: str) -> "Answer":
        """The same answer, whose body turned out not to be what the protocol says."""
        return Answer(Outcome.SERVER_ERROR, self.status, detail=f"{what} cannot be read")


@dataclass(frozen=True, slots=True)
class Stream:
    """An open answer; ``lines`` ends, or raises requests.RequestException, when the link does."""

    answer: Answer
    response: requests.Response | None = field(default=None, repr=False)


class Client:
    """One per thread: a ``requests.Session`` is not made for several."""

    def __init__(
        self,
        enrolment: Enrolment,
        clock: CorrectedClock,
        *,
        read_timeout: float = READ_S,
        connect_timeout: float = CONNECT_S,
        ca_file: str | None = None,
    ) -> None:
        self._enrolment = enrolment
        self._clock = clock
        self._timeout = (connect_timeout, read_timeout)
        self._http = requests.Session()
        # Proxies and passwords come from settings only, never from whatever the environment holds.
        self._http.trust_env = False
        self._http.verify = ca_file if ca_file is not None else True
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=2, max_retries=0)
        self._http.mount("http://", adapter)
        self._http.mount("https://", adapter)
        self._worked = False

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Answer:
        return self.request("GET", path, query=query)

    def post(self, path: str, json_body: bytes) -> Answer:
        return self.request("POST", path, body=json_body, headers={"Content-Type": "application/json"})

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = ANSWER_BYTES,
    ) -> Answer:
        """Send and read the whole answer, of at most ``limit`` bytes."""
        with self.open(method, path, body=body, query=query, headers=headers) as stream:
            response = stream.response
            if response is None:
                return stream.answer
            try:
                content = bytearray()
                for piece in response.iter_content(_PIECE):
                    content += piece
                    if len(content) > limit:
                        return Answer(Outcome.SERVER_ERROR, response.status_code, detail="the answer is too large")
            except requests.RequestException as error:
                return _unreachable(error)
            return _answer(response, bytes(content), self._clock.now())

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[Stream]:
        """Send, and leave the body to the caller, as ``response``; None when there was no answer at all."""
        result = self._send(method, path, body, query, headers)
        if isinstance(result, Answer):
            yield Stream(result)
            return
        try:
            yield Stream(_answer(result, b"", self._clock.now()), result)
        finally:
            result.close()

    def _send(
        self, method: str, path: str, body: bytes, query: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> requests.Response | Answer:
        response = self._try(method, path, body, query, headers)
        if isinstance(response, requests.exceptions.ConnectionError) and self._worked:
            # A kept connection that the server had closed meanwhile looks like this.
            self._worked = False
            response = self._try(method, path, body, query, headers)
        if isinstance(response, requests.Response) and self._learn_time(response):
            response.close()
            response = self._try(method, path, body, query, headers)
        if isinstance(response, requests.Response):
            self._worked = True
            return response
        return _unreachable(response)

    def _try(
        self, method: str, path: str, body: bytes, query: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> requests.Response | requests.RequestException:
        plain = {VERSION_HEADER: str(PROTOCOL_VERSION), "Accept-Encoding": "identity", **(headers or {})}
        request = requests.Request(
            method, self._enrolment.server + path, params=query, data=body or None, headers=plain
        )
        prepared = self._http.prepare_request(request)
        signed = signing.sign(
            method,
            str(prepared.url),
            dict(prepared.headers),
            body,
            kiosk_id=self._enrolment.kiosk_id,
            private_key=self._enrolment.private_key,
            nonce=secrets.token_urlsafe(16),
            now=self._clock.now(),
        )
        prepared.headers.update(signed)
        try:
            return self._http.send(prepared, stream=True, timeout=self._timeout, allow_redirects=False)
        except requests.RequestException as error:
            return error

    def _learn_time(self, response: requests.Response) -> bool:
        """Correct the clock by the answer's Date; True when a signature may have been refused for its time."""
        told = _date(response.headers.get("Date"))
        if told is None or abs(told - self._clock.now()) <= _CLOCK_TOLERANCE:
            return False
        self._clock.learn(told)
        return response.status_code == _UNAUTHORIZED


def _answer(response: requests.Response, body: bytes, now: datetime) -> Answer:
    status = response.status_code
    outcome = _outcome(status, body)
    return Answer(
        outcome=outcome,
        status=status,
        body=body,
        headers=response.headers,
        retry_after=_retry_after(response.headers.get("Retry-After"), now),
        detail="" if outcome is Outcome.OK else f"status {status}",
    )


def _outcome(status: int, body: bytes) -> Outcome:
    if 200 <= status < 300:
        return Outcome.OK
    if status == 401:
        return Outcome.REFUSED
    if status == 403:
        return Outcome.REVOKED if _error_code(body) == "revoked" else Outcome.REFUSED
    if status in (404, 410):
        return Outcome.NOT_FOUND
    if status == 409:
        return Outcome.CONFLICT
    if status == 426:
        return Outcome.UPDATE_NEEDED
    if status in (408, 425, 429, 503):
        return Outcome.SLOWED
    return Outcome.REJECTED if 400 <= status < 500 else Outcome.SERVER_ERROR


def _error_code(body: bytes) -> str:
    try:
        return ErrorAnswer.model_validate_json(body).error.code
    except ValidationError:
        return ""


def _retry_after(value: str | None, now: datetime) -> float | None:
    if value is None:
        return None
    if value.strip().isdigit():
        seconds = float(value)
    else:
        when = _date(value)
        if when is None:
            return None
        seconds = (when - now).total_seconds()
    return min(max(seconds, 0.0), RETRY_AFTER_MOST_S)


def _date(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return None
    return when if when.tzinfo is not None else None


def _unreachable(error: requests.RequestException) -> Answer:
    return Answer(Outcome.UNREACHABLE, detail=type(error).__name__)
