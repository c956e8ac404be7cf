"""The bench's methods by name, with arguments from JSON: what the control page may do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from devices.simulator.bench import Bench
from devices.simulator.drawing import CardCode, Pose, Sheen
from devices.simulator.drawing.documents import LETTER_URL
from devices.stick import StickFault

LONGEST_TEXT: Final = 1000


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Posed(_Arguments):
    """How it is held; nothing given means the usual way."""

    tilt: float | None = Field(default=None, ge=-60, le=60)
    swing: float = Field(default=0, ge=-60, le=60)
    turn: float = Field(default=0, ge=-180, le=180)
    fills: float = Field(default=0.5, ge=0.1, le=1.2)

    def pose(self) -> Pose | None:
        return None if self.tilt is None else Pose(self.tilt, self.swing, self.turn, self.fills)


class _Card(_Posed):
    nik: str = Field(pattern=r"^[0-9]{16}$")
    code: CardCode = CardCode.QR


class _Text(_Posed):
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class _Document(_Posed):
    kind: str
    url: str = Field(default=LETTER_URL, max_length=LONGEST_TEXT)


class _Person(_Arguments):
    turn: float = Field(default=0, ge=-1, le=1)
    head: float = Field(default=0.5, ge=0.1, le=0.9)
    beside: bool = False


class _Typed(_Arguments):
    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class _Switch(_Arguments):
    on: bool


class _Glare(_Switch):
    sheen: Sheen = Sheen.FOIL


class _Stick(_Arguments):
    fault: StickFault = StickFault.NONE


class _Nothing(_Arguments):
    pass


class Actions:
    """Runs an action by name; one at a time."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._lock = threading.Lock()
        self._table: Mapping[str, Callable[[object], None]] = {
            "clear": lambda given: self._clear(_Nothing.model_validate(given)),
            "show_card": lambda given: self._card(_Card.model_validate(given)),
            "show_slip": lambda given: self._slip(_Text.model_validate(given)),
            "show_badge": lambda given: self._badge(_Text.model_validate(given)),
            "show_phone": lambda given: self._phone(_Text.model_validate(given)),
            "show_document": lambda given: self._document(_Document.model_validate(given)),
            "show_person": lambda given: self._person(_Person.model_validate(given)),
            "type_text": lambda given: bench.type_text(_Typed.model_validate(given).text),
            "light": lambda given: bench.light(_Switch.model_validate(given).on),
            "glare": lambda given: self._glare(_Glare.model_validate(given)),
            "plug_camera": lambda given: bench.plug_camera(_Switch.model_validate(given).on),
            "plug_scanner": lambda given: bench.plug_scanner(_Switch.model_validate(given).on),
            "freeze_camera": lambda given: bench.freeze_camera(_Switch.model_validate(given).on),
            "slow_camera": lambda given: bench.slow_camera(_Switch.model_validate(given).on),
            "plug_headphones": lambda given: self._plug_headphones(_Switch.model_validate(given)),
            "mute_voice": lambda given: self._mute_voice(_Switch.model_validate(given)),
            "insert_stick": lambda given: self._insert_stick(_Stick.model_validate(given)),
            "pull_stick": lambda given: self._pull_stick(_Nothing.model_validate(given)),
            "repair": lambda given: self._repair(_Nothing.model_validate(given)),
        }

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._table)

    def run(self, name: str, given: object) -> None:
        """Run action ``name``. Raises KeyError for an unknown one, ValueError for arguments that do not fit."""
        action = self._table[name]
        with self._lock:
            action(given)

    def _clear(self, _: _Nothing) -> None:
        self._bench.clear()

    def _repair(self, _: _Nothing) -> None:
        self._bench.repair()

    def _plug_headphones(self, switch: _Switch) -> None:
        if self._bench.voice is not None:
            self._bench.voice.plug_headphones(switch.on)

    def _mute_voice(self, switch: _Switch) -> None:
        if self._bench.voice is not None:
            self._bench.voice.mute(switch.on)

    def _insert_stick(self, stick: _Stick) -> None:
        if self._bench.stick is not None:
            self._bench.stick.insert(stick.fault)

    def _pull_stick(self, _: _Nothing) -> None:
        if self._bench.stick is not None:
            self._bench.stick.pull_out()

    def _glare(self, glare: _Glare) -> None:
        self._bench.shine(glare.sheen if glare.on else None)

    def _card(self, card: _Card) -> None:
        self._bench.show_card(card.nik, card.code, pose=card.pose())

    def _slip(self, slip: _Text) -> None:
        self._bench.show_slip(slip.text, pose=slip.pose())

    def _badge(self, badge: _Text) -> None:
        self._bench.show_badge(badge.text, pose=badge.pose())

    def _phone(self, phone: _Text) -> None:
        self._bench.show_phone(phone.text, pose=phone.pose())

    def _document(self, document: _Document) -> None:
        self._bench.show_document(document.kind, document.url, pose=document.pose())

    def _person(self, person: _Person) -> None:
        self._bench.show_person(turn=person.turn, head=person.head, beside=person.beside)
