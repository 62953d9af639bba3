"""Lets chat clients in: any of them, served as AG-UI. Knows no notebook."""
