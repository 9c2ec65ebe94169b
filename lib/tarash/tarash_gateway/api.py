"""The entry points that raise. What each of them does is written in `running.verbs`."""

from typing import TYPE_CHECKING, Final

from ._later import load, public
from .running import fingerprint_verb, verbs
from .running.faces import raising

__all__ = [
    "cancel_video",
    "cancel_video_async",
    "check_video",
    "check_video_async",
    "fingerprint_video",
    "generate_video",
    "generate_video_async",
    "generate_videos",
    "generate_videos_async",
    "list_configs",
    "list_models",
    "list_providers",
    "load_config",
    "pending_videos",
    "plan_video",
    "receive_webhook",
    "receive_webhook_async",
    "reconcile_video",
    "reconcile_video_async",
    "resume_video",
    "resume_video_async",
    "save_video",
    "save_video_async",
    "start_video",
    "start_video_async",
    "verify_webhook",
    "wait_for_webhook",
    "wait_for_webhook_async",
]
__dir__ = public(__name__)


generate_video, generate_video_async = raising(verbs.generate_video, __name__)
start_video, start_video_async = raising(verbs.start_video, __name__)
resume_video, resume_video_async = raising(verbs.resume_video, __name__)
check_video, check_video_async = raising(verbs.check_video, __name__)
cancel_video, cancel_video_async = raising(verbs.cancel_video, __name__)
save_video, save_video_async = raising(verbs.save_video, __name__)
# These three only read files, and have no asyncio form.
fingerprint_video = raising(fingerprint_verb.fingerprint_video, __name__)[0]
pending_videos = raising(verbs.pending_videos, __name__)[0]
plan_video = raising(verbs.plan_video, __name__)[0]

if TYPE_CHECKING:
    from .batches import generate_videos as generate_videos
    from .batches import generate_videos_async as generate_videos_async
    from .choosing import list_models as list_models
    from .choosing import list_providers as list_providers
    from .configs import list_configs as list_configs
    from .configs import load_config as load_config
    from .reconciling import reconcile_video as reconcile_video
    from .reconciling import reconcile_video_async as reconcile_video_async
    from .verifying import verify_webhook as verify_webhook
    from .webhooks import receive_webhook as receive_webhook
    from .webhooks import receive_webhook_async as receive_webhook_async
    from .webhooks import wait_for_webhook as wait_for_webhook
    from .webhooks import wait_for_webhook_async as wait_for_webhook_async
else:
    # Many videos need asyncio, and webhooks what checks a signature; few programs need the others.
    _LATER: Final = {
        "generate_videos": "batches",
        "generate_videos_async": "batches",
        "list_models": "choosing",
        "list_providers": "choosing",
        "list_configs": "configs",
        "load_config": "configs",
        "receive_webhook": "webhooks",
        "receive_webhook_async": "webhooks",
        "reconcile_video": "reconciling",
        "reconcile_video_async": "reconciling",
        "verify_webhook": "verifying",
        "wait_for_webhook": "webhooks",
        "wait_for_webhook_async": "webhooks",
    }

    def __getattr__(name: str) -> object:
        """Return an entry point that is loaded when it is first asked for."""
        if name in _LATER:
            return getattr(load(f"{__package__}.{_LATER[name]}"), name)
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
