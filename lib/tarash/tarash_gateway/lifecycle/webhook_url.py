"""Where a submission asks for a webhook: pure."""

import attrs

from ..providers.base import Submission, Target
from ..values.urls import HIDDEN_QUERY
from .links import is_mocked


def with_webhook(target: Target, submission: Submission) -> Submission:
    """Return the submission that asks the provider to call ``webhook_url``.

    Where it cannot be asked for, a warning says so: the job is polled as without it.
    """
    url, webhooks = target.config.webhook_url, target.provider.webhooks
    if url is None:
        return submission
    named = f"provider {target.config.provider}"
    if is_mocked(target.config) or target.provider.name == "mock":
        return _warned(submission, "the mock calls no webhook: the job is polled")
    if webhooks is None:
        return _warned(submission, f"{named} takes no webhook_url: the job is polled")
    if webhooks.ask is None:
        why = f"webhooks are set up {webhooks.site}"
        return _warned(submission, f"{named} takes no webhook_url, {why}: the job is polled")
    if url.endswith(HIDDEN_QUERY):
        why = "webhook_url was left out, because its query is not stored: the job is polled"
        return _warned(submission, f"{why}, unless resume_video gets the config that has it")
    request = webhooks.ask(submission.request, url)
    if request == submission.request:
        why = "webhook_url was left out: extra_params ask for another webhook"
        return _warned(submission, why)
    return attrs.evolve(submission, request=request)


def _warned(submission: Submission, warning: str) -> Submission:
    return attrs.evolve(submission, warnings=(*submission.warnings, warning))
