"""Signed requests to the server, with time-outs, and an answer for every status code as a value.

Nothing here raises for what a network or a server does; a bug does. Requests are safe to repeat: everything of the
protocol is idempotent, and each sending has a new nonce.

Whatever stands between may answer, too: a captive portal, a proxy with a page of its own. Only an answer that proves to be
the server's (``protocol.answers``) means what its status says; of the others none does anything for done, given up
or refused.
"""

import logging
import re
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

from kiosk.machine.high_water import CorrectedClock
from protocol import PROTOCOL_VERSION, VERSION_HEADER, answers, signing
from protocol.answers import FINAL_CODES, REVOKED_CODE, WAITING_CODE
from protocol.line import versions
from protocol.messages import ErrorAnswer
from sync.enrolment import Enrolment
from sync.signing_time import SigningTime

logger = logging.getLogger(__name__)

CONNECT_S: Final = 5.0
#: Longer than the pause between two comments of a live feed: silence beyond it is a dead link.
READ_S: Final = 45.0
#: A larger JSON answer is not one of ours.
ANSWER_BYTES: Final = 8_000_000
RETRY_AFTER_MOST_S: Final = 3_600.0
#: What an answer was on its way makes no difference to the time of day.
_CLOCK_TOLERANCE: Final = timedelta(seconds=2)
#: A refused request is signed anew when its time was off by more: the server's tolerance is wider.
_RESIGN: Final = timedelta(seconds=5)
_PIECE: Final = 65_536
_REASON_CHARACTERS: Final = 200
_UNAUTHORIZED: Final = 401
_UPGRADE_REQUIRED: Final = 426
_CREATED: Final = re.compile(r";created=(\d{1,15})\b")


class Outcome(StrEnum):
    OK = "OK"
    NOT_FOUND = "NOT_FOUND"
    #: 409: another offset than was thought.
    CONFLICT = "CONFLICT"
    #: 400, 413, 422 …: not like this; see ``Answer.final``.
    REJECTED = "REJECTED"
    #: 401, or 403 for another reason than the next two.
    REFUSED = "REFUSED"
    #: The office has not approved this kiosk yet.
    WAITING = "WAITING"
    REVOKED = "REVOKED"
    UPDATE_NEEDED = "UPDATE_NEEDED"
    #: 429 or 503; see ``retry_after``.
    SLOWED = "SLOWED"
    #: 5xx, or an answer that cannot be read.
    SERVER_ERROR = "SERVER_ERROR"
    #: Somebody else answered: a captive portal, a proxy. It says nothing about the request.
    FOREIGN = "FOREIGN"
    UNREACHABLE = "UNREACHABLE"


_FORBIDDEN: Final = {WAITING_CODE: Outcome.WAITING, REVOKED_CODE: Outcome.REVOKED}


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
    #: Of an error of the server's own, as the protocol names it.
    code: str = ""

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.OK

    @property
    def final(self) -> bool:
        """The server refuses it for what it is: repeated, it will never do better."""
        return self.outcome is Outcome.REJECTED and self.code in FINAL_CODES

    def unreadable(self, what: str) -> "Answer":
        """The same answer, whose body turned out not to be what the protocol says."""
        return Answer(Outcome.SERVER_ERROR, self.status, detail=f"{what} cannot be read")


@dataclass(frozen=True, slots=True)
class Stream:
    """An open answer; ``lines`` ends, or raises requests.RequestException, when the link does."""

    answer: Answer
    response: requests.Response | None = field(default=None, repr=False)


class Client:
    """One per thread: a ``requests.Session`` is not made for several. ``signing_time`` is shared by all of a kiosk's."""

    def __init__(
        self,
        enrolment: Enrolment,
        clock: CorrectedClock,
        signing_time: SigningTime | None = None,
        *,
        read_timeout: float = READ_S,
        connect_timeout: float = CONNECT_S,
        ca_file: str | None = None,
    ) -> None:
        self._enrolment = enrolment
        self._clock = clock
        self._signing_time = signing_time or SigningTime(clock)
        self._connect_s = connect_timeout
        #: Seconds of silence after which an answer counts as lost.
        self.read_s = read_timeout
        self._http = requests.Session()
        # Proxies and passwords come from settings only, never from whatever the environment holds.
        self._http.trust_env = False
        self._http.verify = ca_file if ca_file is not None else True
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=2, max_retries=0)
        self._http.mount("http://", adapter)
        self._http.mount("https://", adapter)
        self._worked = False
        #: Of the protocol: the newest that the server understood when it answered last.
        self._version = PROTOCOL_VERSION

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
            return self._answer(response, bytes(content))

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
            yield Stream(self._answer(result, b""), result)
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
        for better in (self._refused_for_its_version, self._refused_for_its_time):
            if isinstance(response, requests.Response) and better(response):
                response.close()
                response = self._try(method, path, body, query, headers)
        if isinstance(response, requests.Response):
            self._worked = True
            return response
        return _unreachable(response)

    def _try(
        self, method: str, path: str, body: bytes, query: Mapping[str, str] | None, headers: Mapping[str, str] | None
    ) -> requests.Response | requests.RequestException:
        plain = {VERSION_HEADER: str(self._version), "Accept-Encoding": "identity", **(headers or {})}
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
            now=self._signing_time.now(),
        )
        prepared.headers.update(signed)
        try:
            response = self._http.send(
                prepared, stream=True, timeout=(self._connect_s, self.read_s), allow_redirects=False
            )
        except requests.RequestException as error:
            return error
        self._learn(response)
        return response

    def _proof(self, response: requests.Response) -> answers.Proof | None:
        """None: not the city's server."""
        signature = response.request.headers.get("Signature", "")
        header = response.headers.get(answers.HEADER)
        return answers.read(header, signature, response.status_code, self._enrolment.city.badge_key)

    def _learn(self, response: requests.Response) -> None:
        """Time and version, from each answer of the server, also from a refusal."""
        proof = self._proof(response)
        if proof is None:
            return
        named = response.headers.get(VERSION_HEADER)
        if named is not None or response.status_code == _UPGRADE_REQUIRED:
            self._version = versions.common(named) or self._version
        self._signing_time.learn(proof.judged)
        if abs(proof.at - self._clock.now()) > _CLOCK_TOLERANCE:
            self._clock.learn(proof.at)

    def _refused_for_its_version(self, response: requests.Response) -> bool:
        """Whether another version that both understand is known by now."""
        sent = response.request.headers.get(VERSION_HEADER)
        return response.status_code == _UPGRADE_REQUIRED and sent != str(self._version)

    def _refused_for_its_time(self, response: requests.Response) -> bool:
        """Whether the server's time is learnt by now and the request may be good when it is signed with that."""
        if response.status_code != _UNAUTHORIZED:
            return False
        signed_at = _created(response.request.headers.get("Signature-Input", ""))
        return signed_at is not None and abs(self._signing_time.now().timestamp() - signed_at) > _RESIGN.total_seconds()

    def _answer(self, response: requests.Response, body: bytes) -> Answer:
        status, proven = response.status_code, self._proof(response) is not None
        code, message = _error(body) if proven else ("", "")
        outcome = _outcome(status, code) if proven else _foreign(status)
        reason = f", {message}" if outcome is Outcome.UPDATE_NEEDED else ""
        return Answer(
            outcome=outcome,
            status=status,
            body=body,
            headers=response.headers,
            retry_after=_retry_after(response.headers.get("Retry-After"), self._clock.now()),
            detail="" if outcome is Outcome.OK else f"status {status}{reason if proven else ', not from our server'}",
            code=code,
        )


def _foreign(status: int) -> Outcome:
    """What an answer without a proof says: nothing, except that the way to the server is slow or broken."""
    if status in (408, 425, 429, 503):
        return Outcome.SLOWED
    return Outcome.SERVER_ERROR if status >= 500 else Outcome.FOREIGN


def _outcome(status: int, code: str) -> Outcome:
    if 200 <= status < 300:
        return Outcome.OK
    if status == 401:
        return Outcome.REFUSED
    if status == 403:
        return _FORBIDDEN.get(code, Outcome.REFUSED)
    if status in (404, 410):
        return Outcome.NOT_FOUND
    if status == 409:
        return Outcome.CONFLICT
    if status == _UPGRADE_REQUIRED:
        return Outcome.UPDATE_NEEDED
    if status in (408, 425, 429, 503):
        return Outcome.SLOWED
    return Outcome.REJECTED if 400 <= status < 500 else Outcome.SERVER_ERROR


def _error(body: bytes) -> tuple[str, str]:
    """Code and message; empty when there are none."""
    try:
        error = ErrorAnswer.model_validate_json(body).error
    except ValidationError:
        return "", ""
    return error.code, error.message[:_REASON_CHARACTERS]


def _created(signature_input: str) -> int | None:
    found = _CREATED.search(signature_input)
    return int(found[1]) if found else None


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
