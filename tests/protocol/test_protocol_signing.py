from datetime import UTC, datetime, timedelta

import pytest
from nacl.signing import SigningKey

from sync.protocol import VERSION_HEADER, signing

KEY = b"\x05" * 32
PUBLIC = bytes(SigningKey(KEY).verify_key)
URL = "https://server.example.id/v1/feed?after=7"


def signed(body: bytes = b'{"a":1}', now: datetime | None = None) -> dict[str, str]:
    headers = {VERSION_HEADER: "1", "Content-Type": "application/json"}
    return signing.sign(
        "POST", URL, headers, body, kiosk_id="kiosk-1", private_key=KEY, nonce="n-1", now=now or datetime.now(UTC)
    )


def verify(headers: dict[str, str], method: str = "POST", url: str = URL, body: bytes = b'{"a":1}') -> signing.Verified:
    return signing.verify(method, url, headers, body, public_key_of={"kiosk-1": PUBLIC}.get)


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


@pytest.mark.parametrize("shift", [timedelta(minutes=-11), timedelta(minutes=11)])
def test_an_old_or_future_signature_is_refused(shift: timedelta) -> None:
    with pytest.raises(signing.SignatureRefused):
        verify(signed(now=datetime.now(UTC) + shift))


def test_an_unknown_kiosk_is_refused() -> None:
    with pytest.raises(signing.SignatureRefused):
        signing.verify("POST", URL, signed(), b'{"a":1}', public_key_of=lambda kiosk_id: None)


def test_another_kiosks_key_is_refused() -> None:
    other = bytes(SigningKey(b"\x06" * 32).verify_key)
    with pytest.raises(signing.SignatureRefused):
        signing.verify("POST", URL, signed(), b'{"a":1}', public_key_of=lambda kiosk_id: other)
