"""Every bound on what others may send or hold: one number each, with its unit and its reason.

They are read where they act, so a program may change them, before or between runs:

    from agui_notebook import limits
    limits.DOCUMENT_BYTES = 200_000_000

SECURITY.md lists them. Nothing here counts or refuses.
"""

from __future__ import annotations

# -- JSON of others: frames, request bodies, recordings ----------------------------------------

JSON_DEPTH = 200  # levels of nesting; the protocol needs about ten
JSON_VALUES = 1_000_000  # values in one text: what parsing and walking it costs grows with these
NUMBER_DIGITS = 400  # characters of one number; a double needs no more than 325

# -- an agent's stream -------------------------------------------------------------------------

FRAME_BYTES = 10 * 1024 * 1024  # characters of one unfinished frame, as the reference allows
FRAME_LINES = 50_000  # lines of one frame
RUN_BYTES = 1_000_000_000  # bytes of one answer, as they are after decompression
SILENT_BYTES = 5_000_000  # bytes of one answer that belong to no event (comments, empty lines)
COMPRESSION = 200  # times larger than its compressed form an answer may be ...
COMPRESSION_FROM = 10_000_000  # ... from this many decompressed bytes on
SLICE_BYTES = 16_384  # bytes decompressed and read at one go
LOOP_TURN = 0.01  # seconds of reading after which the loop's other tasks get their turn
ERROR_BYTES = 65_536  # bytes of an answer that is an error; the rest is not read
ERROR_SECONDS = 10.0  # seconds in which they may come

CAPTURED_BYTES = 32_000_000  # bytes as they came that a thread keeps for whoever looks at them
CAPTURES = 500  # requests of a thread that are kept with them

# -- the document ------------------------------------------------------------------------------

DOCUMENT_BYTES = 50_000_000  # characters, as JSON, of a value that patches may make
DOCUMENT_DEPTH = 200  # levels of nesting of such a value
COPY_BYTES = 2_000_000  # characters that the copies of one patch may add
RUN_COPY_BYTES = 20_000_000  # ... and those of all patches of one run
CALLS = 1_000  # tool calls of one run that the notebook answers
QUESTIONS = 200  # questions that a run may ask at once
MOVED_MESSAGES = 100  # messages that may move on where a tool's result is put before them
PATCH_STEPS = 3_000_000  # values that one patch may look at or move
RUN_PATCH_STEPS = 30_000_000  # ... and those of all patches of one run

# -- conversations that are kept ---------------------------------------------------------------

THREAD_BYTES = 500_000_000  # characters of one thread in a store, as they are after decompression
TRANSCRIPT_LENGTH = 500_000  # characters, as HTML, of the transcript saved beside a chat

# -- our server ---------------------------------------------------------------------------------

BODY_BYTES = 20_000_000  # bytes of a request; a history with images in it is big
BODY_DEPTH = 100  # levels of nesting of a request
LEFT_RUNS = 100  # runs of one server that are kept for whoever joins them, those going on too
LEFT_BYTES = 100_000_000  # bytes of their requests and events, all together
LEFT_SECONDS = 86_400.0  # how long a run goes on that nobody follows

# -- waiting -----------------------------------------------------------------------------------

RETRY_AFTER = 120.0  # seconds that a server may ask us to wait before a retry
READER_SECONDS = 60.0  # how long a caller of our server may leave what was sent unread
CHECK_SECONDS = 600.0  # how long one check of an evaluation, or its judge, may take

# -- the user's data ---------------------------------------------------------------------------

TABLE_ROWS = 200  # rows of a table that the page gets
TABLE_COLUMNS = 100  # columns of it
TABLE_CELL = 1_000  # characters of one cell, or of a column's name
TABLE_BYTES = 500_000  # characters of all its cells
GIVEN_DATA = 20_000  # characters that an agent is given of one variable
GIVEN_TEXT = 1_000_000  # ... of one that is a text, which is given whole up to here
GIVEN_PICTURE = 5_000_000  # bytes of a figure that an agent is given
