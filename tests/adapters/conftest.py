"""Keeps the tests in real/ to the environments that have the packages they need."""

from __future__ import annotations

collect_ignore = ["real"]
