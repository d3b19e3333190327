"""The only writers of trainings, checkpoints and evaluations."""
