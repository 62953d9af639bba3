"""What a provider's SDK raised, as one sentence of ours: who, which status, what it said.

Looks at the exceptions' shapes, so that no SDK is imported; secrets are masked where RUN_ERROR
is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from ...errors import RunFailed
from ...protocol.error_advice import is_known
from ...values import Foreign, JsonObject, JsonView

OTHER_LOOP = (
    "The client has connections that belong to another event loop (it was used in a cell "
    'before). Make a new client for serving, or serve this one with loop="kernel".'
)


def provider_error(error: BaseException) -> RunFailed:
    """RunFailed in place of ``error``; ``code`` is the provider's own word, or the class."""
    if any(is_other_loop(str(cause)) for cause in chain(error)):
        return RunFailed(OTHER_LOOP, code="event_loop")
    if misshapen := next((each for each in chain(error) if _is_misshapen(each)), None):
        return _shape_error(misshapen)
    told_by = (each for each in chain(error) if status_of(each) or hasattr(each, "body"))
    error = next(told_by, error)  # frameworks wrap what an SDK raised
    root = type(error).__module__.partition(".")[0]
    who = type(error).__name__ if root == "builtins" else root
    who = f"{who} at {host}" if (host := _host(error)) else who
    told = _error_object(getattr(error, "body", None) or getattr(error, "error", None))
    text = told.get("message") or getattr(error, "message", None) or str(error)
    status = status_of(error)
    said = f"{who} answered {status}: {text}" if status else f"{who}: {text}{_root(error)}"
    return RunFailed(said, code=_code(told, error))


def _code(told: JsonView, error: BaseException) -> str:
    """The provider's own word; of several the one that says what to do, else the class."""
    details = told.get("details")
    reasons = (
        [one.get("reason") for one in details or () if isinstance(one, Mapping)]
        if isinstance(details, list)
        else []
    )
    words = [*reasons, told.get("code"), told.get("type"), getattr(error, "status", None)]
    named = [word for word in words if isinstance(word, str) and word]
    return next(filter(is_known, named), next(iter(named), type(error).__name__))


POSING = ("litellm",)  # packages whose exceptions carry a request of their own making


def _host(error: BaseException) -> str:
    """Which server it was, as far as the exception or what caused it says so."""
    told = (each for each in chain(error) if type(each).__module__.partition(".")[0] not in POSING)
    for each in told:
        for name in ("request", "response"):
            try:
                url = getattr(getattr(each, name, None), "url", None)
            except Exception:  # httpx raises where no request is known
                continue
            if url is not None and (host := urlsplit(str(url)).netloc):
                return host.rpartition("@")[2]
    return ""


def _is_misshapen(error: BaseException) -> bool:
    """Whether an SDK refused what its own provider, or a gateway in its place, sent."""
    return type(error).__name__ == "ValidationError" and callable(getattr(error, "errors", None))


def _shape_error(error: Foreign) -> RunFailed:
    first: JsonObject = next(iter(error.errors()), {})
    place = ".".join(str(step) for step in first.get("loc", ()))
    why = f"{first.get('msg', 'it is malformed')} (at {place})" if place else str(first.get("msg"))
    said = f"The model's answer is not of the shape that its own SDK expects: {why}."
    return RunFailed(said, code="ValidationError")


def raise_error(chunk: JsonView, who: str = "") -> None:
    """Raise RunFailed if a chunk of a stream tells of an error in place of an answer, or beside."""
    told = _error_object(chunk.get("error")) or {
        "type": chunk.get("error_type"),
        "message": chunk.get("error_message") or chunk.get("detail"),
    }
    told = chunk if chunk.get("object") == "error" else told
    code = told.get("code") or told.get("type") or told.get("status")
    if said := told.get("message") or code:
        raise RunFailed(
            f"{who}: {said}" if who else str(said), code=None if code is None else str(code)
        )


def is_other_loop(text: str) -> bool:
    """Whether an error's text means a connection of another event loop."""
    return "different event loop" in text or "Event loop is closed" in text


def status_of(error: BaseException) -> int | None:
    """The HTTP status an exception carries."""
    numbers = (getattr(error, key, None) for key in ("status_code", "code"))
    return next((n for n in numbers if isinstance(n, int) and 400 <= n < 600), None)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what caused it, outermost first."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _error_object(body: Foreign) -> JsonView:
    """The object that says what went wrong, which some providers put inside another."""
    if isinstance(body, str):
        return {"message": body}
    inner = body.get("error") if isinstance(body, Mapping) else None
    if isinstance(inner, Mapping):
        return inner
    return body if isinstance(body, Mapping) else {}


def _root(error: BaseException) -> str:
    """Why, where an SDK says no more than "Connection error."."""
    *_, last = chain(error)
    return f" ({last})" if last is not error and str(last) not in str(error) else ""
