"""Files that administrators upload are opened in a child with limits before any kiosk opens them."""

import io
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import miniaudio
import pytest
from PIL import Image

from forms.limits import (
    MAX_CLIP_RATE,
    MAX_CLIP_SECONDS,
    MAX_CLIP_SIDE,
    MAX_MEDIA_BYTES,
    MAX_PICTURE_PIXELS,
    MAX_PICTURE_SIDE,
    MAX_SHEET_CELLS,
    MAX_SHEET_ROWS,
    MAX_SOUND_SECONDS,
)
from rehearsal.clip import clip
from server.catalogue.apart import Opener
from server.catalogue.media import media_problem
from server.catalogue.service_drafts import Problem, Severity

FORM = b"| survey |\n| | type | name | label | media::image |\n| | text | a | A | kk.png |\n"


def png(width: int, height: int) -> bytes:
    stored = io.BytesIO()
    Image.new("1", (width, height)).save(stored, "PNG")
    return stored.getvalue()


def claimed_png(width: int, height: int) -> bytes:
    """A PNG whose header claims that many pixels, of which there is not one."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunk = b"IHDR" + header
    end = b"IEND"
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0) + end + struct.pack(">I", zlib.crc32(end))
    )  # fmt: skip


def wav(seconds: int, rate: int = 100) -> bytes:
    count = seconds * rate
    head = struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + count, b"WAVE", b"fmt ", 16, 1, 1, rate, rate, 1, 8, b"data", count
    )
    return head + bytes(count)


def reported(problem: Problem | None) -> str:
    return "" if problem is None else problem.message


CLIP = "signing-review.webm"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("kk.png", png(20, 20), ""),
        ("kk.jpg", png(20, 20), "JPEG picture"),
        ("kk.png", b"<html><script>alert(1)</script></html>", "PNG picture"),
        ("kk.png", png(200, 200)[:60], "PNG picture"),
        ("kk.png", b"", "PNG picture"),
        ("a.wav", wav(1), ""),
        ("a.mp3", wav(1), "MP3 sound"),
        ("a.wav", b"RIFF nothing", "WAV sound"),
        ("a.csv", b"name,label\n1,A\n", ""),
        ("a.csv", b"\xff\xff\xff", "csv"),
        ("a.xml", b"<root><item>", "xml"),
        ("a.geojson", b"[]", "geojson"),
        ("foto kk.png", png(2, 2), "rename it"),
        ("désa.csv", b"name\n", "rename it"),
        ("../a.png", png(2, 2), "rename it"),
        ("-a.png", png(2, 2), "rename it"),
        ("a" * 97 + ".png", png(2, 2), "rename it"),
        ("a" * 96 + ".png", png(2, 2), ""),
        ("form.xml", b"<a/>", "taken by the system"),
        ("film.mp4", b"", "left out"),
        ("signing-service.webm", clip(), ""),
        ("signing-service.mp4", clip(), "MP4 video"),
        ("signing-service.webm", clip()[:40], "WEBM video"),
        ("signing-service.webm", b"\x1a\x45\xdf\xa3" + b"x" * 400, "WEBM video"),
        ("signing-service.webm", b"", "WEBM video"),
    ],
)
def test_a_file_is_opened_as_what_its_name_says(name: str, data: bytes, said: str) -> None:
    problem = media_problem(name, data)
    assert (problem is None) == (said == "")
    assert said in reported(problem)
    if problem is not None:
        assert name in problem.text("id") and name in problem.text("en")


@pytest.mark.parametrize(
    ("name", "at", "above"),
    [
        ("p.png", lambda: png(4_000, MAX_PICTURE_PIXELS // 4_000), lambda: png(4_000, MAX_PICTURE_PIXELS // 4_000 + 1)),
        ("p.png", lambda: png(MAX_PICTURE_SIDE, 2), lambda: png(MAX_PICTURE_SIDE + 1, 2)),
        ("s.wav", lambda: wav(MAX_SOUND_SECONDS), lambda: wav(MAX_SOUND_SECONDS + 1)),
        (CLIP, lambda: clip(2, (MAX_CLIP_SIDE, 16)), lambda: clip(2, (MAX_CLIP_SIDE + 2, 16))),
        (CLIP, lambda: clip(2, rate=MAX_CLIP_RATE), lambda: clip(2, rate=MAX_CLIP_RATE + 1)),
        (CLIP, lambda: clip(MAX_CLIP_SECONDS, (32, 32), 1), lambda: clip(MAX_CLIP_SECONDS + 1, (32, 32), 1)),
        ("l.csv", lambda: b"n\n" + b"1" * (MAX_MEDIA_BYTES - 2), lambda: b"n\n" + b"1" * (MAX_MEDIA_BYTES - 1)),
    ],
)
def test_each_limit_holds_at_it_and_not_above(
    name: str, at: Callable[[], bytes], above: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    import csv

    monkeypatch.setattr(csv, "field_size_limit", csv.field_size_limit)
    csv.field_size_limit(MAX_MEDIA_BYTES)
    try:
        assert media_problem(name, at()) is None
        assert media_problem(name, above()) is not None
    finally:
        csv.field_size_limit(131_072)


@pytest.fixture(scope="module")
def opener() -> Opener:
    return Opener()


def test_a_draft_is_opened_apart_with_its_files(opener: Opener) -> None:
    opened = opener.draft(FORM, "md", "surat", {"kk.png": png(20, 20)})
    assert opened.xml is not None and opened.problems == ()
    assert set(opened.resources) == {"kk.png"}


def test_a_picture_of_nine_hundred_million_pixels_is_refused_by_name(opener: Opener) -> None:
    opened = opener.draft(FORM, "md", "surat", {"kk.png": claimed_png(30_000, 30_000)})
    assert [problem.severity for problem in opened.problems] == [Severity.ERROR]
    assert "kk.png" in opened.problems[0].message and "pixels" in opened.problems[0].message
    assert "kk.png" not in opened.resources


def test_a_clip_is_opened_apart_as_well(opener: Opener) -> None:
    files = {"signing-service.webm": clip(), "signing-form.webm": clip()[:60]}
    assert [problem.message[:34] for problem in opener.problems(files)] == ["The file “signing-form.webm” canno"]


def test_a_list_that_cannot_be_read_is_reported_once_and_at_its_row(opener: Opener) -> None:
    source = b"| survey |\n| | type | name | label |\n| | select_one_from_file desa.csv | a | A |\n"
    opened = opener.draft(source, "md", "surat", {"desa.csv": b"\xff\xff\xff"})
    assert [(one.sheet, one.row, one.column) for one in opened.problems] == [("survey", 2, "type")]


def test_a_file_that_nothing_uses_is_left_out_with_a_warning(opener: Opener) -> None:
    opened = opener.draft(FORM.replace(b"kk.png", b""), "md", "surat", {"film.mp4": b"x", "a.csv": b"name\n1\n"})
    assert [problem.severity for problem in opened.problems] == [Severity.WARNING]
    assert set(opened.resources) == {"a.csv"}


def _dying(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """A decoder that harms its process when it meets a certain file, as native ones can."""
    (tmp_path / "sitecustomize.py").write_text(
        "import builtins, os, time\n"
        "original = builtins.__import__\n"
        "def wrapped(name, *rest, **more):\n"
        "    module = original(name, *rest, **more)\n"
        "    if name == 'server.catalogue.media' and not hasattr(module, 'armed'):\n"
        "        module.armed = True\n"
        "        real = module.media_problem\n"
        "        def media_problem(file, data):\n"
        f"            if data == b'hostile': {what}\n"
        "            return real(file, data)\n"
        "        module.media_problem = media_problem\n"
        "    return module\n"
        "builtins.__import__ = wrapped\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))


@pytest.mark.parametrize("what", ["os.abort()", "bytearray(3_000_000_000)", "time.sleep(600)"])
def test_a_file_that_kills_its_child_is_refused_and_the_rest_goes_on(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _dying(tmp_path, monkeypatch, what)
    files = {"b.png": b"hostile", "kk.png": png(2, 2), "z.csv": b"name\n1\n"}
    opened = Opener(wall_seconds=15.0 if "sleep" not in what else 4.0).draft(FORM, "md", "surat", files)
    assert [reported(one) for one in opened.problems] == [
        "The file “b.png” cannot be opened within the limits of time and memory; make it smaller or simpler."
    ]
    assert opened.xml is not None and set(opened.resources) == {"kk.png", "z.csv"}


def test_after_three_such_files_the_rest_is_refused_unopened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _dying(tmp_path, monkeypatch, "os.abort()")
    files = {f"{letter}.png": b"hostile" for letter in "abcd"} | {"kk.png": png(2, 2)}
    opened = Opener().draft(FORM, "md", "surat", files)
    assert opened.xml is None and opened.resources == {}
    assert sum("within the limits" in one.message for one in opened.problems) == len(files) + 1


def test_the_child_sees_nothing_of_the_servers_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _dying(tmp_path, monkeypatch, "os._exit(9) if 'EKIOS_SECRET' in os.environ else None")
    monkeypatch.setenv("EKIOS_SECRET", "s")
    assert "PNG picture" in Opener().problems({"kk.png": b"hostile"})[0].message


def test_a_sheet_of_too_many_rows_is_refused_with_its_number(opener: Opener) -> None:
    row = b"| | text | a | A |\n"
    opened = opener.draft(b"| survey |\n| | type | name | label |\n" + row * 60_000, "md", "surat", {})
    assert opened.xml is None
    assert opened.problems[0].message.startswith("The form has 60,003 rows")


@pytest.mark.parametrize(("rows", "refused"), [(MAX_SHEET_ROWS, False), (MAX_SHEET_ROWS + 1, True)])
def test_rows_of_a_sheet_are_counted_before_they_are_read(rows: int, refused: bool) -> None:
    from forms.authoring import sheets

    lines = b"| survey |\n" + b"\n" * (rows - 2)
    found = sheets.read_workbook(lines, "md")
    assert (getattr(found, "code", "") == "file.rows") is refused


@pytest.mark.parametrize(("cells", "refused"), [(MAX_SHEET_CELLS, False), (MAX_SHEET_CELLS + 1, True)])
def test_cells_of_a_spreadsheet_are_counted_before_they_are_read(cells: int, refused: bool) -> None:
    import zipfile

    from forms.authoring import sheets

    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/worksheets/sheet1.xml", b"<row><c><v>1</v></c>" + b"<c><v>1</v></c>" * (cells - 1) + b"</row>"
        )
    found = sheets.read_workbook(stored.getvalue(), "xlsx")
    assert (getattr(found, "code", "") == "file.cells") is refused


def test_sounds_are_distinguished_by_how_they_begin() -> None:
    assert miniaudio.decode(wav(1)).nchannels in (1, 2)
    assert media_problem("a.ogg", wav(1)) is not None
