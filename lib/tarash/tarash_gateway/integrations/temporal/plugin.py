"""The plugin: the activities, the workflow and the converter for a client and its workers."""

import dataclasses

from temporalio.converter import DataConverter, DefaultPayloadConverter
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from .activities import VideoActivities
from .converter import VideoPayloadConverter, data_converter
from .workflow import GenerateVideo

_NAME = "tarash.tarash_gateway"


def video_plugin(activities: VideoActivities | None = None) -> SimplePlugin:
    """Return the plugin for ``Client.connect(plugins=[...])``; its workers have it, too.

    The client's data converter keeps its codec, such as one that encrypts, and learns to write the
    library's values.

    Args:
        activities: The worker's activities, or None for a program that only starts workflows.

    Raises:
        ValueError: The client has a payload converter of its own (when it connects), or the worker
            has no workflow runner.
    """
    return SimplePlugin(
        _NAME,
        data_converter=_with_values,
        activities=[] if activities is None else activities.all,
        workflows=[GenerateVideo],
        workflow_runner=_with_library,
    )


def _with_values(existing: DataConverter | None) -> DataConverter:
    if existing is None:
        return data_converter
    kind = existing.payload_converter_class
    if issubclass(kind, VideoPayloadConverter):
        return existing
    if kind is not DefaultPayloadConverter:
        message = (
            f"the client has a payload converter of its own, {kind.__name__}: let it inherit from "
            "VideoPayloadConverter, which writes the library's values"
        )
        raise ValueError(message)
    return dataclasses.replace(existing, payload_converter_class=VideoPayloadConverter)


def _with_library(runner: WorkflowRunner | None) -> WorkflowRunner:
    """Let workflows of your own use the library's values as they are loaded.

    The sandbox would load the whole package anew for each run of a workflow.
    """
    if runner is None:
        message = "a worker without a workflow runner cannot run GenerateVideo"
        raise ValueError(message)
    if not isinstance(runner, SandboxedWorkflowRunner):
        return runner
    return dataclasses.replace(
        runner, restrictions=runner.restrictions.with_passthrough_modules("tarash")
    )
