"""The AG-UI protocol as pure functions over plain dicts: no I/O, async, clock or randomness.

What others may rely on has its name here, loaded on first use; tests take it from here too.
"""

from __future__ import annotations

from ..lazy_names import loader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .answer_text import answer_line, answers_in_words, question_line
    from .approvals import decisions, verdict
    from .chunks import Lanes
    from .compact import compact as compact_events
    from .document.arguments import read_arguments
    from .document.builder import Fold
    from .document.json_patch import changes
    from .document.json_patch import same as same_json
    from .document.local import forget_run
    from .document.operations import (
        Append,
        Operation,
        Set,
        apply,
        coalesce,
        copy_json,
        set_at,
        to_wire,
    )
    from .document.patch_draft import PatchError
    from .document.reducer import reduce
    from .document.shape import (
        Document,
        answered_calls,
        calls_since,
        new_document,
        open_calls,
        text_of,
        words_of,
    )
    from .document.snapshot import merge_messages
    from .enforce import Enforcement, check_event
    from .hydration.left_run import announce_kept, ask_to_stop, kept_run, run_to_stop
    from .open_items import OpenItems
    from .order import Order
    from .pipeline import Pipeline
    from .question import Question, ask, ask_all
    from .run_input import build as build_input
    from .run_input import check_message
    from .run_input import read as read_input
    from .schema import EVENTS, OBJECTS, WARNING, fields
    from .surfaces.announce import action_messages, context_entries
    from .surfaces.apps import AppPage, McpApp, read_apps, read_page, words_of_app
    from .surfaces.reading import read_surfaces
    from .surfaces.surface import Surface
    from .surfaces.tree import outline, read_tree
    from .tolerance.stages import Nothing, TolerantStages

__all__ = [
    "EVENTS",
    "OBJECTS",
    "WARNING",
    "AppPage",
    "Append",
    "Document",
    "Enforcement",
    "Fold",
    "Lanes",
    "McpApp",
    "Nothing",
    "OpenItems",
    "Operation",
    "Order",
    "PatchError",
    "Pipeline",
    "Question",
    "Set",
    "Surface",
    "TolerantStages",
    "action_messages",
    "announce_kept",
    "answer_line",
    "answered_calls",
    "answers_in_words",
    "apply",
    "ask",
    "ask_all",
    "ask_to_stop",
    "build_input",
    "calls_since",
    "changes",
    "check_event",
    "check_message",
    "coalesce",
    "compact_events",
    "context_entries",
    "copy_json",
    "decisions",
    "fields",
    "forget_run",
    "kept_run",
    "merge_messages",
    "new_document",
    "open_calls",
    "outline",
    "question_line",
    "read_apps",
    "read_arguments",
    "read_input",
    "read_page",
    "read_surfaces",
    "read_tree",
    "reduce",
    "run_to_stop",
    "same_json",
    "set_at",
    "text_of",
    "to_wire",
    "verdict",
    "words_of",
    "words_of_app",
]

__getattr__ = loader(
    __name__,
    {
        "AppPage": "surfaces.apps",
        "Append": "document.operations",
        "Document": "document.shape",
        "EVENTS": "schema",
        "Enforcement": "enforce",
        "Fold": "document.builder",
        "Lanes": "chunks",
        "McpApp": "surfaces.apps",
        "Nothing": "tolerance.stages",
        "OBJECTS": "schema",
        "OpenItems": "open_items",
        "Operation": "document.operations",
        "Order": "order",
        "PatchError": "document.patch_draft",
        "Pipeline": "pipeline",
        "Question": "question",
        "Set": "document.operations",
        "Surface": "surfaces.surface",
        "TolerantStages": "tolerance.stages",
        "WARNING": "schema",
        "action_messages": "surfaces.announce",
        "announce_kept": "hydration.left_run",
        "answer_line": "answer_text",
        "answered_calls": "document.shape",
        "answers_in_words": "answer_text",
        "apply": "document.operations",
        "ask": "question",
        "ask_all": "question",
        "ask_to_stop": "hydration.left_run",
        "build_input": "run_input:build",
        "calls_since": "document.shape",
        "changes": "document.json_patch",
        "check_event": "enforce",
        "check_message": "run_input",
        "coalesce": "document.operations",
        "compact_events": "compact:compact",
        "context_entries": "surfaces.announce",
        "copy_json": "document.operations",
        "decisions": "approvals",
        "fields": "schema",
        "forget_run": "document.local",
        "kept_run": "hydration.left_run",
        "merge_messages": "document.snapshot",
        "new_document": "document.shape",
        "open_calls": "document.shape",
        "outline": "surfaces.tree",
        "read_apps": "surfaces.apps",
        "read_page": "surfaces.apps",
        "read_surfaces": "surfaces.reading",
        "read_tree": "surfaces.tree",
        "question_line": "answer_text",
        "read_arguments": "document.arguments",
        "read_input": "run_input:read",
        "reduce": "document.reducer",
        "run_to_stop": "hydration.left_run",
        "same_json": "document.json_patch:same",
        "set_at": "document.operations",
        "text_of": "document.shape",
        "to_wire": "document.operations",
        "verdict": "approvals",
        "words_of": "document.shape",
        "words_of_app": "surfaces.apps",
    },
)
