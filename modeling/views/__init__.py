"""The researchers' pages of the modelling room: forms, services, answers."""
