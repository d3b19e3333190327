"""Scripted participants who use the running platform as people do: over HTTP and WebSockets."""
