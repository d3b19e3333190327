"""What makes a conversation good enough, as pure functions."""
