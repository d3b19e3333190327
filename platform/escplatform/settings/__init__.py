"""Settings: `base` is complete but for secrets and addresses; `embedded`, `production` and `test` only override."""
