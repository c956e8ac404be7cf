"""What a citizen does after sending: answers the office, contests what became of a case."""
