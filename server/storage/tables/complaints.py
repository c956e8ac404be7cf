"""What complaints have beside what every case has: SP4N-LAPOR's clocks, and the agencies they were forwarded to."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from server.storage.tables.base import metadata
from server.storage.types import UtcDateTime

complaint_clocks = Table(
    "complaint_clocks",
    metadata,
    Column("tracking_code", ForeignKey("cases.tracking_code"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("clock", String(16), nullable=False),  # server.cases.complaint_clock.LaporClock
    Column("begun_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),  # moved on by what the clock stood while the citizen was asked
    Column("stopped_at", UtcDateTime),  # when what it measures was done; null while it runs
    Index(None, "clock", "stopped_at", "due_at"),
)

complaint_forwards = Table(
    "complaint_forwards",
    metadata,
    Column("tracking_code", ForeignKey("cases.tracking_code"), primary_key=True),
    Column("n", Integer, primary_key=True),  # of its step in case_steps, which has who, when and why
    Column("from_agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("to_agency_id", ForeignKey("agencies.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "from_agency_id", "at"),
)
