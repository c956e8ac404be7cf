"""The administrators' pages: services, people, the city, the log."""
