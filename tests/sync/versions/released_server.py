"""A release's server with one pack: run with its packages and kits (see ``tools.release``), worked through its pipes.

It tells where its packages are, its address and an enrolment code; a line with the kiosk's id approves it and changes a setting, the next
line asks what it has stored.
"""

import json
import sys
from pathlib import Path

import protocol
from server.foundation.actors import OPERATOR
from tests.server.running import let_in
from tests.sync.line_kit import city_server, stored


def main(data: Path) -> None:
    with city_server(data) as server:
        code = server.deps.enrolment.new_code(OPERATOR, "Kios").code
        print(json.dumps([protocol.__file__, server.base, code]), flush=True)
        let_in(server.deps, sys.stdin.readline().strip())
        server.deps.kiosk_settings.change(OPERATOR, {"idle_s": 100})
        print("approved", flush=True)
        sys.stdin.readline()
        print(json.dumps([[row.tracking_code, row.complete] for row in stored(server.deps)]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
