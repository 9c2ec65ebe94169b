"""What Google's video models take, one row for each thing a model can start from: data, no logic.

A field without a standard name goes through ``extra_params``.

Source: ai.google.dev/gemini-api/docs/video, 2026-07 (Veo with a key) and /docs/omni, 2026-11
(Omni); cloud.google.com/vertex-ai/generative-ai/docs/model-reference/veo-video-generation, 2026,
and the model cards of docs.cloud.google.com, 2026 (Veo on Vertex AI).
"""

from .omni import OMNI as OMNI
from .omni import OMNI_GENERIC as OMNI_GENERIC
from .omni import OMNI_VERTEX as OMNI_VERTEX
from .parts import Rows as Rows
from .parts import Start as Start
from .veo import VEO as VEO
from .veo import VEO_GENERIC as VEO_GENERIC
from .vertex import VERTEX as VERTEX
from .vertex import VERTEX_GENERIC as VERTEX_GENERIC
