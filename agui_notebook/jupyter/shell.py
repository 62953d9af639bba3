"""The running IPython shell, and whether its kernel is fit for us.

What the extension needs when it is loaded, and so light: what is done with them is in kernel.py.
"""

from __future__ import annotations

import sys

from ..errors import AGUIError
from ..values import Foreign


def shell() -> Foreign | None:
    """The running IPython shell, or None."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def check_kernel() -> None:
    """Raise AGUIError on a kernel whose background threads cannot reach the browser."""
    ipykernel = sys.modules.get("ipykernel")
    if ipykernel is not None and ipykernel.version_info[:2] == (7, 0):
        raise AGUIError(
            f"ipykernel {ipykernel.__version__} loses what background threads send: "
            "run `pip install -U 'ipykernel>=7.1'` and restart the kernel."
        )
