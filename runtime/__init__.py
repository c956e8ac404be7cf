"""What both programs stand on: files that outlive a power cut and are nobody else's, and a process that leaves nothing behind.

Imports nothing of ours.
"""
