"""The study: its protocol as versioned data, participants, consent, recruitment, rewards and crisis help."""
