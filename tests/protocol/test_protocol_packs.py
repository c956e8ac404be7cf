import io
import zipfile
from datetime import UTC, datetime

import pytest

from protocol import packs

TEXT = {"id": "Surat", "en": "Letter"}


def service(name: str = "domisili") -> packs.ServiceDescription:
    return packs.ServiceDescription(
        id=name,
        agency=packs.Agency(id="kelurahan", name=TEXT),
        name=TEXT,
        summary=TEXT,
        icon="house",
        standard=packs.Standard(
            requirements={"id": ("KTP",)},
            procedure={"id": ("Isi formulir",)},
            working_days=1,
            time=TEXT,
            fee_rupiah=0,
            fee=TEXT,
            product=TEXT,
            complaints=TEXT,
        ),
        stages=(packs.Stage(id="check", name=TEXT, working_days=1),),
        slip=packs.SlipText(title=TEXT, next_step=TEXT),
        form_id=name,
        form_version="1",
    )


def manifest(*services: str) -> packs.Manifest:
    return packs.Manifest(version=3, city="surabaya", made_at=datetime(2026, 11, 1, tzinfo=UTC), services=services)


def pack(files: dict[str, bytes] | None = None) -> bytes:
    return packs.build(
        manifest("domisili"), {"domisili": service()}, {"services/domisili/form.xml": b"<h:html/>"} | (files or {})
    )


def rezip(change: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(pack())) as old, zipfile.ZipFile(buffer, "w") as new:
        for path, content in ({i.filename: old.read(i) for i in old.infolist()} | change).items():
            new.writestr(path, content)
    return buffer.getvalue()


@pytest.mark.parametrize(("names", "fits"), [(packs.PICTOGRAM_LINES, True), (packs.PICTOGRAM_LINES + 1, False)])
def test_a_standard_has_a_bounded_number_of_pictograms(names: int, fits: bool) -> None:
    standard = service().standard.model_dump() | {"procedure_pictograms": ["kiosk"] * names}
    if fits:
        assert len(packs.Standard.model_validate(standard).procedure_pictograms) == names
    else:
        with pytest.raises(ValueError, match="procedure_pictograms"):
            packs.Standard.model_validate(standard)


def test_a_pack_opens_to_what_went_in() -> None:
    opened, files = packs.unpack(pack({"services/domisili/map.png": b"png"}))
    assert opened == manifest("domisili")
    assert files["services/domisili/map.png"] == b"png"
    assert packs.ServiceDescription.model_validate_json(files["services/domisili/service.json"]) == service()


def test_the_same_content_gives_the_same_bytes() -> None:
    assert pack() == pack()


@pytest.mark.parametrize("path", ["../evil", "/etc/passwd", "services/../x", "services/a/b/c", "pack.json", "x.txt"])
def test_a_foreign_path_is_not_packed(path: str) -> None:
    with pytest.raises(packs.PackRefused, match="cannot be a file"):
        pack({path: b""})


@pytest.mark.parametrize("path", ["../evil", "services/domisili/../../x", "readme"])
def test_a_foreign_path_is_not_unpacked(path: str) -> None:
    with pytest.raises(packs.PackRefused, match="no pack has"):
        packs.unpack(rezip({path: b""}))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 1000])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    with pytest.raises(packs.PackRefused, match="not a zip"):
        packs.unpack(content)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"format": 2}', b"\xff\xfe"])
def test_a_broken_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(packs.PackRefused, match="the manifest is wrong"):
        packs.unpack(rezip({"pack.json": content}))


def test_what_a_service_says_is_left_to_its_reader() -> None:
    _, files = packs.unpack(rezip({"services/domisili/service.json": b"{}"}))
    assert files["services/domisili/service.json"] == b"{}"


def test_a_zip_bomb_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = pack()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        size = sum(info.file_size for info in archive.infolist())
    monkeypatch.setattr(packs, "UNPACKED_BYTES", size)
    packs.unpack(whole)
    monkeypatch.setattr(packs, "UNPACKED_BYTES", size - 1)
    with pytest.raises(packs.PackRefused, match="when unpacked"):
        packs.unpack(whole)


def test_too_many_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "PACK_FILES", 3)
    packs.unpack(pack())
    monkeypatch.setattr(packs, "PACK_FILES", 2)
    with pytest.raises(packs.PackRefused, match="more than 2"):
        packs.unpack(pack())
