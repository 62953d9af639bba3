"""Loops, threads, files: what Python and the machine lend us. Knows no protocol."""
