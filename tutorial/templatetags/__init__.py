"""Filters of the training's templates."""
