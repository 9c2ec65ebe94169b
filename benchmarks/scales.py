"""How much is measured."""

from collections.abc import Mapping
from typing import Final

import attrs


@attrs.frozen(kw_only=True)
class Scale:
    """How much is measured.

    Attributes:
        name: What the option calls it.
        rounds: Fresh processes for each way; the figures are medians over them.
        imports: Fresh processes for each import.
        generations: Generations in each round of the CPU measure.
        dialects: Dialects in which this library is measured.
        in_flight: How many calls wait in the memory measure.
        waiting: How many calls wait in the measure of delays.
        clients_in_flight: How many calls of each official client wait there, or None for none.
        job_seconds: How long the jobs of that measure take.
        interval: Seconds between two polls in that measure.
        plans: How many plans are made.
        batch: Requests of the batch.
        batch_in_flight: How many of them at once.
    """

    name: str
    rounds: int
    imports: int
    generations: int
    dialects: tuple[str, ...]
    in_flight: tuple[int, ...]
    waiting: tuple[int, ...]
    clients_in_flight: int | None
    job_seconds: float
    interval: float
    plans: int
    batch: int
    batch_in_flight: int


_ALL: Final = ("fal", "replicate", "google", "openai", "runway")
SCALES: Final[Mapping[str, Scale]] = {
    scale.name: scale
    for scale in (
        Scale(
            name="quick",
            rounds=1,
            imports=3,
            generations=100,
            dialects=("fal",),
            in_flight=(100, 1_000),
            waiting=(100,),
            clients_in_flight=None,
            job_seconds=3,
            interval=1,
            plans=2_000,
            batch=200,
            batch_in_flight=50,
        ),
        Scale(
            name="normal",
            rounds=3,
            imports=9,
            generations=200,
            dialects=("fal",),
            in_flight=(100, 1_000, 5_000, 10_000),
            waiting=(1_000, 5_000, 10_000),
            clients_in_flight=200,
            job_seconds=20,
            interval=5,
            plans=10_000,
            batch=2_000,
            batch_in_flight=500,
        ),
        Scale(
            name="full",
            rounds=5,
            imports=21,
            generations=300,
            dialects=_ALL,
            in_flight=(100, 1_000, 5_000, 10_000),
            waiting=(100, 1_000, 5_000, 10_000),
            clients_in_flight=1_000,
            job_seconds=20,
            interval=5,
            plans=20_000,
            batch=10_000,
            batch_in_flight=2_000,
        ),
    )
}
