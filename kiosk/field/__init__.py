"""What field staff do at the kiosk: tests, visits, the readiness report. Who they are stands in ``kiosk.machine.staff``."""
