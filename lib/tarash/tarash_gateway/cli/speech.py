"""Say the library's messages in the terms of the command line.

The library's messages name what a Python program writes: ``resume_video(error.generation)``,
``base_url``. Here are their counterparts of the command line. A test reads the messages of the
library, and fails where one of them names a call or a field that has no counterpart.
"""

import re
from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

# The options of the fields of a request, which are columns in the file of a batch. A field whose
# name is an ordinary word, such as `seed`, reads well as it is.
REQUEST_OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "aspect_ratio": "--aspect-ratio",
        "duration_seconds": "--duration",
        "enhance_prompt": "--enhance-prompt",
        "extra_params": "--set",
        "generate_audio": "--audio",
        "image_list": "--image",
        "negative_prompt": "--negative-prompt",
        # Only with a value: without one it is an ordinary word.
        "resolution": "--resolution",
    }
)
# The options of the fields of a config, and of the arguments of calls.
CONFIG_OPTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "api_version": "--api-version",
        "base_url": "--base-url",
        "fallback_configs": "--fallback",
        "max_failures": "--max-failures",
        "max_in_flight": "--max-in-flight",
        "max_poll_attempts": "--max-polls",
        "overwrite=True": "--overwrite",
        "poll_interval": "--poll-interval",
        "provider_config": "--provider-config",
        "save_to": "--output",
        "webhook_url": "--webhook-url",
        # Only with a value, as above.
        "unsupported": "--unsupported",
    }
)
_OPTIONS: Final = {**REQUEST_OPTIONS, **CONFIG_OPTIONS}
_ORDINARY: Final = frozenset({"resolution", "unsupported"})

# Calls, and fields that only a program has. A longer text precedes the texts that it contains.
PHRASES: Final[tuple[tuple[str, str], ...]] = (
    (
        "reconcile_video(error.unknown[0], journal=journal), or tarash jobs --reconcile,",
        "tarash jobs --reconcile",
    ),
    ("reconcile_video(error.unknown[0])", "tarash jobs --reconcile"),
    (", or the journal's own forget) and call again", ") and try again"),
    ("allow it to be replaced (overwrite)", "allow it to be replaced (--overwrite)"),
    (", or register it", ""),
    ("timeout must be", "--timeout must be"),
    ("image must be True, False or a role", "--image must be yes, no or a role"),
    ("look at journal.unreadable()", "look at the entry in the journal, or give another --key"),
    ("let reconcile_video ask", "let tarash jobs --reconcile ask"),
    ("resume_video(error.generation, save_to=...)", "{resume} --output FILE"),
    ("resume_video(error.generation)", "{resume}"),
    ("save_video(error.response, ...)", "{resume} --output FILE"),
    (" (error.response.video is the whole URL)", ""),
    ("the response has its bytes", "it came as bytes"),
    (", unless resume_video gets the config that has it", ""),
    ("look at pending_videos(journal)", "look at tarash jobs"),
    (
        "give journal=SqliteJournal(...), or no key",
        "leave out --no-journal, or leave out --key",
    ),
    ("each later call with the key", "each later command with the key"),
    ("raises this error again", "ends with this error again"),
    ("give another key for another job", "give another --key for another job"),
    ("give save_to in the first call, and another key", "give --output, and another --key"),
    ("give api_key in the config", "write it into a file for --config"),
    ("] or api_key in the config", "] or write the key into a file for --config"),
    ("in the config or in", "with --base-url or in"),
    ("extra_params={'video': {'id': ...}}", """--set 'video={"id": "..."}'"""),
    ("pass json.dumps(...) in extra_params", "give the JSON in --set as a quoted text"),
    ("see the logs in raw_response", "--json prints the whole reply, with its logs"),
    ("see raw_response", "--json prints the whole reply"),
    ("pass the image as bytes or a file", "give the image as a file"),
    ("pass bytes or a file", "give a file"),
)

# A field with what may stand behind it: [0] of a list, ['name'] or ={'name': ...} of a mapping,
# ='value'.
_FIELD: Final = re.compile(
    rf"(?<![\w-])(?P<field>{'|'.join(_OPTIONS)})"
    r"(?:\[(?P<place>\d+)\]|\['(?P<name>\w+)'\]|=\{'(?P<item>\w+)': \.\.\.\}|='(?P<value>[^']*)')?"
    r"(?!\w)"
)
# What the library says about a job that was left: a test clip's job ends with the command.
_LEFT: Final = re.compile(
    r": the job may still finish and be charged"
    r"|; job \S+ of \S+ may go on: resume_video\(error\.generation\)"
)
NO_JOURNAL: Final = "look at the provider's dashboard (the journal does not have it)"


def resume_command(generation_id: str) -> str:
    """Return the command that goes on with a job of the journal."""
    return f"tarash resume {generation_id}"


def in_terms(message: str, resume: str = "tarash resume ID", *, columns: bool = False) -> str:
    """Return a message of the library in the terms of the command line.

    Args:
        message: What the library says.
        resume: How to go on with the job that it is about.
        columns: Whether it is about a row of a file, whose columns have the names of the fields of
            a request.

    >>> in_terms("duration_seconds must be a number of seconds above 0, not 'x'")
    "--duration must be a number of seconds above 0, not 'x'"
    >>> in_terms("job 7 of fal may go on: resume_video(error.generation)", "tarash resume 12-1")
    'job 7 of fal may go on: tarash resume 12-1'
    >>> in_terms("give provider_config={'project': ...}, or resolution='720p'")
    'give --provider-config project=..., or --resolution 720p'
    >>> in_terms("image_list[1] is too large; resolution 8k is not known")
    '--image number 2 is too large; resolution 8k is not known'
    >>> in_terms("image_list[1] is too large: check base_url", columns=True)
    'image_list[1] is too large: check --base-url'
    """
    for theirs, ours in PHRASES:
        message = message.replace(theirs, ours.replace("{resume}", resume))
    return _FIELD.sub(partial(_option, columns=columns), message)


def of_test_clip(message: str, resume: str | None = None) -> str:
    """Return a message about a test clip, without what is true for jobs of providers only.

    Args:
        message: What the library says.
        resume: How to go on with its job, or None where the journal does not have it.

    >>> of_test_clip("not finished: the job may still finish and be charged; raise timeout (1 s)")
    'not finished; raise timeout (1 s)'
    """
    if resume is None:
        return in_terms(_LEFT.sub("", message))
    return in_terms(message.replace(" and be charged", ""), resume)


def _option(found: re.Match[str], *, columns: bool) -> str:
    field, option = found["field"], _OPTIONS[found["field"]]
    if columns and field in REQUEST_OPTIONS:
        return found[0]
    if found["place"] is not None:
        return f"{option} number {int(found['place']) + 1}"
    if found["name"] is not None:
        return f"{option} {found['name']}=..."
    if found["item"] is not None:
        return f"{option} {found['item']}=..."
    if found["value"] is not None:
        return f"{option} {found['value']}"
    return field if field in _ORDINARY else option
