"""Packs: signed, rising, taken back by a new number, tried out in rings; a city from text."""

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface, Updater

from protocol.packs import PackCustom, target_name, unpack
from server.catalogue.pack_content import PackContent
from server.catalogue.packs import RINGS, PackOutcome
from server.catalogue.service_drafts import ServiceDraftOutcome
from server.catalogue.tuf import TIMESTAMP_LIFE
from server.deps import Deps
from server.foundation.actors import OPERATOR
from server.operator.seeding import SeedRefused, read_city, seed
from server.storage import tables
from tests.server.catalogue.authoring_kit import ADMIN, GOOD, changed, services_of, workbook
from tests.server.conftest import CITY, FakeClock
from tests.server.kiosk_client import TestKiosk
from tests.server.running import RunningServer


class SignedFetcher(FetcherInterface):
    """TUF's client over the signed line."""

    def __init__(self, kiosk: TestKiosk) -> None:
        super().__init__()
        self._kiosk = kiosk

    def _fetch(self, url: str) -> Iterator[bytes]:
        answer = self._kiosk.get(url)
        if not answer.ok:
            raise DownloadHTTPError(answer.reason, answer.status_code)
        return iter([answer.content])


def updater(kiosk: TestKiosk, folder: Path) -> Updater:
    assert kiosk.enrolment is not None
    (folder / "metadata").mkdir(parents=True)
    (folder / "targets").mkdir()
    return Updater(
        metadata_dir=str(folder / "metadata"),
        metadata_base_url="/v1/packs/metadata/",
        target_dir=str(folder / "targets"),
        target_base_url="/v1/packs/targets/",
        fetcher=SignedFetcher(kiosk),
        bootstrap=kiosk.enrolment.tuf_root,
    )


def content(deps: Deps) -> PackContent:
    found = deps.packs.content(1)
    assert found is not None
    return found


def test_a_tuf_client_gets_the_pack_by_its_signed_metadata(
    server: RunningServer, kiosk: TestKiosk, tmp_path: Path
) -> None:
    client = updater(kiosk, tmp_path)
    client.refresh()
    target = client.get_targetinfo(target_name(1))
    assert target is not None
    custom = PackCustom.model_validate(target.unrecognized_fields["custom"])
    manifest, files = unpack(Path(client.download_target(target)).read_bytes())
    assert (custom.version, custom.city, manifest.services) == (1, "Kota Uji", ("surat", "aduan"))
    assert b"<h:html" in files["services/surat/form.xml"]


@pytest.mark.parametrize("name", ["root.json", "0.exe", "..", "1.root.json/../timestamp.json", "%2e%2e%2fkeys"])
def test_nothing_but_metadata_is_given_away(sqlite_server: RunningServer, name: str) -> None:
    assert sqlite_server.kiosk().get(f"/v1/packs/metadata/{name}").status_code in (401, 404)


def test_a_target_is_given_only_by_its_hash(sqlite_server: RunningServer) -> None:
    assert sqlite_server.kiosk().get("/v1/packs/targets/pack-1.zip").status_code == 404


def test_publishing_tells_the_kiosks_of_its_rings(deps: Deps) -> None:
    result = deps.packs.publish(content(deps), ADMIN, rings=("test",))
    with deps.engine.connect() as connection:
        assert (deps.packs.newest(connection, "test"), deps.packs.newest(connection, "all")) == (2, 1)
    assert result.number == 2


def test_taking_back_publishes_what_was_before_under_a_new_number(deps: Deps) -> None:
    before = content(deps)
    changed = before.without("aduan")
    assert deps.packs.publish(changed, ADMIN).number == 2
    result = deps.packs.take_back(2, ADMIN, "wrong")
    assert result.number == 3
    again = deps.packs.content(3)
    assert again is not None
    assert [one.description.id for one in again.services] == ["surat", "aduan"]
    assert deps.packs.take_back(2, ADMIN).outcome is PackOutcome.TAKEN_BACK_ALREADY


def test_what_cannot_be_taken_back_or_published(deps: Deps) -> None:
    packs = deps.packs
    assert packs.take_back(1, ADMIN).outcome is PackOutcome.NOTHING_BEFORE
    assert packs.take_back(9, ADMIN).outcome is PackOutcome.NO_SUCH_PACK
    assert packs.publish(PackContent(()), ADMIN).outcome is PackOutcome.NO_SERVICES
    assert packs.publish(content(deps), ADMIN, rings=("beta",)).outcome is PackOutcome.NO_SUCH_RING
    assert packs.publish(content(deps), ADMIN, rings=()).outcome is PackOutcome.NO_SUCH_RING


def test_the_timestamp_is_renewed_before_its_end(deps: Deps, clock: FakeClock) -> None:
    def version() -> int:
        path = deps.packs.metadata_path("timestamp.json")
        assert path is not None
        return int(json.loads(path.read_text())["signed"]["version"])

    before = version()
    deps.packs.refresh()
    assert version() == before
    clock.time += TIMESTAMP_LIFE / 2 + timedelta(hours=1)
    deps.packs.refresh()
    assert version() == before + 1


def test_an_announcement_that_a_crash_left_undone_is_made_at_the_start(deps: Deps) -> None:
    with deps.engine.begin() as connection:
        connection.execute(tables.packs.update().values(announced_at=None))
    deps.packs.reconcile()
    with deps.engine.connect() as connection:
        assert connection.execute(select(tables.packs.c.announced_at)).scalar_one() is not None


def test_cases_of_an_older_form_are_still_taken(server: RunningServer, kiosk: TestKiosk) -> None:
    old = server.service("aduan")
    server.deps.packs.publish(content(server.deps), OPERATOR)
    assert kiosk.statuses(kiosk.envelope(old)) == ["stored"]


# --- rings ---------------------------------------------------------------------------------------------------------


def described_draft(deps: Deps, service: str, version: str, rings: tuple[str, ...]) -> int:
    """Publishes a new service to some rings; the pack's number."""
    known = deps.authoring.published("surat")
    assert known is not None
    document = known.description.model_dump(mode="json")
    draft = deps.authoring.upload(ADMIN, service, "a.xlsx", workbook(*GOOD, version=version), document).draft
    assert draft is not None
    return deps.authoring.publish(ADMIN, draft.id, rings).pack


def test_what_is_tried_out_stays_with_those_who_try_it(deps: Deps) -> None:
    before = services_of(deps, "all")
    described_draft(deps, "satu", "1", ("test",))
    described_draft(deps, "dua", "1", ("test",))
    assert (services_of(deps, "test") - before, services_of(deps, "all")) == ({"satu", "dua"}, before)


def test_another_version_for_some_is_under_what_is_being_tried_out(deps: Deps) -> None:
    assert deps.authoring.tried_out() == []
    early = changed(deps, "surat", "5", ("test", "early"))
    assert [(one.ring, one.pack, one.service.description.id) for one in deps.authoring.tried_out()] == [
        ("early", early, "surat")
    ]
    # The test kiosks have yet another one, and a service that nobody else has.
    changed(deps, "surat", "6", ("test",))
    test = changed(deps, "satu", "1", ("test",))
    found = {(one.ring, one.pack, one.service.description.id) for one in deps.authoring.tried_out()}
    assert found == {("early", early, "surat"), ("test", test, "surat"), ("test", test, "satu")}
    assert deps.packs.promote(test, ADMIN, RINGS).ok
    assert deps.authoring.tried_out() == []


def test_what_was_tried_out_goes_on_to_all(deps: Deps) -> None:
    number = described_draft(deps, "satu", "1", ("test",))
    promoted = deps.packs.promote(number, ADMIN, RINGS)
    assert promoted.ok and deps.packs.rows()[0].content_of == number
    assert services_of(deps, "all") == services_of(deps, "test") >= {"satu"}


def test_only_a_pack_that_stands_goes_on(deps: Deps) -> None:
    number = described_draft(deps, "satu", "1", ("test",))
    assert deps.packs.take_back(number, ADMIN).ok
    assert deps.packs.promote(number, ADMIN, RINGS).outcome is PackOutcome.TAKEN_BACK_ALREADY
    assert deps.packs.promote(99, ADMIN, RINGS).outcome is PackOutcome.NO_SUCH_PACK


def test_a_version_that_is_tried_out_is_not_used_for_other_content(deps: Deps) -> None:
    described_draft(deps, "satu", "1", ("test",))
    assert described_draft(deps, "satu", "1", ("early", "test")) > 0
    known = deps.authoring.published("satu")
    assert known is not None
    document = known.description.model_dump(mode="json")
    other = deps.authoring.upload(ADMIN, "satu", "a.xlsx", workbook(GOOD[0], version="1"), document).draft
    assert other is not None
    assert deps.authoring.publish(ADMIN, other.id).outcome is ServiceDraftOutcome.SAME_VERSION


def test_all_never_go_back_to_what_only_some_tried_out(deps: Deps) -> None:
    before = services_of(deps, "all")
    described_draft(deps, "satu", "1", ("test",))
    number = described_draft(deps, "dua", "1", RINGS)
    assert deps.packs.take_back(number, ADMIN).ok
    assert services_of(deps, "all") == before


# --- a city from text ----------------------------------------------------------------------------------------------


def test_a_city_is_seeded_once(deps: Deps) -> None:
    assert seed(deps, CITY, trial=True) is None


@pytest.mark.parametrize(
    ("file", "text", "word"),
    [
        ("city.toml", "name =", "city.toml"),
        ("surat/service.toml", 'agency = "hantu"', "hantu"),
        ("surat/form.md", "| survey |\n| | type | name |\n| | telepati | a |\n", "surat/form.md"),
    ],
)
def test_a_broken_city_is_refused_with_the_files_name(tmp_path: Path, file: str, text: str, word: str) -> None:
    folder = tmp_path / "city"
    shutil.copytree(CITY, folder)
    (folder / file).write_text(text)
    with pytest.raises(SeedRefused, match=word):
        read_city(folder)
