"""The only writers of the qualitycontrol room."""
