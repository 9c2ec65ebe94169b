"""How long models take at least, where a public source says so: data, no logic.

Only a figure that its source calls a minimum is of use: after an average, a poll would often be too
late. So few models have one. Those of fal have none, because its stream of events tells when a job
ends.
"""

from typing import Final

# Seconds. "Request latency: Min: 11 seconds; Max: 6 minutes (during peak hours)" of every Veo
# model: ai.google.dev/gemini-api/docs/video, "Limitations" (2026-07). Whoever sells Veo asks Google
# for it, which takes no less.
VEO: Final = 11.0
