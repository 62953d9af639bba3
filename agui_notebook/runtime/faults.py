"""What went wrong in agents of this process, for whoever of the same process asked them.

An agent and a session know no more of each other than a run's id. Frames of the user's code pass
here and never over the wire: no other caller of a server learns of them.
"""

from __future__ import annotations

import os
from collections import OrderedDict

from ..errors import AGUIError
from ..markup.key_shapes import mask_secrets
from ..traces import Frame, remember, user_frames

MOST = 64  # runs that nobody of this process has asked about
_faults: OrderedDict[str, dict[str | None, list[Frame]]] = OrderedDict()


def frames_of(error: BaseException) -> list[Frame]:
    """The user's own frames of an error, without what looks like a key."""
    if not isinstance(error, AGUIError):
        remember(error)
    return [{**one, "code": mask_secrets(one["code"])} for one in user_frames(error)]


def note(run_id: str, error: BaseException, call_id: str | None = None) -> None:
    """A run failed in the user's code, or one tool call of it did."""
    if frames := frames_of(error):
        _faults.setdefault(run_id, {})[call_id] = frames
        while len(_faults) > MOST:
            _faults.popitem(last=False)


def take(run_id: str) -> dict[str | None, list[Frame]]:
    """What was noted of a run: the frames of each call by its id, of the run itself under None."""
    return _faults.pop(run_id, {})


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_faults.clear)
