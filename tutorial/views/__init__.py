"""The training's pages. A view takes a form, calls one service and redirects."""
