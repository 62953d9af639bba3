"""What the frameworks without an AG-UI adapter of their own share: an agent around one function.

The function tells a run with the emitter; what its framework raises becomes one sentence.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ....errors import AGUIError, RunFailed
from ....values import Foreign
from ...agent import AgentOptions, RunRequest, Wrapped
from ...emitter import Emitter
from ...models.client_copies import Close, nothing
from ...models.model_reply import Reply
from ...models.provider_errors import provider_error

TellRun = Callable[[RunRequest, Emitter], Awaitable[None]]


class ThinAgent(Wrapped):
    """An agent of a framework that streams in its own words."""

    def __init__(
        self,
        tell: TellRun,
        options: AgentOptions,
        name: Foreign = None,
        description: Foreign = None,
        close: Close = nothing,
    ) -> None:
        about = options.description or description or ""
        super().__init__(options.name or name or "agent", str(about), options.suggestions)
        self._tell, self.aclose = tell, close

    async def run(self, request: RunRequest, emit: Emitter) -> None:
        """Answer one request. Raises RunFailed with what the provider said."""
        try:
            await self._tell(request, emit)
        except AGUIError:
            raise
        except Exception as error:
            raise provider_error(error) from error


async def end(reply: Reply) -> None:
    """A model has ended its answer. Raises RunFailed where it did not end well."""
    reply.account()
    if reply.reason and reply.reason.fails:
        raise RunFailed(reply.reason.sentence, code=reply.reason.word)
    await reply.end()
