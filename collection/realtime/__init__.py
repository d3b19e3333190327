"""The chat's socket: rooms of one process, one writer, wake-ups between processes.

The database is the truth. What goes from socket to socket inside a process, and what the channel layer carries
between processes, only makes the truth arrive sooner.
"""
