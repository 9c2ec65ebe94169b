"""Effects for tests of code that uses the library: without a network and without waiting.

    http = ScriptedHttp([json_reply(200, {"request_id": "1"}), ...])
    response = generate_video(config, request, effects=fake_effects(http=http))
    assert http.requests[0].method == "POST"

To test without scripted replies, use ``mock=MockConfig()`` in the config instead.
"""

from .. import _later
from ..effects.memory import FakeDisk, FakeNames
from ..effects.receiving import WholeReply
from ..effects.signing import SignedWebhook
from ..mock.movies import grey_clip
from .answering import Submitted
from .defaults import default_effects, on_clock
from .fakes import (
    CountedIds,
    FakeClock,
    FakeEnvironment,
    FakeFiles,
    FakeTokens,
    FixedRandomness,
)
from .offline import OfflineHttp
from .scripted import ScriptedVideo
from .scripts import Reply, ScriptedHttp, fake_effects, json_reply
from .tapes import RecordMode, ReplayedVideo, recording, replay, replay_in_place
from .uploads import Uploaded
from .webhooks import signed_webhook

__all__ = [
    "CountedIds",
    "FakeClock",
    "FakeDisk",
    "FakeEnvironment",
    "FakeFiles",
    "FakeNames",
    "FakeTokens",
    "FixedRandomness",
    "OfflineHttp",
    "RecordMode",
    "ReplayedVideo",
    "Reply",
    "ScriptedHttp",
    "ScriptedVideo",
    "SignedWebhook",
    "Submitted",
    "Uploaded",
    "WholeReply",
    "default_effects",
    "fake_effects",
    "grey_clip",
    "json_reply",
    "on_clock",
    "recording",
    "replay",
    "replay_in_place",
    "signed_webhook",
]
__dir__ = _later.public(__name__)
