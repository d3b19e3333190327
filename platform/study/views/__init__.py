"""The pages of the study room: arrival, consent, role, end."""
