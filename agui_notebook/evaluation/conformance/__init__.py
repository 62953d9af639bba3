"""Does a server keep the protocol? It is asked, and what it answers is judged, fault by fault."""
