"""The process that makes sound of text with piper's neural voices: a program of its own, which imports nothing of ours.

Its arguments are ``language=path`` of a voice file each (``.onnx``, its ``.onnx.json`` beside it). It writes ``{"ready": true}``
or ``{"error": …}`` and ends, then answers each line ``{"id", "text", "language", "length", "volume"}`` on its standard input
with ``{"id", "bytes"}`` and so many bytes of WAV for every sentence, and ``{"id", "last": true}``. A newer line ends the
work on an older one.
"""

import io
import json
import queue
import sys
import threading
import wave
from typing import IO, Any

Request = dict[str, Any]


def main(arguments: list[str]) -> int:
    answers = sys.stdout.buffer
    # What a library prints must not come between the answers.
    sys.stdout = sys.stderr
    try:
        from piper import PiperVoice, SynthesisConfig  # type: ignore[import-not-found]
    except ImportError as error:
        return _failed(answers, f"piper-tts is not installed for {sys.executable}: {error}")
    voices: dict[str, Any] = {}
    for argument in arguments:
        language, _, path = argument.partition("=")
        try:
            voices[language] = PiperVoice.load(path)
        except Exception as error:  # noqa: BLE001 - whatever piper makes of a file is a reason to say so and end
            return _failed(answers, f"{path} is no voice that can be loaded: {error}")
    _tell(answers, {"ready": True})
    asked: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(asked,), daemon=True).start()
    while (request := _newest(asked)) is not None:
        how = SynthesisConfig(length_scale=request["length"], volume=request["volume"])
        try:
            for chunk in voices[request["language"]].synthesize(request["text"], syn_config=how):
                if not asked.empty():
                    break
                sound = _wav(chunk)
                _tell(answers, {"id": request["id"], "bytes": len(sound)}, sound)
        except Exception as error:  # noqa: BLE001 - one text must not end the voice
            _tell(answers, {"id": request["id"], "error": f"{type(error).__name__}: {error}"})
        else:
            _tell(answers, {"id": request["id"], "last": True})
    return 0


def _read(asked: queue.SimpleQueue[Request | None]) -> None:
    for line in sys.stdin.buffer:
        asked.put(json.loads(line))
    asked.put(None)


def _newest(asked: queue.SimpleQueue[Request | None]) -> Request | None:
    """Waits for a request; of several the last one. None: there will be no more."""
    request = asked.get()
    while request is not None and not asked.empty():
        request = asked.get()
    return request


def _wav(chunk: Any) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(chunk.sample_channels)
        sound.setsampwidth(chunk.sample_width)
        sound.setframerate(chunk.sample_rate)
        sound.writeframes(chunk.audio_int16_bytes)
    return file.getvalue()


def _tell(answers: IO[bytes], content: dict[str, object], sound: bytes = b"") -> None:
    answers.write(json.dumps(content).encode() + b"\n" + sound)
    answers.flush()


def _failed(answers: IO[bytes], why: str) -> int:
    _tell(answers, {"error": why})
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
