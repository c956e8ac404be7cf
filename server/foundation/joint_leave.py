"""Joint leave (*cuti bersama*): which decree the days of each year come from.

Three ministers decree it in the autumn before, by a joint decree (SKB), and change it now and then. The days themselves
are data of the ``holidays`` package; an update of it brings those of a new year. Until then, and where the package errs,
administrators enter days in the city's calendar, which outranks it.
"""

from types import MappingProxyType
from typing import Final

_MINISTERS: Final = "SKB Menteri Agama, Menteri Ketenagakerjaan, dan Menteri PANRB"

#: By year, the decrees in the order in which they were published.
DECREES: Final = MappingProxyType(
    {
        2025: (f"{_MINISTERS} No. 1017/2024, 2/2024, 2/2024", f"{_MINISTERS} No. 933/2025, 1/2025, 3/2025"),
        2026: (f"{_MINISTERS} No. 1497/2025, 2/2025, 5/2025",),
        # The package names the announcement of the state secretariat, not the decree's number.
        2027: (f"{_MINISTERS} tentang Hari Libur Nasional dan Cuti Bersama Tahun 2027 (setneg.go.id, 17-9-2026)",),
    }
)


def source_of(year: int) -> str:
    """What the year's joint leave was read from; "" where none was published yet."""
    return "; ".join(DECREES.get(year, ()))
