"""``python -m launcher``, and what ``launcher.spec`` freezes."""

import sys

from launcher.launch import main

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
