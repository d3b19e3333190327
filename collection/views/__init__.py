"""The pages around the conversation. Views parse, call one service, and redirect."""
