"""Whether a cell holds the kernel right now: what another cell would have to wait for."""

from __future__ import annotations

from ...values import Foreign
from ..kernel import in_kernel
from ..shell import shell


class RunningCell:
    """Told by IPython when cells begin and end, once ``watch`` was called."""

    def __init__(self) -> None:
        self.holds_kernel = False
        self._shell: Foreign = None

    def watch(self) -> None:
        """Follow the shell's cells; the one that calls this is running."""
        found = shell()
        if found is None or found is self._shell or not in_kernel():
            return
        self._shell, self.holds_kernel = found, True
        found.events.register("pre_run_cell", self._begin)
        found.events.register("post_run_cell", self._end)

    def _begin(self, info: Foreign) -> None:
        self.holds_kernel = True

    def _end(self, result: Foreign) -> None:
        self.holds_kernel = False


running_cell = RunningCell()
