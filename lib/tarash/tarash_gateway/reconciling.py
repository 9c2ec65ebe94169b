"""The entry points that find out about unknown submissions; `api` has them too."""

from .running import reconcile_verb
from .running.faces import raising

__all__ = ["reconcile_video", "reconcile_video_async"]

reconcile_video, reconcile_video_async = raising(reconcile_verb.reconcile_video, __name__)
