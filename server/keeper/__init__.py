"""The keeper: the process that alone holds the city's private sealing keys, and how the server speaks to it.

It opens and checks envelopes (``server.submissions.keeper_child``) and unseals attachments. It has no network, and the server
that has one never reads a private sealing key.
"""
