from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from http_message_signatures import HTTPMessageSigner, algorithms
from nacl.signing import SigningKey

from protocol import VERSION_HEADER, signing
from protocol.line import plain_signature
from protocol.signing import CLOCK_SKEW

#: So long after it was made a signature is good, at the most.
AGE = signing.SIGNATURE_LIFE + signing.CLOCK_SKEW
KEY = b"\x05" * 32
PUBLIC = bytes(SigningKey(KEY).verify_key)
URL = "https://server.example.id/v1/feed?after=7"


def signed(body: bytes = b'{"a":1}', now: datetime | None = None) -> dict[str, str]:
    headers = {VERSION_HEADER: "1", "Content-Type": "application/json"}
    return signing.sign(
        "POST", URL, headers, body, kiosk_id="kiosk-1", private_key=KEY, nonce="n-1", now=now or datetime.now(UTC)
    )


def verify(
    headers: dict[str, str],
    method: str = "POST",
    url: str = URL,
    body: bytes = b'{"a":1}',
    now: datetime | None = None,
) -> signing.Verified:
    keys = {"kiosk-1": PUBLIC}
    return signing.verify(method, url, headers, body, public_key_of=keys.get, now=now or datetime.now(UTC))


def test_a_signed_request_tells_kiosk_and_nonce() -> None:
    verified = verify(signed())
    assert (verified.kiosk_id, verified.nonce) == ("kiosk-1", "n-1")


def test_a_proxy_may_change_the_authority() -> None:
    assert verify(signed(), url="http://10.0.0.7:8000/v1/feed?after=7").kiosk_id == "kiosk-1"


def test_another_method_is_refused() -> None:
    with pytest.raises(signing.SignatureRefused):
        verify(signed(), method="GET")


@pytest.mark.parametrize("url", [URL + "8", URL.replace("feed", "cases"), URL.partition("?")[0]])
def test_another_target_is_refused(url: str) -> None:
    with pytest.raises(signing.SignatureRefused):
        verify(signed(), url=url)


@pytest.mark.parametrize("body", [b"", b'{"a":2}', b'{"a":1} '])
def test_another_body_is_refused(body: bytes) -> None:
    with pytest.raises(signing.SignatureRefused):
        verify(signed(), body=body)


@pytest.mark.parametrize("name", ["Signature", "Signature-Input", "Content-Digest", VERSION_HEADER])
def test_a_missing_header_is_refused(name: str) -> None:
    headers = signed()
    del headers[name]
    with pytest.raises(signing.SignatureRefused):
        verify(headers)


def test_another_version_is_refused() -> None:
    with pytest.raises(signing.SignatureRefused):
        verify({**signed(), VERSION_HEADER: "2"})


@pytest.mark.parametrize("part", ["created", "nonce", "expires", "keyid"])
def test_a_changed_parameter_is_refused(part: str) -> None:
    headers = signed()
    before, _, after = headers["Signature-Input"].partition(f"{part}=")
    changed = after.replace(after[1], "9" if after[1] != "9" else "8", 1)
    with pytest.raises(signing.SignatureRefused):
        verify({**headers, "Signature-Input": f"{before}{part}={changed}"})


@pytest.mark.parametrize(
    ("off_s", "good"),
    [
        *((sign * off, True) for off in (0, 1, 5, 6, 15, 29, 31, 60, 300) for sign in (1, -1)),
        (CLOCK_SKEW.total_seconds(), True),
        (CLOCK_SKEW.total_seconds() + 1, False),
        (-AGE.total_seconds(), True),
        (-AGE.total_seconds() - 1, False),
    ],
)
def test_a_clock_may_be_off_by_minutes(off_s: float, good: bool) -> None:
    now = datetime(2026, 11, 30, 8, tzinfo=UTC)
    headers = signed(now=now + timedelta(seconds=off_s))
    if good:
        assert verify(headers, now=now).until == now + timedelta(seconds=off_s) + AGE
    else:
        with pytest.raises(signing.SignatureRefused):
            verify(headers, now=now)


def test_a_longer_life_that_a_kiosk_gives_its_signature_does_not_count() -> None:
    """The server forgets a nonce by the life that all signatures have."""
    now = datetime(2026, 11, 30, 8, tzinfo=UTC)
    headers = raw_signed(signing.COMPONENTS, now, expires=now + timedelta(days=365))
    assert verify(headers, now=now + AGE).nonce == "n-1"
    with pytest.raises(signing.SignatureRefused):
        verify(headers, now=now + AGE + timedelta(seconds=1))


#: Written out: this is what is agreed, whatever the code says.
COVERED = ("@method", "@request-target", "ekios-protocol")


def raw_signed(covered: tuple[str, ...], now: datetime | None = None, **times: datetime) -> dict[str, str]:
    """Signed rightly, by a peer that chose by itself what to cover."""
    made = now or datetime.now(UTC)
    request = signing._Request("POST", URL, {VERSION_HEADER: "1"})
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=signing._PrivateKey(KEY)).sign(
        request,
        key_id="kiosk-1",
        created=made,
        expires=times.get("expires", made + signing.SIGNATURE_LIFE),
        nonce="n-1",
        tag="ekios",
        covered_component_ids=covered,
        body=b'{"a":1}',
    )
    return dict(request.headers)


def test_a_peer_that_covers_what_is_agreed_is_understood() -> None:
    assert verify(raw_signed(COVERED)).kiosk_id == "kiosk-1"


@pytest.mark.parametrize("left_out", COVERED)
def test_a_signature_that_leaves_out_what_is_agreed_is_refused(left_out: str) -> None:
    """Else the same signature would be good for another request."""
    headers = raw_signed(tuple(name for name in COVERED if name != left_out))
    with pytest.raises(signing.SignatureRefused):
        verify(headers)


@pytest.mark.parametrize("name", COVERED)
def test_what_a_kiosk_signs_covers_what_is_agreed(name: str) -> None:
    assert f'"{name}"' in signed()["Signature-Input"]


def test_an_unknown_kiosk_is_refused() -> None:
    with pytest.raises(signing.SignatureRefused):
        signing.verify("POST", URL, signed(), b'{"a":1}', public_key_of=lambda kiosk_id: None, now=datetime.now(UTC))


def test_another_kiosks_key_is_refused() -> None:
    other = bytes(SigningKey(b"\x06" * 32).verify_key)
    with pytest.raises(signing.SignatureRefused):
        signing.verify("POST", URL, signed(), b'{"a":1}', public_key_of=lambda kiosk_id: other, now=datetime.now(UTC))


# --- read without the library --------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def judged(headers: dict[str, str], method: str = "POST", url: str = URL, now: datetime = NOW) -> object:
    """What the server makes of a request whose body has not come: who it is, or why not."""
    keys = {"kiosk-1": PUBLIC}
    try:
        return signing.verify(method, url, headers, None, public_key_of=keys.get, now=now)
    except signing.SignatureRefused as refused:
        return str(refused)


def changes(headers: dict[str, str]) -> Iterator[tuple[dict[str, str], str, str]]:
    """The request, and what somebody could make of it, one change at a time."""
    yield headers, "POST", URL
    yield headers, "post", URL
    yield headers, "PUT", URL
    for url in (URL + "&x=1", URL.replace("?", "/?"), URL + "#x", "https://h/v1/feed?after=7%0A", "https://h/v1//feed"):
        yield headers, "POST", url
    for name in ("Signature", "Signature-Input", "Content-Digest", VERSION_HEADER):
        value = headers[name]
        yield {**headers, name.lower(): value}, "POST", URL
        yield {one: said for one, said in headers.items() if one != name}, "POST", URL
        for place in range(0, len(value), 3):
            for sign in ("0", '"', " ", "\n", "é"):
                yield {**headers, name: value[:place] + sign + value[place + 1 :]}, "POST", URL
            yield {**headers, name: value[:place] + value[place + 1 :]}, "POST", URL
        for whole in (f" {value}", f"{value} ", f"{value}, {value}", value.upper(), ""):
            yield {**headers, name: whole}, "POST", URL


def test_what_is_read_without_the_library_is_what_the_library_says(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = [*changes(signed(now=NOW)), *changes(raw_signed(COVERED[:2], NOW) | {"Content-Digest": "x"})]
    short = [judged(headers, method, url) for headers, method, url in requests]
    assert plain_signature.read("POST", URL, signed(now=NOW)) is not None
    monkeypatch.setattr(plain_signature, "read", lambda *_: None)
    assert short == [judged(headers, method, url) for headers, method, url in requests]
    assert sum(isinstance(one, signing.Verified) for one in short) >= 1


@pytest.mark.parametrize("off", [timedelta(0), CLOCK_SKEW + timedelta(seconds=1), -AGE - timedelta(seconds=1)])
def test_its_time_is_judged_alike(off: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = signed(now=NOW + off)
    short = judged(headers)
    monkeypatch.setattr(plain_signature, "read", lambda *_: None)
    assert short == judged(headers)
