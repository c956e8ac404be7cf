"""A citizen who goes through a service by touch alone: every field, choice, photo and signature, like a finger would."""

from collections.abc import Mapping
from typing import Any, Final

from forms import Node
from protocol.peripherals import ScanKind
from rehearsal.devices import Scan
from rehearsal.hands import Hands, NotThere
from rehearsal.kiosk import BADGE, Rehearsal
from screens.citizen.controls.choices import Fold
from screens.citizen.controls.photo import PhotoQuestion
from screens.citizen.controls.question import Question
from screens.citizen.controls.repeat import RepeatPanel
from screens.citizen.controls.signature import SignaturePad
from screens.citizen.controls.viewfinder import Viewfinder
from screens.citizen.follow_up.answers import Control, control_of
from screens.look import layouts
from screens.look.pressable import Pressable
from screens.look.widgets.buttons import TextButton
from screens.look.widgets.cards import ChoiceCard
from screens.look.widgets.field import Field

NIK: Final = "3578014107900001"
#: What is typed, by the question's name; others get what fits their kind.
TYPED: Final[Mapping[str, str]] = {
    "nik": NIK,
    "nik_ibu": "3578015203920002",
    "nik_ayah": "3578010504880003",
    "nik_saksi_1": "3578011111800004",
    "nik_saksi_2": "3578012212850005",
    "nik_anggota": "3578014107910006",
    "nik_pengikut": "3578014107920007",
    "telepon": "081234567890",
    "bpjs": "0001234567890",
    "nib": "9120001234567",
    "npwpd": "1234567890123",
    "nomor_kk": "3578012008150001",
    "kode_pos_tujuan": "60271",
    "tanggal_lahir": "17082026",
    "tanggal_lahir_ibu": "12031992",
    "tanggal_lahir_ayah": "05041988",
    "berat": "3200",
    "panjang": "49.5",
    "semula": "Siti",
    "menjadi": "Sita",
    "uraian": "Lampu jalan mati sejak Senin",
}
_BY_KIND: Final[Mapping[str, str]] = {
    "int": "2",
    "decimal": "1.5",
    "date": "01062026",
    "time": "0830",
    "dateTime": "01122026",
    "barcode": "AB1234",
}
WORDS: Final = "Siti"
DIGITS: Final = "003"
CLOCK: Final = "0930"
#: A page on which nothing moves after so many ways forward is a fault of ours.
PATIENCE: Final = 60


class Citizen:
    """Somebody at the kiosk. ``choices`` says which choice is taken, by the question's name; else the first one."""

    def __init__(self, hands: Hands, choices: Mapping[str, str] | None = None, instances: int = 1) -> None:
        self.hands = hands
        self._choices = choices or {}
        #: So many of each repeat are filled in.
        self._instances = instances

    # --- the way ---------------------------------------------------------------------------------------------------

    def start(self, service: str) -> None:
        """From the home screen to the service's page, by the list of its agency."""
        hands = self.hands
        hands.tap(hands.text("home.start"))
        catalogue, language = hands.kiosk.catalogue, hands.app.flow.language
        wanted = catalogue.get(service)
        if wanted is None:
            raise KeyError(service)
        hands.tap(wanted.agency.name.get(language), exactly=True)
        hands.tap(wanted.name.get(language), exactly=True)

    def identify(self, *, by_card: bool = False) -> None:
        """From the service's page into the form; a complaint needs nobody's number."""
        hands = self.hands
        hands.forward()
        if hands.place == "PRIVACY":
            hands.tap(hands.text("complaint.privacy.anonymous"))
        if hands.place != "IDENTIFY":
            return
        if by_card:
            self.hold_card()
        else:
            hands.type(NIK)
        hands.forward()

    def hold_card(self, nik: str = NIK) -> None:
        """Holds an identity card before the scanner."""
        self.hands.let_go()
        self.hands.rehearsal.scanner.scan(Scan(ScanKind.NIK_CARD, nik, nik=nik))
        self.hands.settle()

    def hold_rubbish(self) -> None:
        """Holds something before the scanner that is no card and no slip."""
        self.hands.let_go()
        self.hands.rehearsal.scanner.scan(Scan(ScanKind.UNKNOWN, "8991234567890"))
        self.hands.settle()

    def hold_slip(self, code: str) -> None:
        """Holds a slip with that tracking code before the scanner."""
        self.hands.let_go()
        self.hands.rehearsal.scanner.scan(Scan(ScanKind.SLIP, code, code=code))
        self.hands.settle()

    def hold_badge(self, badge: str = BADGE) -> None:
        """Holds a staff badge before the scanner."""
        self.hands.let_go()
        self.hands.rehearsal.scanner.scan(Scan(ScanKind.STAFF_BADGE, badge))
        self.hands.settle()

    def fill(self) -> None:
        """All pages of the form, to the review."""
        for _ in range(PATIENCE):
            if self.hands.place != "FORM":
                return
            self.fill_page()
        raise NotThere(f"the form does not end; in sight: {self.hands.texts()}")

    def fill_page(self) -> None:
        """Answers what the page in sight asks, and goes to the next."""
        session = self.hands.kiosk.session
        if session is None or session.page is None:
            raise NotThere("no form is open")
        here = session.page.ref
        panel = next((each for each in self.hands.widgets() if isinstance(each, RepeatPanel)), None)
        if panel is not None and len(panel.ids.lines.children) < self._instances:
            self.hands.tap(panel.add_text, exactly=True)
            return
        self.answer_page()
        for _ in range(PATIENCE):
            self.hands.forward()
            if self.hands.place != "FORM" or session.page is None or session.page.ref != here:
                return
        raise NotThere(f"the page {here} does not let go; in sight: {self.hands.texts()}")

    def answer_page(self) -> None:
        """Every question of the page in sight, those that appear on the way too."""
        done: set[str] = set()
        while True:
            asked = [each for each in self.questions() if each.ref not in done]
            if not asked:
                return
            done.add(asked[0].ref)
            if not asked[0].node.value:
                self.answer(asked[0])

    def send(self) -> None:
        """From the review over the consent to "saved"."""
        hands = self.hands
        hands.forward()
        if hands.place == "FEE":
            hands.forward()
        if hands.place == "CONSENT":
            hands.tap(hands.text("consent.agree"))
            hands.forward()

    # --- one question ----------------------------------------------------------------------------------------------

    def questions(self) -> list[Question]:
        """Those of the page in sight."""
        return [each for each in self.hands.widgets() if isinstance(each, Question)]

    def answer(self, question: Question, text: str = "") -> None:
        """By touch, with the control the question has. ``text``: what is typed or chosen."""
        node = question.node
        match control_of(node):
            case Control.TEXT | Control.DATE | Control.TIME | Control.DATE_TIME:
                self._type(question, text or typed_answer(node))
            case Control.ONE | Control.SEVERAL:
                self._choose(question, text or self._wanted(node))
            case Control.PHOTO:
                self._photograph(question)
            case Control.SIGNATURE:
                self._sign(question)
            case Control.RANGE | Control.RANK | Control.TRIGGER:
                self._first_touch(question, text)
            case _:
                """Nothing to answer."""

    def clear(self, question: Question) -> None:
        """Takes the answer back by touch; one of several that must be given stays, as it can only be changed."""
        node = question.node
        match control_of(node):
            case Control.TEXT | Control.DATE | Control.TIME | Control.DATE_TIME:
                self._erase(question)
            case Control.ONE | Control.SEVERAL | Control.RANK | Control.TRIGGER | Control.RANGE:
                for each in [each for each in question.walk(restrict=True) if getattr(each, "chosen", False)][-1:]:
                    self.hands.tap_widget(each)
            case Control.PHOTO:
                view = next(each for each in question.walk(restrict=True) if isinstance(each, Viewfinder))
                self.hands.tap_widget(view.ids.again)
            case Control.SIGNATURE:
                self.hands.tap_widget(
                    next(each for each in question.walk(restrict=True) if isinstance(each, TextButton))
                )

    def _erase(self, question: Question) -> None:
        for field in [each for each in question.walk(restrict=True) if isinstance(each, Field)]:
            if not field.active:
                self.hands.tap_widget(field)
            while self.hands.page.entry.text:
                self.hands.strike(layouts.BACKSPACE)

    def _type(self, question: Question, text: str) -> None:
        fields = [each for each in question.walk(restrict=True) if isinstance(each, Field)]
        for field, part in zip(fields, (text, CLOCK), strict=False):
            if not field.active:
                self.hands.tap_widget(field)
            self.hands.type(part)

    def _choose(self, question: Any, key: str) -> None:
        hands = self.hands
        fold = next((each for each in question.walk(restrict=True) if isinstance(each, Fold)), None)
        if fold is not None and not fold.opened:
            hands.tap_widget(fold)
        field = next((each for each in question.walk(restrict=True) if isinstance(each, Field)), None)
        if field is not None:
            hands.page.entry.clear()
            label = next(choice.label or "" for choice in question.node.choices if choice.value == key)
            hands.type(label[:5])
        hands.tap_widget(card_of(question, key))

    def _wanted(self, node: Node) -> str:
        there = [choice.value for choice in node.choices]
        wanted = self._choices.get(node.name, there[0] if there else "")
        return wanted if wanted in there else there[0]

    def _photograph(self, question: Question) -> None:
        view = next(each for each in question.walk(restrict=True) if isinstance(each, Viewfinder))
        if not isinstance(question, PhotoQuestion):
            raise TypeError(type(question).__name__)
        self.hands.tap_widget(view.ids.shoot)
        self.hands.join()

    def _sign(self, question: Question) -> None:
        pad = next(each for each in question.walk(restrict=True) if isinstance(each, SignaturePad))
        self.hands.page.reveal(pad)
        self.hands.settle()
        left, bottom, width, height = pad.x, pad.y, pad.width, pad.height
        waves = ((0.2, 0.5), (0.3, 0.8), (0.4, 0.4), (0.5, 0.75), (0.6, 0.45), (0.75, 0.6))
        self.hands.draw(*((left + width * across, bottom + height * up) for across, up in waves))

    def _first_touch(self, question: Question, words: str) -> None:
        """The control's card or button that gives a first answer; the one that says ``words``."""
        there = [each for each in question.walk(restrict=True) if isinstance(each, Pressable) and each.enabled]
        cards = [each for each in there if isinstance(each, ChoiceCard)]
        for each in cards or [each for each in there if _fits(each, words)]:
            self.hands.tap_widget(each)
            return
        raise NotThere(f"{question.ref} has nothing to touch")


def typed_answer(node: Node) -> str:
    """What is typed for a question."""
    by_name = TYPED.get(node.name)
    if by_name is not None:
        return by_name
    words = DIGITS if "numbers" in node.appearance else WORDS
    if "email" in node.appearance:
        return "siti@contoh.id"
    return _BY_KIND.get(node.data_type, words)


def card_of(question: Any, key: str) -> ChoiceCard:
    """The card of a choice."""
    for each in question.walk(restrict=True):
        if isinstance(each, ChoiceCard) and not isinstance(each, Fold) and each.key == key:
            return each
    raise NotThere(f"{question.ref} offers no {key!r}")


def _fits(widget: Pressable, words: str) -> bool:
    said = widget.text if isinstance(widget, TextButton) else widget.spoken
    return not words or words in said


def slip_of(rehearsal: Rehearsal) -> str:
    """What the newest slip says."""
    return "\n".join(rehearsal.printer.slips[-1][0].lines)
