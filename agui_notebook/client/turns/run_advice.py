"""What to do about a run that failed on its way to the agent or back; its own words are enough.

What the agent said of itself is judged by protocol/error_advice.py.
"""

from __future__ import annotations

from ...errors import AGUIError, HTTPStatusError, ProtocolError
from ...protocol.error_advice import Advice

MAY_PASS = (408, 409, 425, 429)
SHAPE = Advice("The agent sent what AG-UI does not allow; the Events tab shows it.", True)


def advice_on(failure: AGUIError | None) -> Advice | None:
    """What a failure of ours asks for; None where the agent failed, or nobody did."""
    if failure is None:
        return None
    if isinstance(failure, ProtocolError):
        return SHAPE
    if isinstance(failure, HTTPStatusError):
        return Advice("", failure.status in MAY_PASS or failure.status >= 500)
    return Advice("", True)
