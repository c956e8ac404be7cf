"""Measures, each beside a peer or the physical limit in the same run. They print and write; they never assert."""
