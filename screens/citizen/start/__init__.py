"""Before a form is begun: the resting screen, the home page, services, notices, the open city."""
