"""The audit log: kept, proved, verified, witnessed."""
