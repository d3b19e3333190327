"""Pure rules of the modelling room: pieces, splits, variants, metrics and tests. No torch, no Django."""
