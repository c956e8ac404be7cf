"""Pictures of every state of every screen, and a check by code that nothing is cut, overlaps or is too small to touch.

``python -m rehearsal.gallery`` takes the short set, ``--all`` everything; the index page is ``build/gallery/index.html``.
"""
