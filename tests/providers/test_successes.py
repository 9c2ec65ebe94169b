"""How jobs become videos, at every provider: replayed from cassettes, each one story."""

from datetime import UTC, datetime

from tests.support.scenarios import (
    AZURE,
    AZURE_JOB,
    AZURE_JOBS,
    FAL,
    FAL_JOB,
    FAL_URL,
    GOOGLE_VIDEO,
    OMNI,
    OMNI_JOB,
    OPENAI,
    OPENAI_JOB,
    OPENAI_PROMPT,
    REPLICATE,
    REPLICATE_JOB,
    REPLICATE_URL,
    RUNWAY,
    RUNWAY_JOB,
    RUNWAY_URL,
    VEO,
    VEO_JOB,
    VERTEX,
    VERTEX_JOB,
    Played,
)

from tarash.tarash_gateway import VideoGenerationConfig, VideoGenerationRequest
from tarash.tarash_gateway.values.media import MediaContent


def _statuses(played: Played) -> list[str]:
    return [update.status for update in played.updates]


def _percents(played: Played) -> list[tuple[str, float | None]]:
    return [(update.status, update.progress_percent) for update in played.updates]


def _shape(played: Played) -> tuple[float | None, str | None, str | None]:
    response = played.response
    return response.duration, response.resolution, response.aspect_ratio


def test_fal_makes_the_first_example_of_the_guide() -> None:
    played = FAL.play("success")
    response = played.response
    assert response.video == FAL_URL
    assert response.status == "completed"
    assert response.request_id == FAL_JOB
    assert _shape(played) == (6.0, "1080p", "16:9")
    assert response.warnings == ("duration_seconds 5 became 6: fal-ai/veo3 takes 4, 6 or 8",)
    assert response.provider_metadata["billable_units"] == "6"
    assert response.raw_response["video"]["file_size"] == 6218923
    assert response.execution_metadata is not None
    assert [attempt.polls for attempt in response.execution_metadata.attempts] == [1]
    assert played.slept == [0.0, 5, 0.0]


def test_fal_reports_a_job_that_waits_and_runs() -> None:
    config = VideoGenerationConfig(
        provider="fal", model="fal-ai/kling-video/v2.6/pro/image-to-video"
    )
    request = VideoGenerationRequest(
        prompt="a fox runs through snow",
        duration_seconds=5,
        generate_audio=False,
        image_list=["https://example.com/fox.png"],
    )
    played = FAL.play("queued_running_success", config, request)
    assert [(update.status, update.queue_position) for update in played.updates] == [
        ("queued", 123),
        ("queued", 123),
        ("processing", None),
        ("completed", None),
    ]
    assert played.updates[2].logs == ("Starting inference", "step 3/50")
    assert _shape(played) == (5.0, "1080p", "16:9")
    assert played.response.provider_metadata["seed"] == 12345


def test_openai_makes_a_video_of_a_text() -> None:
    played = OPENAI.play("success")
    response = played.response
    assert isinstance(response.video, MediaContent)
    assert response.video.content[4:12] == b"ftypmp42"
    assert (response.content_type, response.request_id) == ("video/mp4", OPENAI_JOB)
    assert _shape(played) == (8.0, "720p", "16:9")
    assert response.warnings == ()
    assert response.raw_response["completed_at"] == 1758941552
    assert response.provider_metadata == {
        "created_at": 1758941485,
        "model": "sora-2-pro",
        "completed_at": 1758941552,
        "expires_at": 1758945152,
    }
    assert response.expires_at == datetime(2025, 9, 27, 3, 52, 32, tzinfo=UTC)
    assert response.media.declared_marks == ("C2PA",)
    assert played.slept == [0.0, 5, 0.0]


def test_openai_is_asked_when_the_server_says() -> None:
    played = OPENAI.play("running")
    assert played.response.duration == 8.0
    assert _percents(played) == [
        ("queued", 0.0),
        ("queued", 0.0),
        ("processing", 33.0),
        ("completed", 100.0),
    ]
    assert played.slept == [0.0, 2.0, 5, 10.0, 0.0]


def test_a_remix_names_the_video_it_is_made_of() -> None:
    request = VideoGenerationRequest(prompt=OPENAI_PROMPT, remix_video_id=OPENAI_JOB)
    response = OPENAI.play("remix", request=request).response
    assert response.request_id == "video_remixed"
    assert response.provider_metadata["remixed_from_video_id"] == OPENAI_JOB


def test_azure_makes_a_video_of_a_text() -> None:
    played = AZURE.play("success")
    response = played.response
    assert isinstance(response.video, MediaContent)
    assert (response.content_type, response.request_id) == ("video/mp4", AZURE_JOB)
    assert _shape(played) == (4.0, "720p", "9:16")
    assert response.provider_metadata["expires_at"] == 1760714196
    assert response.expires_at == datetime(2025, 10, 17, 15, 16, 36, tzinfo=UTC)
    # Microsoft declares Content Credentials for pictures only.
    assert response.media.declared_marks == ()


def test_an_api_version_of_azure_is_in_every_url() -> None:
    config = VideoGenerationConfig(provider="azure-openai", model="sora-2", api_version="preview")
    played = AZURE.play("running", config)
    assert _statuses(played) == ["queued", "queued", "processing", "completed"]


def test_azure_s_older_api_makes_a_job_of_generations() -> None:
    played = AZURE_JOBS.play("jobs_success")
    response = played.response
    assert isinstance(response.video, MediaContent)
    assert response.request_id == "task_abc123"
    assert _shape(played) == (5.0, "480p", "1:1")
    assert response.provider_metadata["finished_at"] == 1748469945
    assert response.expires_at == datetime(2025, 5, 29, 22, 4, 35, tzinfo=UTC)
    assert _statuses(played) == ["queued", "queued", "processing", "completed"]


def test_runway_makes_a_video_of_a_text() -> None:
    played = RUNWAY.play("success")
    response = played.response
    assert (response.status, response.video) == ("completed", RUNWAY_URL)
    assert response.request_id == RUNWAY_JOB
    assert response.content_type == "video/mp4"
    assert _shape(played) == (5.0, "720p", "16:9")
    assert response.warnings == ()
    assert response.provider_metadata == {
        "createdAt": "2026-08-26T06:30:33.796Z",
        "cost": {"credits": 60},
    }
    assert response.raw_response["status"] == "SUCCEEDED"
    assert response.expires_at == datetime(2026, 8, 27, 6, 30, 33, 796000, tzinfo=UTC)
    assert played.slept == [0.0, 5]


def test_runway_reports_a_job_that_waits_and_runs() -> None:
    config = VideoGenerationConfig(provider="runway", model="veo3.1")
    request = VideoGenerationRequest(
        prompt="The tide comes in",
        duration_seconds=8,
        resolution="1080p",
        aspect_ratio="16:9",
        generate_audio=True,
        image_list=[
            "https://example.com/low.png",
            {"image": "https://example.com/high.png", "type": "last_frame"},
        ],
    )
    played = RUNWAY.play("running", config, request)
    assert _percents(played) == [
        ("queued", None),
        ("queued", None),
        ("queued", None),
        ("processing", 2.0),
        ("processing", 86.0),
        ("completed", 100.0),
    ]
    assert played.updates[2].update["status"] == "THROTTLED"
    assert played.response.media.declared_marks == ("SynthID",)
    assert _shape(played) == (8.0, "1080p", "16:9")


def test_runway_makes_a_video_of_another_one() -> None:
    config = VideoGenerationConfig(provider="runway", model="aleph2")
    request = VideoGenerationRequest(
        prompt="winter", video="https://example.com/summer.mp4", aspect_ratio="16:9", seed=3
    )
    response = RUNWAY.play("video", config, request).response
    assert response.video == RUNWAY_URL
    assert (response.duration, response.aspect_ratio) == (None, "16:9")


def test_replicate_makes_a_video_of_a_text() -> None:
    response = REPLICATE.play("success").response
    assert response.video == REPLICATE_URL
    assert response.status == "completed"
    assert response.request_id == REPLICATE_JOB
    assert response.content_type == "video/mp4"
    # The times in the reply are those of the computation, not of the video.
    assert (response.duration, response.warnings) == (None, ())
    assert response.provider_metadata["metrics"]["predict_time"] == 289.242321508
    assert response.raw_response["output"] == REPLICATE_URL
    assert response.expires_at == datetime(2024, 11, 26, 16, 5, 43, 217907, tzinfo=UTC)
    assert response.execution_metadata is not None
    assert [attempt.polls for attempt in response.execution_metadata.attempts] == [1]


def test_a_community_model_of_replicate_reports_its_progress() -> None:
    config = VideoGenerationConfig(
        provider="replicate", model="lightricks/ltx-video:8c47da66" + "0" * 56
    )
    request = VideoGenerationRequest(
        prompt="a fox runs through snow",
        duration_seconds=97 / 25,
        aspect_ratio="16:9",
        image_list=["https://example.com/fox.png"],
    )
    played = REPLICATE.play("running", config, request)
    assert _percents(played) == [
        ("queued", None),
        ("queued", None),
        ("processing", 44.0),
        ("completed", 100.0),
    ]
    logs = played.updates[2].logs
    assert logs[:2] == ("Using seed: 42069", "Prompt: a fox runs through snow")
    assert len(logs) == 5
    assert played.response.video == "https://replicate.delivery/yhqm/WjvukHay/R8_LTX_00001.mp4"
    assert (played.response.duration, played.response.aspect_ratio) == (3.88, "16:9")


def test_the_file_of_a_veo_job_is_downloaded() -> None:
    played = VEO.play("success")
    response = played.response
    assert response.video == GOOGLE_VIDEO
    assert (response.request_id, response.content_type) == (VEO_JOB, "video/mp4")
    assert _shape(played) == (8, "1080p", "16:9")
    assert response.warnings == ()
    assert _statuses(played) == ["processing", "processing", "completed"]
    # The download is bytes, so the operation's last reply is kept.
    samples = response.raw_response["response"]["generateVideoResponse"]["generatedSamples"]
    assert samples[0]["video"]["uri"].endswith("/files/qu4d28uipuqh:download?alt=media")
    # The reply names no time from which the two days of the file could be counted.
    assert response.expires_at is None
    assert response.media.declared_marks == ("SynthID",)


def test_a_redirected_download_is_followed() -> None:
    assert VEO.play("redirect").response.video == GOOGLE_VIDEO


def test_a_reply_of_omni_contains_the_video() -> None:
    played = OMNI.play("omni_success")
    response = played.response
    assert (response.video, response.request_id) == (GOOGLE_VIDEO, OMNI_JOB)
    assert _statuses(played) == ["processing", "processing", "completed"]
    tokens = response.provider_metadata["usage"]["output_tokens_by_modality"]
    assert tokens == [{"modality": "video", "tokens": 57920}]
    assert response.raw_response["steps"][1] == {"type": "thought", "signature": "…"}


def test_vertex_leaves_the_video_in_the_caller_s_bucket() -> None:
    response = VERTEX.play("vertex_bucket", output_gcs_uri="gs://BUCKET/").response
    assert response.video == "gs://BUCKET/TIMESTAMPED_FOLDER/sample_0.mp4"
    assert response.request_id == VERTEX_JOB
    assert response.provider_metadata == {"raiMediaFilteredCount": 0}
    assert response.delivered
    assert (response.expires_at, response.media.declared_marks) == (None, ("SynthID",))


def test_vertex_without_a_bucket_sends_the_video_itself() -> None:
    response = VERTEX.play("vertex_inline").response
    assert response.video == GOOGLE_VIDEO
    assert (response.delivered, response.expires_at) == (False, None)
