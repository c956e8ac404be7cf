"""What both programs stand on: files that outlive a power cut and are nobody else's, a process that leaves nothing
behind, and threads that keep working (``workers``).

Imports nothing of ours.
"""
