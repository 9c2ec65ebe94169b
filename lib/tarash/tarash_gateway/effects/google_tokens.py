"""Access tokens for a credentials file or the machine's identity, from google-auth."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from returns.io import IOFailure, IOSuccess

from ..exceptions import AuthenticationError
from ..outcome import IOOutcome
from ..values.secrets import Secret

_OTHERWISE = "or give provider_config['access_token']"


class GoogleTokens:
    """Fetches tokens through google-auth, which is imported on first use (extra ``vertex``)."""

    def fetch(self, scope: str, settings: Mapping[str, Any]) -> IOOutcome[Secret]:
        """Return a token: see `effects.Tokens`."""
        if find_spec("google") is None or find_spec("google.auth") is None:
            message = (
                "Vertex AI needs google-auth, which is not installed: "
                f"run pip install 'tarash-gateway[vertex]', {_OTHERWISE}"
            )
            return IOFailure(AuthenticationError(message=message))
        return _fetch(scope, settings.get("credentials_path"))


def _fetch(scope: str, path: object) -> IOOutcome[Secret]:
    import google.auth  # noqa: PLC0415 - the extra is optional
    import google.auth.exceptions  # noqa: PLC0415
    import google.auth.transport.urllib3  # noqa: PLC0415
    import urllib3  # noqa: PLC0415 - it opens a socket
    from google.oauth2 import service_account  # noqa: PLC0415

    try:
        credentials = (
            google.auth.default(scopes=[scope])[0]
            if path is None
            else service_account.Credentials.from_service_account_file(str(path), scopes=[scope])
        )
        with urllib3.PoolManager() as pool:
            credentials.refresh(google.auth.transport.urllib3.Request(pool))
    except (google.auth.exceptions.GoogleAuthError, OSError, ValueError) as error:
        # The error's own text may quote the credentials file.
        message = (
            f"google-auth returned no access token ({type(error).__name__}): "
            f"run gcloud auth application-default login, check credentials_path, {_OTHERWISE}"
        )
        return IOFailure(AuthenticationError(message=message))
    token: IOOutcome[Secret] = IOSuccess(Secret(str(credentials.token)))
    return token
