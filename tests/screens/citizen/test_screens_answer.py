"""Answering the office by touch: with words, with a photo of what was missing, or both."""

import threading
from datetime import timedelta

from screens_harness import Hands

from kiosk.cases.case import Case, CaseStateName
from kiosk.text import Text
from protocol.messages import ItemKind


def asked(hands: Hands) -> None:
    now = hands.kiosk.clock.now()
    hands.tap("Sentuh untuk mulai")
    hands.app.flow.citizen.open_case(
        Case(
            code="K7M29QXF4TRC",
            service="domisili",
            service_name=Text({"id": "Surat Keterangan Domisili"}),
            agency_name=Text({"id": "Kelurahan"}),
            state=CaseStateName.QUESTION,
            updated_at=now,
            received_at=now - timedelta(days=1),
            note="Foto surat RT kurang jelas, mohon difoto lagi.",
        )
    )
    hands.settle()
    hands.tap("Jawab", exactly=True)
    hands.must_see("Foto surat RT kurang jelas")


def shoot(hands: Hands) -> None:
    hands.tap("Ambil foto")
    for thread in threading.enumerate():
        if thread.name == "screens-handover":
            thread.join(10)
    hands.settle()


def sent(hands: Hands) -> tuple[int, int]:
    """Answers in the outbox, and their attachments."""
    outbox = hands.kiosk.store.outbox
    envelopes = [outbox.get(seq) for seq in outbox.waiting_seqs(10, newest=False)]
    answers = [one for one in envelopes if one is not None and one.kind is ItemKind.ANSWER]
    return len(answers), sum(len(outbox.attachments_of(one.kiosk_seq)) for one in answers)


def test_words_alone_are_an_answer(hands: Hands) -> None:
    asked(hands)
    hands.type("Sudah")
    hands.tap("Kirim jawaban")
    assert sent(hands) == (1, 0)


def test_a_photo_alone_is_an_answer(hands: Hands) -> None:
    asked(hands)
    hands.tap("Tambahkan foto dokumen")
    shoot(hands)
    hands.must_see("Foto ini ikut dikirim")
    hands.tap("Kirim jawaban")
    assert sent(hands) == (1, 1)
    assert not hands.rehearsal.camera.running


def test_words_go_with_a_photo_and_a_bad_one_is_asked_about(hands: Hands) -> None:
    asked(hands)
    hands.rehearsal.camera.problem = "TOO_BLURRED"
    hands.tap("Tambahkan foto dokumen")
    shoot(hands)
    hands.tap("Foto ulang")
    hands.rehearsal.camera.problem = ""
    shoot(hands)
    hands.tap_widget(next(each for each in hands.widgets() if type(each).__name__ == "Field"))
    hands.type("Ini")
    hands.tap("Kirim jawaban")
    assert sent(hands) == (1, 1)


def test_without_a_camera_nothing_of_it_is_offered(hands: Hands) -> None:
    hands.rehearsal.camera.become("UNAVAILABLE", "DISCONNECTED")
    asked(hands)
    assert not hands.sees("Tambahkan foto dokumen")
