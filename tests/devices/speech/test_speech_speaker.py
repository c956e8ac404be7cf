"""The speaker: one voice at a time, silent at once, alive again after its program died."""

import os
import stat
import wave
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from devices.frame import Availability, FakeClock, PassingFault
from devices.frame.quality import Rule, read_quality
from devices.speech import Ending, SimulatedEngine, Speaker, SpeechDriver, SpeechSettings, build_speech
from devices.speech.espeak import EspeakEngine
from devices.speech.player import play
from devices.speech.recording import LARGEST_RECORDING, Recording
from devices.speech.speaker import TRIES
from devices.speech.utterance import FASTEST, LONGEST_TEXT, SLOWEST, Utterance, clean, utterance
from devices.speech.voices import Voices, parse_voices
from protocol.languages import REGISTRY

LISTING = """Pty Language       Age/Gender VoiceName          File                 Other Languages
 5  id              --/M      Indonesian         poz/id
 2  en-gb           --/M      English_(Great_Britain) gmw/en               (en 2)
"""


class Rig:
    """A speaker whose turns are taken by hand."""

    def __init__(self) -> None:
        self.engine = SimulatedEngine()
        self.speaker = Speaker(self.engine, clock=FakeClock())

    def say(self, text: str, *, after: bool = False) -> None:
        self.speaker.say(text, language="id", rate=150, volume=0.7, after=after)

    def turns(self, count: int = 6) -> None:
        for _ in range(count):
            self.speaker.worker.step()

    def said(self) -> list[tuple[str, Ending | None]]:
        return [(line.text, line.ending) for line in self.engine.transcript]


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_what_is_said_stands_in_the_transcript(rig: Rig) -> None:
    rig.say("Selamat datang")
    rig.turns()
    assert rig.said() == [("Selamat datang", Ending.SPOKEN)]
    assert not rig.speaker.speaking


def test_the_newest_cuts_off_what_is_being_said(rig: Rig) -> None:
    rig.engine.set_faults(slow=True)
    rig.say("satu")
    rig.turns(1)
    rig.say("dua")
    rig.engine.set_faults(slow=False)
    rig.turns()
    assert rig.said() == [("satu", Ending.CUT_OFF), ("dua", Ending.SPOKEN)]


def test_after_waits_for_its_turn(rig: Rig) -> None:
    rig.say("satu")
    rig.say("dua", after=True)
    rig.turns()
    assert rig.said() == [("satu", Ending.SPOKEN), ("dua", Ending.SPOKEN)]


def test_hush_silences_at_once_and_forgets_what_waits(rig: Rig) -> None:
    rig.engine.set_faults(slow=True)
    rig.say("satu")
    rig.say("dua", after=True)
    rig.turns(1)
    rig.speaker.hush()
    assert rig.said() == [("satu", Ending.CUT_OFF)]
    assert not rig.speaker.speaking


def test_a_program_that_died_says_it_once_more(rig: Rig) -> None:
    rig.engine.set_faults(dies=1)
    rig.say("satu")
    rig.turns()
    assert rig.said() == [("satu", Ending.DIED), ("satu", Ending.SPOKEN)]
    assert rig.speaker.state().availability == "READY"


def test_a_program_that_keeps_dying_is_reported_and_tried_again(rig: Rig) -> None:
    rig.engine.set_faults(dies=TRIES)
    rig.say("satu")
    rig.turns(2)
    assert rig.speaker.state().availability == "UNAVAILABLE"
    rig.say("dua")
    rig.turns()
    assert rig.said()[-1] == ("dua", Ending.SPOKEN)
    assert rig.speaker.state().availability == "READY"


def test_without_sound_it_is_not_ready(rig: Rig) -> None:
    rig.engine.set_faults(mute=True)
    rig.turns(1)
    assert rig.speaker.state().availability == "UNAVAILABLE"
    assert "HARDWARE_ERROR" in rig.speaker.state().conditions


def test_the_self_test_tells_whether_it_was_heard(rig: Rig) -> None:
    reported: list[tuple[bool, str]] = []
    rig.speaker.self_test(lambda good, detail: reported.append((good, detail)))
    rig.turns()
    assert reported == [(True, "SPOKEN")]


def test_a_self_test_that_is_cut_off_answers_too(rig: Rig) -> None:
    reported: list[bool] = []
    rig.speaker.self_test(lambda good, _detail: reported.append(good))
    rig.speaker.hush()
    assert reported == [False]


def test_it_starts_and_stops_as_a_thread(rig: Rig) -> None:
    speaker = Speaker(SimulatedEngine())
    speaker.start()
    speaker.say("satu", language="id", rate=150, volume=0.5)
    speaker.stop()
    assert not speaker.worker.running


# --- what is said --------------------------------------------------------------------------------------------------


def test_text_cannot_command_the_program() -> None:
    assert clean("nama [[h@l@U]]\x1b <break/>\n baru") == "nama [ [h@l@U]] <break/> baru"


def test_the_longest_text_is_said_and_one_more_is_cut() -> None:
    assert len(clean("a" * LONGEST_TEXT)) == LONGEST_TEXT
    assert len(clean("a" * (LONGEST_TEXT + 1))) == LONGEST_TEXT


@pytest.mark.parametrize(("rate", "kept"), [(SLOWEST - 1, SLOWEST), (SLOWEST, SLOWEST), (FASTEST + 1, FASTEST)])
def test_the_rate_stays_within_its_limits(rate: int, kept: int) -> None:
    assert utterance("a", "id", rate, 0.5).rate == kept


def test_an_utterance_does_not_show_its_text_in_logs() -> None:
    assert "rahasia" not in repr(utterance("rahasia", "id", 150, 0.5))


@pytest.mark.en301549("5.1.3.6")
def test_a_sign_alone_is_called_by_its_name(tmp_path: Path) -> None:
    engine = EspeakEngine(program(tmp_path, f'echo "$@" >{tmp_path}/arguments; cat >/dev/null'))
    engine.start(Utterance(",", "id", 180, 1.0)).wait(10)
    assert "--punct" in (tmp_path / "arguments").read_text()


# --- voices --------------------------------------------------------------------------------------------------------


CLOSEST = {language.code: language.voices for language in REGISTRY}


def test_voices_are_read_from_the_programs_list() -> None:
    assert parse_voices(LISTING) == {"id", "en-gb"}


@pytest.mark.parametrize(("language", "voice"), [("id", "id"), ("jv", "id"), ("mad", "id"), ("en", "en-gb")])
def test_every_language_gets_the_closest_voice(language: str, voice: str) -> None:
    assert Voices(CLOSEST, parse_voices(LISTING)).of(language) == voice


def test_a_voice_of_its_own_is_preferred() -> None:
    assert Voices(CLOSEST, {"id", "jv"}).of("jv") == "jv"


# --- espeak-ng as a process ----------------------------------------------------------------------------------------


def program(folder: Path, body: str) -> str:
    """A program that stands in for espeak-ng where the machine has no sound card."""
    path = folder / "espeak"
    path.write_text(f'#!/bin/sh\n[ "$1" = --voices ] && {{ cat <<E\n{LISTING}E\nexit 0; }}\n{body}\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_text_goes_through_the_standard_input_alone(tmp_path: Path) -> None:
    engine = EspeakEngine(program(tmp_path, f'echo "$@" >{tmp_path}/arguments; cat >{tmp_path}/text'), CLOSEST)
    engine.open()
    assert engine.start(Utterance("NIK 3578", "en", 180, 1.0)).wait(10) is Ending.SPOKEN
    assert (tmp_path / "text").read_text() == "NIK 3578"
    assert (tmp_path / "arguments").read_text().split() == [
        "-v",
        "en-gb",
        "-s",
        "180",
        "-b",
        "1",
        "--stdin",
        "-a",
        "150",
    ]


def test_a_sound_card_that_is_missing_is_noticed(tmp_path: Path) -> None:
    engine = EspeakEngine(program(tmp_path, 'cat >/dev/null; echo "error: No such file or directory" >&2'))
    with pytest.raises(PassingFault, match="no sound device"):
        engine.open()


def test_a_process_that_is_cut_off_ends_at_once(tmp_path: Path) -> None:
    engine = EspeakEngine(program(tmp_path, f"[ -e {tmp_path}/slow ] && exec sleep 60; cat >/dev/null"))
    engine.open()
    (tmp_path / "slow").touch()
    speech = engine.start(Utterance("a", "id", 150, 0.5))
    assert speech.ending() is None
    speech.cut_off()
    assert speech.wait(10) is Ending.CUT_OFF


def test_a_process_that_is_killed_died(tmp_path: Path) -> None:
    engine = EspeakEngine(program(tmp_path, "cat >/dev/null; kill -9 $$"))
    speech = engine.start(Utterance("a", "id", 150, 0.5))
    assert speech.wait(10) is Ending.DIED


def test_a_program_that_is_not_there_says_so_before_it_is_needed() -> None:
    assert "not installed" in EspeakEngine("no-such-espeak").preflight()[0]


@pytest.mark.skipif(not os.access("/usr/bin/espeak-ng", os.X_OK), reason="espeak-ng is not installed")
def test_the_true_program_has_the_voices_that_are_needed() -> None:
    engine = EspeakEngine()
    try:
        engine.open()
    except PassingFault as fault:
        assert "no sound device" in fault.detail
    assert engine.preflight() == ()


def test_settings_choose_the_simulated_one() -> None:
    assert build_speech(SpeechSettings(driver=SpeechDriver.SIMULATED)).simulated is not None


def test_a_simulated_voice_with_a_clock_takes_its_time() -> None:
    clock = FakeClock()
    voice = build_speech(SpeechSettings(driver=SpeechDriver.SIMULATED), clock=clock)
    voice.speaker.say("satu dua tiga", language="id", rate=90, volume=0.5)
    voice.speaker.worker.step()
    clock.advance(1.9)
    voice.speaker.worker.step()
    assert voice.speaker.speaking
    clock.advance(0.2)
    voice.speaker.worker.step()
    assert not voice.speaker.speaking


def test_a_true_voice_is_written_down_on_a_bench_only(tmp_path: Path) -> None:
    settings = SpeechSettings(program=program(tmp_path, "cat >/dev/null"), jack=False)
    assert build_speech(settings).transcript is None
    voice = build_speech(settings, CLOSEST, clock=FakeClock(), transcribed=True)
    voice.speaker.say("Selamat datang", language="jv", rate=150, volume=0.5)
    while voice.speaker.speaking:
        voice.speaker.worker.step()
    assert voice.transcript is not None
    assert [(line.text, line.voice, line.ending) for line in voice.transcript.lines] == [
        ("Selamat datang", "id", Ending.SPOKEN)
    ]


def test_every_driver_answers_every_rule() -> None:
    text = files("devices.speech").joinpath("quality.toml").read_text(encoding="utf-8")
    quality = read_quality(text, [driver.value for driver in SpeechDriver])
    assert all(len(each.done) + len(each.exempt) == len(Rule) for each in quality.values())


def test_a_recording_is_played_and_cut_off_like_speech(rig: Rig) -> None:
    rig.engine.set_faults(slow=True)
    rig.speaker.play(b"RIFF....", volume=2.0)
    rig.turns(1)
    assert rig.speaker.speaking
    rig.say("dua")
    rig.engine.set_faults(slow=False)
    rig.turns()
    first, second = rig.engine.transcript
    assert (first.sound, first.volume, first.ending) == (b"RIFF....", 1.0, Ending.CUT_OFF)
    assert (second.text, second.ending) == ("dua", Ending.SPOKEN)


@pytest.mark.parametrize("sound", [b"", b"not a sound", b"RIFF" + bytes(LARGEST_RECORDING - 3)])
def test_what_is_no_recording_is_passed_over_and_the_voice_goes_on(rig: Rig, sound: bytes) -> None:
    rig.speaker.play(sound, volume=0.5)
    rig.say("lanjut", after=True)
    rig.turns()
    assert rig.said()[-1] == ("lanjut", Ending.SPOKEN)
    assert all(line.ending is Ending.NOT_PLAYABLE for line in rig.engine.transcript if line.sound)
    assert rig.speaker.state().availability is Availability.READY


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound card that writes what is to be heard into a file: 16 bits, two channels, 44,100 Hz."""
    heard = tmp_path / "heard.raw"
    config = tmp_path / "asound.conf"
    config.write_text(
        f'pcm.!default {{ type file; file "{heard}"; format raw; slave.pcm null }}\n'
        "pcm.null { type null }\nctl.!default { type null }\n"
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    return heard


def tone(seconds: float, level: int, tmp_path: Path) -> bytes:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(22_050)
        file.writeframes(np.full(round(22_050 * seconds), level, np.int16).tobytes())
    return path.read_bytes()


def test_a_recording_is_heard_as_loud_as_it_is_set(card: Path, tmp_path: Path) -> None:
    assert EspeakEngine().play(Recording(tone(0.5, 12_000, tmp_path), 0.5)).wait(60) is Ending.SPOKEN
    heard = np.frombuffer(card.read_bytes(), np.int16).reshape(-1, 2)
    loud = heard[np.abs(heard).max(axis=1) > 3_000]
    assert len(loud) == pytest.approx(0.5 * 44_100, rel=0.02)
    assert np.median(loud) == pytest.approx(6_000, abs=60)


@pytest.mark.parametrize("sound", [b"not a sound", b"RIFF" + bytes(200), bytes(LARGEST_RECORDING + 1)])
def test_a_file_that_is_no_sound_is_distinguished_from_a_program_that_dies(card: Path, sound: bytes) -> None:
    assert EspeakEngine().play(Recording(sound, 0.5)).wait(60) is Ending.NOT_PLAYABLE
    assert not card.exists()


def test_a_player_without_a_sound_card_says_so(card: Path, tmp_path: Path) -> None:
    (tmp_path / "asound.conf").write_text("")
    assert EspeakEngine().play(Recording(tone(0.1, 9_000, tmp_path), 0.5)).wait(60) is Ending.NO_SOUND
    assert not card.exists()


def test_a_recording_is_silent_at_once(card: Path, tmp_path: Path) -> None:
    playing = EspeakEngine().play(Recording(tone(120, 9_000, tmp_path), 0.5))
    playing.cut_off()
    assert playing.wait(60) is Ending.CUT_OFF
    assert not card.exists() or card.stat().st_size < 120 * 44_100 * 4


def test_a_player_that_is_not_there_is_a_passing_fault() -> None:
    with pytest.raises(PassingFault):
        play(Recording(b"RIFF", 0.5), ("/nowhere/player",))
