"""A scripted provider whose videos are on real hosts, and files that are really written."""

import attrs
from tests.support.made_videos import Made

from tarash.tarash_gateway import VideoGenerationConfig
from tarash.tarash_gateway.effects import Clock, Effects, Http, HttpReply
from tarash.tarash_gateway.effects.disk import SystemDisk
from tarash.tarash_gateway.effects.live import live_effects
from tarash.tarash_gateway.http.messages import HttpRequest, HttpResponse, Limits
from tarash.tarash_gateway.outcome import IOOutcome
from tarash.tarash_gateway.testing import ScriptedHttp, fake_effects, json_reply

# A file of 0.76 seconds.
VIDEO = Made(form="mp4", codec="libx264", sound=True).file()
CONFIG = VideoGenerationConfig(provider="fal", model="fal-ai/veo3")


@attrs.frozen(eq=False)
class ScriptedProvider:
    """Answers a provider's requests from a script, and sends those to this machine."""

    scripted: ScriptedHttp
    hosts: Http = attrs.field(factory=lambda: live_effects().http)

    def open(self, request: HttpRequest, *, limits: Limits) -> IOOutcome[HttpReply]:
        """Return the reply: see `effects.Http`."""
        way = self.hosts if "//127.0.0.1:" in request.url else self.scripted
        return way.open(request, limits=limits)


def finished(url: str) -> list[HttpResponse]:
    """Return the exchanges of a job from its submission to its result."""
    return [json_reply(200, {"request_id": "job-1"}), *again(url)]


def again(url: str) -> list[HttpResponse]:
    """Return the exchanges of asking for a finished job again."""
    done = json_reply(200, {"status": "COMPLETED", "request_id": "job-1"})
    return [done, json_reply(200, {"video": {"url": url}})]


def world(replies: list[HttpResponse], clock: Clock | None = None) -> tuple[Effects, ScriptedHttp]:
    """Return effects with this script, with the user's key and disk, and the script."""
    scripted = ScriptedHttp(replies)
    fakes = fake_effects(
        http=ScriptedProvider(scripted), clock=clock, environment={"FAL_KEY": "id:secret"}
    )
    return attrs.evolve(fakes, disk=SystemDisk()), scripted
