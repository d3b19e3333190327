"""The researchers' pages. Views parse, call one service or selector, and answer."""
