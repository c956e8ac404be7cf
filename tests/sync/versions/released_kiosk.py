"""A release's kiosk for a whole visit: run with its packages and kits (see ``tools.release``), worked through its pipes.

It enrols with the code, tells its fingerprint and waits for a line to go on; sends three submissions, and ends when all are
acknowledged, a pack is in force and the office's setting has come.
"""

import json
import sys
from pathlib import Path

import protocol
from sync.enrolment import Enrolment, enrol
from tests.sync.line_kit import kiosk_on_line, until
from tests.sync.processes import PICTURE


def main(folder: Path, server: str, code: str) -> None:
    enrolment = enrol(server, code, software="of the last release", hardware={})
    assert isinstance(enrolment, Enrolment), enrolment
    print(enrolment.fingerprint, flush=True)
    sys.stdin.readline()
    made = kiosk_on_line(folder, enrolment)
    codes = [made.send(picture).code for picture in (PICTURE, None, PICTURE)]
    made.line.start()
    until(made.all_acknowledged)
    until(lambda: made.at.store.packs.newest_first())
    until(lambda: made.at.kiosk.settings.number("idle_s") == 100)
    made.stop()
    print(json.dumps([protocol.__file__, codes]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
