"""Filters of the researchers' pages."""
