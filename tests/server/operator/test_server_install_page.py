"""docs/install.md, walked: its commands are taken from the page and run in its order, from nothing to a kiosk that serves."""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from protocol.limits import PIN_DIGITS
