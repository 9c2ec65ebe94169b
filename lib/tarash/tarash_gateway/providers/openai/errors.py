"""Error bodies of OpenAI, of Azure OpenAI and of compatible servers as our errors.

An HTTP status that leaves open whether a job exists decides first, then the error's codes, then
its words.

Source: openai/openai-openapi, openapi.yaml (2026-08-21): ``ErrorResponse``;
Azure/azure-rest-api-specs, specification/ai/data-plane/OpenAI.v1 (four shapes more);
BerriAI/litellm 1.110.2, litellm/proxy/_types.py, ``ProxyException`` (the HTTP status, or "None", as
the code), read on 2026-11-26; vllm-project/vllm-omni 0.30.0,
vllm_omni/entrypoints/openai/api_server.py (``detail``; failed jobs under an error status).
"""

from collections.abc import Mapping
from typing import Any, Final

import attrs

from ...exceptions import GenerationCancelledError, GenerationFailedError, TarashException
from ...http.messages import HttpResponse
from ...http.reading import json_of, retry_after, text_of
from .. import kit
from ..base import Refusal, ReplyTo, Target
from ..errors import Complaint, ErrorWords, error_for, http_error, moderation
from . import shapes

_MODERATED: Final = (
    "moderation",
    "content_filter",
    "content_policy_violation",
    "responsibleaipolicyviolation",
)
_MODERATED_WORDS: Final = (
    "moderation",
    "safety",
    "content management policy",
    "content policy",
    "contentpolicyviolation",
)
_CREDIT: Final = (
    "insufficient_quota",
    "billing_hard_limit_reached",
    # These two are LiteLLM's and new-api's.
    "budget_exceeded",
    "insufficient_user_quota",
)
_CREDIT_WORDS: Final = ("exceeded your current quota", "check your plan and billing")
_MISSING: Final = ("model_not_found", "deploymentnotfound")
_MISSING_WORDS: Final = (
    "does not exist",
    "deprecated",
    "retired",
    "no longer available",
    "invalid model name",
)
# The second is LiteLLM's: without a database its proxy refuses all keys but one so, with a 400.
# Source: BerriAI/litellm 1.108.7, litellm/proxy/auth/user_api_key_auth.py, read on 2026-11-26.
_WRONG_KEY: Final = ("invalid_api_key", "no_db_connection")
_WRONG_KEY_WORDS: Final = ("incorrect api key", "pass a valid api key", "api key not valid")
_NOT_READY: Final = (
    "not ready",
    "not completed",
    "still processing",
    "still in-progress",
    "still in progress",
)
# What a 404 says is missing, and what to do about it.
_MISSING_AT: Final[Mapping[ReplyTo, tuple[str, str]]] = {
    "submit": ("model or path", "check the model and base_url"),
    "collect": (
        "file of this job's video",
        (
            "the job is finished and its reply names no URL: the file may have expired, or this "
            "server has none at /videos/ID/content"
        ),
    ),
}
_MISSING_LATER: Final = (
    "job",
    "it may have expired; check that the key is of the account that submitted it",
)
# A missing code written as a text, in Python's spelling and in JSON's.
_NO_CODE: Final = frozenset({"none", "null"})


@attrs.frozen(kw_only=True)
class _Body(Complaint):
    """An error in any of its shapes. Codes and types are in lower case."""

    codes: tuple[str, ...] = ()
    has_code: bool = False

    def has(self, codes: tuple[str, ...], words: tuple[str, ...]) -> bool:
        """Tell whether the error has one of the codes or mentions one of the words."""
        return any(code in codes for code in self.codes) or self.mentions(words)


def failure(title: str, target: Target, reply: HttpResponse, to: ReplyTo) -> Refusal:
    """Return what an error reply means. ``title`` is the provider's name, for messages."""
    body = _body(reply)
    if to != "submit" and isinstance(body.raw, dict) and shapes.is_over(body.raw):
        # The body is the failed job itself.
        return Refusal(error=of_end(title, body.raw), of="job")
    words = _words(title, target, to)
    if _is_undecided(reply.status):
        return Refusal(error=http_error(words, reply.status, body))
    if to == "collect" and body.mentions(_NOT_READY):
        return Refusal(error=http_error(words, reply.status, body), of="too_early")
    if _is_moderated(body, words=reply.status in {400, 422}):
        return Refusal(error=moderation(words, body), of="exchange" if to == "submit" else "job")
    return Refusal(error=error_for(words, _meaning(reply.status, body), body))


def _words(title: str, target: Target, to: ReplyTo) -> ErrorWords:
    names = " or ".join(key.text for key in target.provider.keys).replace("$", "")
    missing, advice = _MISSING_AT.get(to, _MISSING_LATER)
    return ErrorWords(
        title=title,
        key=names or "the key",
        missing=missing,
        advice={402: "raise its quota or top it up", 404: advice},
    )


def _is_undecided(status: int) -> bool:
    """Tell whether a status leaves open what became of the request, whatever the body says.

    >>> [status for status in (100, 302, 400, 408, 429, 499, 500, 503) if _is_undecided(status)]
    [100, 302, 408, 499, 500, 503]
    """
    return status in {408, 499} or status not in range(400, 500)


def of_end(title: str, payload: Mapping[str, Any]) -> TarashException:
    """Return the error of a job that ended without a video, by the reason that it gives, if any."""
    status = shapes.status_of(payload) or ""
    if kit.standing(status, shapes.WORDS) == "cancelled":
        message = f"the job was cancelled at {title} ({status}): submit it again if you want it"
        return GenerationCancelledError(message=message, raw_response=payload)
    reason = shapes.reason_of(payload) or ("expired" if status == "expired" else None)
    body = _parse(reason if isinstance(reason, dict) else _of_text(reason), payload, fallback="")
    if _is_moderated(body, words=True):
        return moderation(ErrorWords(title=title, key=""), body)
    code = f"{body.codes[0]}: " if body.has_code else ""
    message = f"the job failed at {title} ({code}{body.shown}): submit it again"
    return GenerationFailedError(message=message, raw_response=payload)


def _of_text(value: object) -> Mapping[str, Any]:
    """Return an error that is a text as an object: one word is a code, several are a message.

    >>> _of_text("input_moderation"), _of_text("User has no budget")
    ({'code': 'input_moderation'}, {'message': 'User has no budget'})
    """
    if not isinstance(value, str):
        return {}
    return {"message": value.strip()} if len(value.split()) > 1 else {"code": value}


def _body(reply: HttpResponse) -> _Body:
    raw, shown, wait = json_of(reply).value_or(None), text_of(reply), retry_after(reply)
    if not isinstance(raw, dict):
        text = raw if isinstance(raw, str) else shown
        return _Body(text=text, raw=shown if raw is None else raw, wait=wait)
    inner = raw.get("error")
    if isinstance(inner, dict):
        return _parse(inner, raw, fallback=shown, wait=wait)
    # Azure's jobs API and its gateway omit the "error" object.
    text = inner if isinstance(inner, str) and inner else _detail(raw.get("detail"))
    return _parse({**_of_text(text), **raw}, raw, fallback=text or shown, wait=wait)


def _detail(value: object) -> str:
    """Return FastAPI's ``detail`` as a text. It is a sentence, or a list of refused fields.

    >>> _detail([{"loc": ["body", "prompt"], "msg": "Field required"}])
    'body.prompt: Field required'
    """
    if isinstance(value, str):
        return value
    items = value if isinstance(value, list) else []
    fields = (item for item in items if isinstance(item, dict) and "msg" in item)
    return "; ".join(f"{_place(field.get('loc'))}{field['msg']}" for field in fields)


def _place(value: object) -> str:
    return f"{'.'.join(map(str, value))}: " if isinstance(value, list) and value else ""


def _parse(source: Mapping[str, Any], raw: Any, fallback: str, wait: float | None = None) -> _Body:
    inner = source.get("innererror") or source.get("inner_error")
    code, message = source.get("code"), source.get("message")
    inner_code = inner.get("code") if isinstance(inner, dict) else None
    codes = tuple(_code(word) for word in (code, inner_code, source.get("type")))
    return _Body(
        codes=tuple(word for word in codes if word),
        text=message if isinstance(message, str) and message else fallback,
        has_code=bool(codes[0]),
        raw=raw,
        wait=wait,
    )


def _code(value: object) -> str:
    """Return a code in lower case, or an empty text if it only repeats the HTTP status.

    >>> _code("Insufficient_Quota"), _code("400"), _code("None"), _code(500)
    ('insufficient_quota', '', '', '')
    """
    word = value.strip().lower() if isinstance(value, str) else ""
    return "" if word.isdecimal() or word in _NO_CODE else word


def _is_moderated(body: _Body, *, words: bool) -> bool:
    has_mark = any(mark in code for code in body.codes for mark in _MODERATED)
    # If there is a code, it decides, because a message may mention safety for other reasons.
    return has_mark or (words and not body.has_code and body.mentions(_MODERATED_WORDS))


def _meaning(status: int, body: _Body) -> int:
    """Return the status that the codes and the words of an error stand for.

    >>> _meaning(400, _Body(codes=("insufficient_quota",))), _meaning(410, _Body())
    (402, 404)
    """
    if body.has(_WRONG_KEY, _WRONG_KEY_WORDS):
        return 401
    if status in {400, 403, 429} and body.has(_CREDIT, _CREDIT_WORDS):
        return 402
    about_a_model = body.mentions(("model", "deployment"))
    is_missing = body.has(_MISSING, _MISSING_WORDS if about_a_model else ())
    return 404 if status == 410 or (status == 400 and is_missing) else status  # noqa: PLR2004 - HTTP
