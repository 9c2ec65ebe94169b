"""Videos on Temporal: activities, a workflow, and the plugin that brings both to a worker.

    from tarash.tarash_gateway.integrations.temporal import VideoActivities, video_plugin

    plugin = video_plugin(VideoActivities(journal))
    client = await Client.connect("localhost:7233", plugins=[plugin])
    worker = Worker(client, task_queue="videos")

It needs the extra ``temporal``. The guide is docs/guides/temporal.md.

Sources: docs.temporal.io (activities, failure detection, Python SDK), read on 2026-11-26;
temporalio/sdk-python, 1.35.
"""

from importlib.util import find_spec

from ...values.extras import how_to_install

if find_spec("temporalio") is None:
    _MESSAGE = (
        f"videos on Temporal need temporalio, which is not installed: {how_to_install('temporal')}"
    )
    raise ModuleNotFoundError(_MESSAGE, name="temporalio")

from .activities import VideoActivities
from .converter import VideoPayloadConverter, data_converter
from .failures import application_error, error_of
from .orders import VideoOrder, VideoStatus, key_of_workflow, workflow_of_key
from .plugin import video_plugin
from .workflow import GenerateVideo

__all__ = [
    "GenerateVideo",
    "VideoActivities",
    "VideoOrder",
    "VideoPayloadConverter",
    "VideoStatus",
    "application_error",
    "data_converter",
    "error_of",
    "key_of_workflow",
    "video_plugin",
    "workflow_of_key",
]
