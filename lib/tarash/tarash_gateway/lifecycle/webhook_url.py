"""Where a submission asks for a webhook: pure."""

import attrs

from ..providers.base import Submission, Target
from .links import is_mocked


def with_webhook(target: Target, submission: Submission) -> Submission:
    """Return the submission that asks the provider to call ``webhook_url``.

    Where it cannot be asked for, a warning says so: the job is polled as without it.
    """
    config, webhooks = target.config, target.provider.webhooks
    if config.webhook_url is None:
        return submission
    if is_mocked(config) or target.provider.name == "mock":
        why = "the mock calls no webhook"
    elif webhooks is None:
        why = f"provider {config.provider} takes no webhook_url"
    elif webhooks.ask is None:
        why = (
            f"provider {config.provider} takes no webhook_url, because webhooks are set up "
            f"{webhooks.site}"
        )
    else:
        request = webhooks.ask(submission.request, config.webhook_url)
        if request != submission.request:
            return attrs.evolve(submission, request=request)
        why = "webhook_url was left out, because extra_params ask for another webhook"
        return attrs.evolve(submission, warnings=(*submission.warnings, why))
    warning = f"{why}; the job is polled"
    return attrs.evolve(submission, warnings=(*submission.warnings, warning))
