"""Services from a spreadsheet to a signed pack in the street."""
