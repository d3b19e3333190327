"""What people read: the training log and its figure, the screen, Table 4, samples side by side."""
