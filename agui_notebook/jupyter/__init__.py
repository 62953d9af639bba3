"""The notebook's face: widget, display, magics. Everything below may be used without it."""
