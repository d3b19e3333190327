"""Pure rules of the study: no Django, no clock, no input or output."""
