"""Engines that answer for agents, behind one interface. No torch here: a local model lives in a process of its own."""
