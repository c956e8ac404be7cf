"""A fee is shown before anything is sent, stands on every print of the slip, and is never taken here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.catalogue.fee import Fee, fee_of
from kiosk.events import Step
from kiosk.session.citizen import HowIdentified
from kiosk.session.outcomes import Saved
from kiosk.session.session import Session
from protocol.limits import FEE_RUPIAH
from protocol.messages import Content
from tests.kiosk.kiosk_kit import CITY, FORM, NAME, NIK, Bench, bench, catalogue, service_document

PAYMENT = {"basis": {"id": "Perda"}, "how": {"id": "Bayar di bank"}, "account": "0011 2345", "payment_code": "000201"}


def costly(fee: int = 50_000, payment: Any = PAYMENT, **changes: Any) -> Any:
    standard = service_document().standard.model_dump()
    return service_document(standard={**standard, "fee_rupiah": fee, "payment": payment}, **changes)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Bench]:
    made = bench(tmp_path, pack=catalogue(services=(costly(),)))
    yield made
    made.close()


def review(made: Bench) -> Session:
    session = made.kiosk.begin("id")
    session.choose("letter")
    session.start_service()
    session.identify(NIK, HowIdentified.TYPED)
    session.continue_to_form()
    session.answer("/data/name", NAME)
    while session.step is Step.FORM:
        assert session.next_page() == ()
    return session


def sent(made: Bench) -> Saved:
    session = review(made)
    session.finish_review()
    session.accept_fee()
    session.agree()
    result = made.kiosk.send()
    assert isinstance(result, Saved)
    return result


def test_the_fee_comes_before_the_consent_and_back_again(at: Bench) -> None:
    session = review(at)
    assert not session.may_send
    session.finish_review()
    assert session.step is Step.FEE
    session.accept_fee()
    assert session.step is Step.CONSENT
    session.back()
    assert session.step is Step.FEE
    session.back()
    assert session.step is Step.REVIEW


def test_without_consent_it_is_the_last_page(tmp_path: Path) -> None:
    made = bench(tmp_path / "plain", pack=catalogue(services=(costly(consent=False),)))
    session = review(made)
    assert not session.may_send
    session.finish_review()
    session.accept_fee()
    assert (session.step, session.may_send) == (Step.FEE, True)
    assert isinstance(made.kiosk.send(), Saved)
    made.close()


def test_a_free_service_has_no_such_page(tmp_path: Path) -> None:
    made = bench(tmp_path / "free")
    session = review(made)
    session.finish_review()
    assert session.step is Step.CONSENT
    made.close()


def test_the_slip_tells_how_to_pay_and_a_copy_does_too(at: Bench) -> None:
    code = sent(at).code
    for copy in (False, True):
        at.kiosk.slips.print(code, copy=copy)
        slip, _ = at.printer.jobs[-1]
        assert "slip.fee|id|amount=Rp 50.000" in slip.all_text
        assert "Bayar di bank" in slip.all_text
        assert "0011 2345" in slip.all_text
        assert "000201" in slip.lines
        assert "slip.fee.never|id" in slip.all_text


def test_a_least_fee_is_shown_as_one_with_what_comes_on_top(tmp_path: Path) -> None:
    plain = costly()
    standard = {**plain.standard.model_dump(), "fee_from": True, "fee": {"id": "Ditambah pajak 25%"}}
    made = bench(tmp_path / "least", pack=catalogue(services=(service_document(standard=standard),)))
    code = sent(made).code
    for copy in (False, True):
        made.kiosk.slips.print(code, copy=copy)
        slip, _ = made.printer.jobs[-1]
        assert "slip.fee.from|id|amount=Rp 50.000" in slip.all_text
        assert "Ditambah pajak 25%" in slip.all_text
    made.close()


def test_a_slip_of_a_free_service_says_rp_0_and_nothing_of_paying(tmp_path: Path) -> None:
    made = bench(tmp_path / "free")
    session = review(made)
    session.finish_review()
    session.agree()
    result = made.kiosk.send()
    assert isinstance(result, Saved)
    made.kiosk.slips.print(result.code)
    assert "slip.fee|id|amount=Rp 0" in made.printer.jobs[-1][0].all_text
    assert "slip.fee.never" not in made.printer.jobs[-1][0].all_text
    made.close()


def test_a_fee_without_ways_to_pay_is_shown_all_the_same(tmp_path: Path) -> None:
    made = bench(tmp_path / "bare", pack=catalogue(services=(costly(payment=None),)))
    code = sent(made).code
    content = made.kiosk.slips.content(code)
    assert content is not None and content.fee is not None
    assert (content.fee.amount, content.fee.how, content.fee.payment_code) == ("Rp 50.000", "", "")
    made.close()


# --- a rule of the form ----------------------------------------------------------------------------------------------


def ruled(folder: Path, rule: str, least: int = 0) -> Bench:
    """A kiosk whose service costs what ``rule`` says; ``other`` is what the citizen answers it with."""
    plain = costly(fee=least)
    standard = {**plain.standard.model_dump(), "fee_rule": rule, "fee": {"id": "Dihitung dari jawaban"}}
    form = FORM.replace(' relevant="/data/other = \'yes\'" required="true()"', "")
    return bench(folder, pack=catalogue(services=(service_document(standard=standard),), form=form))


@pytest.mark.parametrize(
    ("rule", "answer", "reported", "sent_as"),
    [
        ("${other} * 1000 + 5000", "3", "slip.fee|id|amount=Rp 8.000", 8_000),
        ("${other} * 0.5", "3", "slip.fee|id|amount=Rp 2", 2),
        ("0 * ${other}", "3", "slip.fee|id|amount=Rp 0", 0),
        ("${other} * 1000", "three", "slip.fee.unknown|id", None),
        ("${other} - 10", "3", "slip.fee.unknown|id", None),
        ("${other}", str(FEE_RUPIAH), "slip.fee|id|amount=Rp 999.999.999.999", FEE_RUPIAH),
        ("${other}", str(FEE_RUPIAH + 1), "slip.fee.unknown|id", None),
        ("${nobody}", "3", "slip.fee.unknown|id", None),
    ],
)
def test_the_amount_that_the_form_works_out_is_reported_and_sent(
    tmp_path: Path, rule: str, answer: str, reported: str, sent_as: int | None
) -> None:
    at = ruled(tmp_path, rule)
    session = review(at)
    session.answer("/data/other", answer)
    assert session.service is not None
    fee = fee_of(session.service, session.form)
    assert (None if fee.least else fee.rupiah) == sent_as
    session.finish_review()
    assert session.step is Step.FEE
    session.accept_fee()
    session.agree()
    saved = at.kiosk.send()
    assert isinstance(saved, Saved)
    at.kiosk.slips.print(saved.code)
    assert reported in at.printer.jobs[-1][0].all_text
    envelope = at.store.outbox.get(1)
    assert envelope is not None
    content = Content.model_validate_json(CITY.unseal(envelope.sealed))
    assert content.fee_rupiah == sent_as
    remembered = at.kiosk.cases.remembered(saved.code)
    assert remembered is not None
    assert remembered.fee == fee
    at.close()


def test_before_the_form_is_filled_a_rule_says_the_least(tmp_path: Path) -> None:
    at = ruled(tmp_path, "${other} * 1000 + 5000", least=5_000)
    service = at.kiosk.begin("id").catalogue.get("letter")
    assert service is not None
    assert fee_of(service, None) == Fee(5_000, least=True)
    at.close()


def test_a_rule_that_cannot_be_worked_out_leaves_what_is_known(tmp_path: Path) -> None:
    at = ruled(tmp_path, "${other} * 1000", least=5_000)
    code = sent(at).code
    at.kiosk.slips.print(code)
    slip = at.printer.jobs[-1][0].all_text
    assert "slip.fee.from|id|amount=Rp 5.000" in slip
    assert "Dihitung dari jawaban" in slip
    at.close()
