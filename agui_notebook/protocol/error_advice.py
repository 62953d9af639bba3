"""What to do about a run that failed: by the error code first, then by status, then by words.

One table for cells, chats and the terminal. The codes are those of the providers' own documents;
what a request to the agent itself met with is told where HTTP is spoken. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from ..late_pattern import late


class Advice(NamedTuple):
    """A sentence, "" where nothing is known; and whether the same again may do better."""

    text: str
    again: bool


KEY = Advice(
    "The model's provider refuses the agent's key: give the agent's client another (its api_key, "
    "or the environment variable that it reads).",
    False,
)
RIGHTS = Advice(
    "The agent's key may not do this at its provider: check what the key, project and region "
    "allow.",
    False,
)
MODEL = Advice(
    "The agent asks for a model that its provider does not have, or not for this key: check the "
    "agent's model= (and base_url).",
    False,
)
QUOTA = Advice("The agent's account has no credit or quota left: see its provider's page.", False)
LONG = Advice(
    "The conversation is longer than the agent's model takes: begin a new thread, or serve a "
    "model with more room.",
    False,
)
REQUEST = Advice(
    "The agent's model does not take this request: see what it says, and the parameters and tools "
    "that the agent sends.",
    False,
)
FILTER = Advice("The provider's rules forbid this request or answer: ask otherwise.", False)
RATE = Advice("The agent's provider is asked too often: wait a moment, then retry.", True)
BUSY = Advice("The agent's provider is overloaded: wait a moment, then retry.", True)
SLOW = Advice("The agent's model took too long: retry, or give its client more time.", True)
DOWN = Advice(
    "The agent cannot reach its model: check that the model's server runs, and the base_url of the "
    "agent's client.",
    True,
)
FAILED = Advice("The agent's provider failed: retry, and see its status page.", True)
LOOP = Advice("", False)
OWN = Advice("The agent's own code failed: mend it, then retry.", True)
UNKNOWN = Advice("", True)

# in lower case, without underscores, dots and dashes
_CODES = {
    KEY: "invalidapikey apikeyinvalid authenticationerror unauthorized unauthenticated "
    "invalidauthentication incorrectapikey missingapikey accessdenied invalidsubscriptionkey "
    "openaierror",
    RIGHTS: "permissiondenied permissionerror permissiondeniederror forbidden "
    "countryregionterritorynotsupported unsupportedcountryregionterritory "
    "serviceblocked apikeyserviceblocked",
    MODEL: "modelnotfound notfounderror notfound deploymentnotfound invalidmodel "
    "modelnotavailable modelnotsupported unknownmodel modeldecommissioned",
    QUOTA: "insufficientquota billingerror paymentrequired billinghardlimitreached "
    "insufficientcredits quotaexceeded",
    LONG: "contextlengthexceeded requesttoolarge contextwindowexceedederror "
    "stringabovemaxlength tokenlimitexceeded",
    FILTER: "contentfilter contentpolicyviolation contentfiltered safety "
    "responsibleaipolicyviolation moderationblocked",
    RATE: "ratelimitexceeded ratelimiterror ratelimited resourceexhausted toomanyrequests",
    BUSY: "overloadederror unavailable serviceunavailable serviceunavailableerror "
    "serviceunavailableexception modeloverloaded overloaded nocapacity",
    SLOW: "apitimeouterror readtimeout deadlineexceeded requesttimeout timeout",
    DOWN: "apiconnectionerror connecterror connecttimeout "
    "clientconnectorerror endpointconnectionerror",
    FAILED: "internalservererror apierror internal servererror",
    LOOP: "eventloop",
}
CODES = {word: advice for advice, words in _CODES.items() for word in words.split()}
STATUSES = {
    400: REQUEST,
    401: KEY,
    402: QUOTA,
    403: RIGHTS,
    404: MODEL,
    405: REQUEST,
    408: SLOW,
    409: FAILED,
    413: LONG,
    415: REQUEST,
    422: REQUEST,
    429: RATE,
    503: BUSY,
    504: SLOW,
    529: BUSY,
}
# where a code or status says too little; looked for in this order
_WORDS = [
    (
        late(
            r"(?i)api[ _-]?key[^.]{0,20}(?:invalid|not valid|incorrect|missing|not set)"
            r"|(?:invalid|incorrect|missing|no) (?:\S+ )?(?:api[ _-]?key|x-api-key|auth cred)"
            r"|invalid[^.]{0,20}\bkey\b|no auth credentials"
        ),
        KEY,
    ),
    (late(r"(?i)credit balance|insufficient (?:credits|quota)|exceeded your .*quota"), QUOTA),
    (
        late(
            r"(?i)context (?:length|window|size)|too many tokens|prompt is too long"
            r"|maximum (?:context|prompt)|input (?:is too long|token count)"
        ),
        LONG,
    ),
    (
        late(
            r"(?i)\bmodels?\b.{0,80}(?:not found|does not exist|not exist|is not supported"
            r"|not a valid|no longer|deprecated|decommissioned|unknown)"
            r"|(?:invalid|unknown|no such|unsupported) model|not a valid model|no endpoints found"
        ),
        MODEL,
    ),
    (late(r"(?i)overloaded"), BUSY),
    (late(r"(?i)connection (?:refused|error)|connect(?:ion)? failed|name or service"), DOWN),
]
OURS = frozenset({"HTTPStatusError", "TransportError"})  # their sentences say it already
_VAGUE = (REQUEST, FAILED, UNKNOWN)  # what the words may say better
_STATUS = late(r"(?i)\b(?:answered|error code:?|status(?:[ _]code)?:?|http)\s+([45]\d\d)\b")


def advise(message: str, codes: Sequence[str] = (), status: int | None = None) -> Advice:
    """What to do about an agent's error. ``codes`` are looked at in their order.

    >>> advise("openai answered 404: no", ["model_not_found"]).again
    False
    """
    known = [CODES[word] for code in codes if (word := _bare(code)) in CODES]
    numbers = [int(code) for code in codes if code.isdigit() and len(code) == 3]
    found = [*_specific(known), *(STATUSES[n] for n in [status, *numbers] if n in STATUSES)]
    found += [_by_status(message), *known]
    best = next((each for each in found if each is not UNKNOWN), UNKNOWN)
    if OURS & set(codes):
        return Advice("", best.again)
    if best in _VAGUE:
        best = next((each for words, each in _WORDS if words.search(message[:2_000])), best)
    return best


def is_known(code: str) -> bool:
    """Whether this code alone says what to do."""
    return _bare(code) in CODES


def _specific(known: list[Advice]) -> list[Advice]:
    return [each for each in known if each not in _VAGUE]


def _by_status(message: str) -> Advice:
    found = _STATUS.search(message[:2_000])
    if found is None:
        return UNKNOWN
    status = int(found[1])
    return STATUSES.get(status, FAILED if status >= 500 else REQUEST)


def _bare(code: str) -> str:
    return re.sub(r"[\W_]", "", code).lower()
