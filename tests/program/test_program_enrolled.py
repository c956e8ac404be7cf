"""A kiosk is taken in by what the QR of the back office says: where the server is, and the code."""

from pathlib import Path

import pytest

from program.enrolled import EnrolmentFailed, enrolled
from program.settings import KioskSettings
from server.foundation.actors import OPERATOR
from sync.enrolment import NotEnrolled
from tests.sync.line_kit import city_server


def test_the_qr_names_the_server_and_the_code_alone_takes_the_settings(tmp_path: Path) -> None:
    with city_server(tmp_path / "server") as server:
        nowhere = KioskSettings(data=tmp_path / "by-qr", server="http://127.0.0.1:9")
        code = server.deps.enrolment.new_code(OPERATOR, "Kios Pindai").code
        taken = enrolled(nowhere, f"{server.base} {code}\n")
        assert (taken.name, taken.server) == ("Kios Pindai", server.base)
        assert enrolled(nowhere).kiosk_id == taken.kiosk_id
        here = KioskSettings(data=tmp_path / "by-hand", server=server.base)
        typed = server.deps.enrolment.new_code(OPERATOR, "Kios Ketik").code.lower()
        assert enrolled(here, typed).name == "Kios Ketik"
        with pytest.raises(EnrolmentFailed, match=server.base):
            enrolled(here, f"{server.base} AAAAAA-AAAAAA")


def test_a_qr_does_not_lead_a_kiosk_to_an_unsafe_line(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled, match="the QR code"):
        enrolled(KioskSettings(data=tmp_path), "http://kios.example.org ABCDEF-GHJKMN")
