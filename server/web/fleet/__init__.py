"""The command centre's pages: kiosks, alarms, field staff."""
