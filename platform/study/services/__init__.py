"""The only writers of the study room."""
