"""Packs over the years: roots renewed while a kiosk was away, keys that lie offline, and what kiosks tell of it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface

from server.catalogue.tuf import ROOT_LIFE, TARGETS_LIFE, TIMESTAMP_LIFE, WARN_BEFORE
from server.catalogue.tuf_offline import NewKeys, Unacceptable, describe, public_document, sign
from server.fleet.alarms import AlarmKind
from tests.sync.line_kit import city_server, enrolled, kiosk_on_line, publish, until
from tests.sync.tuf_kit import Years, city_of_years


@pytest.fixture
def years(tmp_path: Path) -> Iterator[Years]:
    with city_of_years(tmp_path) as one:
        yield one


def test_four_hundred_days_offline_and_two_roots_later_the_newest_pack_is_there_in_one_look(years: Years) -> None:
    assert years.look() == ""
    years.pass_days(100)
    years.renew_root()
    publish(years.deps)
    years.pass_days(200)
    years.renew_root()
    number = publish(years.deps)
    years.pass_days(100)
    assert years.look() == ""
    assert (years.version, years.unverified) == (number, "")


def test_a_root_near_its_end_is_renewed_and_followed(years: Years) -> None:
    assert years.look() == ""
    years.pass_days(ROOT_LIFE.days * 0.6)
    number = publish(years.deps)
    assert years.deps.packs.signing_roles()[0].version == 2
    years.pass_days(ROOT_LIFE.days * 0.5)
    assert years.look() == ""
    assert years.version == number


def test_a_kiosk_enrolled_later_begins_with_the_newest_root(years: Years) -> None:
    years.renew_root()
    root = json.loads(years.deps.packs.root_metadata())
    assert root["signed"]["version"] == 2


@pytest.mark.parametrize("who", ["old", "new", "stranger"])
def test_a_root_that_only_one_side_signed_is_not_taken(years: Years, who: str) -> None:
    signers = {"old": years.keys / "tuf-root.key", "new": years.new_key("new"), "stranger": years.new_key("stranger")}
    asked = years.deps.packs.signing_request("root", [NewKeys("root", (public_document(signers["new"]),))])
    with pytest.raises(Unacceptable, match="signed by"):
        years.install(sign(asked, signers[who]))
    assert years.deps.packs.signing_roles()[0].version == 1


def test_a_threshold_asks_for_so_many_keys(years: Years) -> None:
    keys = [years.new_key(f"root-{number}") for number in range(3)]
    changes = [NewKeys("root", tuple(public_document(key) for key in keys), threshold=2)]
    asked = sign(years.deps.packs.signing_request("root", changes), years.keys / "tuf-root.key")
    one = sign(asked, keys[0])
    with pytest.raises(Unacceptable, match="1 of the 2 new"):
        years.install(one)
    years.install(sign(one, keys[2]))
    assert years.look() == ""
    with pytest.raises(Unacceptable, match="cannot be asked for"):
        years.deps.packs.signing_request("root", [NewKeys("root", changes[0].keys, threshold=4)])


def test_a_kiosk_refuses_a_root_that_the_old_key_did_not_sign(years: Years) -> None:
    """Whoever has the server's folder writes a root of their own; the kiosk stays with what it trusts, and says so."""
    assert years.look() == ""
    own = years.new_key("own")
    changes = [NewKeys("root", (public_document(own),)), NewKeys("targets", (public_document(own),))]
    forged = sign(years.deps.packs.signing_request("root", changes), own)
    (years.deps.settings.data / "packs" / "metadata" / "2.root.json").write_bytes(forged)
    assert years.look() != ""
    assert (years.version, "UnsignedMetadataError" in years.unverified) == (1, True)


def test_with_the_targets_key_offline_a_pack_waits_for_its_signature(years: Years) -> None:
    assert years.look() == ""
    offline = years.usb / "tuf-targets.key"
    (years.keys / "tuf-targets.key").rename(offline)
    number = publish(years.deps)
    assert (years.look(), years.version, years.deps.packs.unsigned()) == ("", 1, True)
    assert years.deps.packs.rows()[0].announced_at is None, "no kiosk has heard of it yet"
    asked = years.deps.packs.signing_request("targets")
    assert any(f"pack-{number}.zip" in line for line in describe(asked))
    with pytest.raises(Unacceptable, match="not signed"):
        years.install(sign(asked, years.new_key("stranger")))
    years.install(sign(asked, offline))
    assert years.deps.packs.rows()[0].announced_at is not None
    assert (years.look(), years.version, years.deps.packs.unsigned()) == ("", number, False)
    with pytest.raises(Unacceptable, match="older"):
        years.install(sign(asked, offline))


def test_a_root_that_changes_the_targets_key_needs_both_files_at_once(years: Years) -> None:
    old, new = years.keys / "tuf-root.key", years.new_key("targets-1")
    root = sign(years.deps.packs.signing_request("root", [NewKeys("targets", (public_document(new),))]), old)
    targets = sign(years.deps.packs.signing_request("targets"), new)
    with pytest.raises(Unacceptable, match="as well"):
        years.install(root)
    years.install(root, targets)
    assert (years.look(), years.version) == ("", 1)
    assert [role.online for role in years.deps.packs.signing_roles()] == [True, False, True, True]


def test_a_root_without_the_online_keys_of_this_server_is_refused(years: Years) -> None:
    elsewhere = years.new_key("elsewhere")
    changes = [NewKeys("timestamp", (public_document(elsewhere),))]
    root = sign(years.deps.packs.signing_request("root", changes), years.keys / "tuf-root.key")
    with pytest.raises(Unacceptable, match="timestamp is signed here"):
        years.install(root)


def test_what_is_signed_elsewhere_is_warned_of_before_it_ends(years: Years) -> None:
    (years.keys / "tuf-targets.key").rename(years.usb / "tuf-targets.key")
    years.pass_days((TARGETS_LIFE - WARN_BEFORE).days - 1)
    assert years.deps.packs.ending() == []
    years.pass_days(2)
    assert [role.role for role in years.deps.packs.ending()] == ["targets"]


@pytest.mark.parametrize("content", [b"", b"{}", b"<html>"])
def test_what_is_no_metadata_is_refused_in_words(years: Years, content: bytes) -> None:
    with pytest.raises(Unacceptable, match="not TUF metadata"):
        years.install(content)


# --- what kiosks tell ----------------------------------------------------------------------------------------------


def test_expired_metadata_leave_the_pack_in_force_and_are_reported(years: Years) -> None:
    """The release that nobody signs any more: the service goes on, the office knows."""
    assert years.look() == ""
    years.pass_days(TIMESTAMP_LIFE.days + 1, in_service=False)
    assert years.look() != ""
    assert (years.version, "ExpiredMetadataError" in years.unverified) == (1, True)
    assert years.duty.load_kept() == 1
    years.pass_days(0)
    assert (years.look(), years.unverified) == ("", "")


def test_a_pack_that_cannot_be_verified_is_an_alarm_until_one_can(tmp_path: Path) -> None:
    with city_server(tmp_path / "server") as server, ExitStack() as at_the_end:
        made = kiosk_on_line(tmp_path / "kiosk", enrolled(server))
        at_the_end.callback(made.stop)
        made.line.start()
        until(lambda: made.at.store.packs.newest_first())
        file = server.deps.settings.data / "packs" / f"pack-{publish(server.deps)}.zip"
        # The kiosk has perhaps taken it already; the next one is altered before it is announced.
        until(lambda: made.at.kiosk.catalogue.version == 2)
        server.deps.failpoints.actions["pack.listed"] = lambda: _flip(file.with_name("pack-3.zip"))
        publish(server.deps)

        def alarms() -> dict[str, str]:
            view = server.deps.presence.kiosk(made.enrolment.kiosk_id)
            return {alarm.kind: alarm.detail for alarm in view.alarms} if view else {}

        detail = until(lambda: alarms().get(AlarmKind.PACK_REFUSED))
        assert "LengthOrHashMismatchError" in detail
        assert made.at.kiosk.catalogue.version == 2
        _flip(file.with_name("pack-3.zip"))

        def verified() -> bool:
            made.line.retry_now()
            return made.at.kiosk.catalogue.version == 3

        until(verified)
        until(lambda: AlarmKind.PACK_REFUSED not in alarms())


def _flip(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_a_line_that_is_down_is_no_pack_that_cannot_be_verified(years: Years) -> None:
    class Away(FetcherInterface):
        def _fetch(self, url: str) -> Iterator[bytes]:
            raise DownloadHTTPError("away", 503)

    assert years.look() == ""
    years.duty._fetcher = Away()  # type: ignore[assignment]
    assert (years.look() != "", years.unverified) == (True, "")
