"""The central server: the API for kiosks, the back office in the browser, storage and what happens in between.

``server.app.create_app`` builds everything once; ``server.deps.Deps`` is what was built. ``python -m server`` is
the operator's command.
"""
