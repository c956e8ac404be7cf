"""The pages: the officers' inbox and cases, the administrators' and the command centre's pages, and citizens' tracking page.

Rendered by the server (Jinja2), live by htmx over server-sent events, usable by keyboard and without scripts except
for what appears by itself. ``install`` adds them to the application that ``server.app`` builds.
"""

from server.web.frame.install import install

__all__ = ["install"]
