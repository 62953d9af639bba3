"""The magics ``%agui`` and ``%%agui`` as IPython knows them: their help and their options.

What a line or a cell does is in lines.py, loaded when one is run: ``%load_ext`` stays quick.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from IPython.core.magic import Magics, line_cell_magic, magics_class, no_var_expand
from IPython.core.magic_arguments import argument, magic_arguments

from ...values import Foreign
from .options import takes_options

if TYPE_CHECKING:
    from .lines import Lines


@magics_class
class AguiMagics(Magics):
    """The magics of this extension."""

    shell: Foreign

    @no_var_expand
    @magic_arguments()
    @argument("words", nargs="*", help="A word of the above and what it is about.")
    @takes_options
    @line_cell_magic
    def agui(self, line: str, cell: str | None = None) -> Any:
        """Talk to AI agents over AG-UI.

        %%agui [NAME] sends the cell to the chat in use, or to NAME, and streams the answer below;
        to several names, or --all: their answers side by side. {name} gives a variable.

        %agui WORD:
          demo                   a chat with the offline demo agent
          connect URL            a chat with any AG-UI server
          serve VARIABLE         serve an agent, chat client or function, and chat with it
          chat [NAME]            show a chat again
          use NAME               mean this chat from now on
          keep NAME              the same, of several that were asked side by side
          list                   all chats
          new                    begin a new thread
          threads [WORDS]        earlier conversations, or those that hold these words
          open ID                go on with one: its id or title, "last", or a file of save
          save FILE              the conversation whole; forget ID (or all) removes from the store
          tools                  the functions the agent may call in this kernel
          tool FUNCTION          offer a function to the agent
          allow TOOL             ask no more before it runs, in this session; revoke TOOL: ask again
          state [JSON]           show or set the shared state
          messages, events [N]   what was said; the last N events
          approve [ID] [ARG=VALUE]   say yes, with changed arguments if any
          deny [ID] [REASON]     say no
          answer ID JSON         answer anything else
          stop, retry            stop the run; the last turn once more
          join                   follow a run that was left and goes on at the server
          record FILE            save the events; replay FILE plays them back
          export FILE            .md transcript, .jsonl events, .py server; cell: as code;
                                 a pytest test, where its name begins with test_
          servers, shutdown [NAME]   the servers in this kernel
          debug                  the whole traceback of the latest error
        Without a word: what is going on.
        """
        return self._lines.run(line, cell)

    async def agui_async(self, line: str, cell: str | None = None) -> Any:
        """What the magics do where the cell can await: it can be interrupted at any time."""
        return await self._lines.stream(line, cell)

    @cached_property
    def _lines(self) -> Lines:
        from .lines import Lines

        return Lines(self.shell, AguiMagics.agui.parser)
