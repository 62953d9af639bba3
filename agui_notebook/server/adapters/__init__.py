"""One file per kind of chat client; the files never import each other."""
