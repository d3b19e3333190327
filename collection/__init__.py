"""The conversation: its lifecycle, seats, utterances, surveys, feedback, pairing and the socket."""
