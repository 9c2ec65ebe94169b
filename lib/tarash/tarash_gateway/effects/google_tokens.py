"""Access tokens for a credentials file or the machine's identity, from google-auth."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from returns.io import IOFailure, IOResult

from ..exceptions import AuthenticationError
from ..outcome import IOOutcome
from ..values.extras import how_to_install
from ..values.secrets import Secret


class GoogleTokens:
    """Fetches tokens through google-auth, which is imported on first use (extra ``vertex``)."""

    def fetch(self, scope: str, settings: Mapping[str, Any]) -> IOOutcome[Secret]:
        """Return a token: see `effects.Tokens`."""
        if find_spec("google") is None or find_spec("google.auth") is None:
            why = "Vertex AI needs google-auth, which is not installed"
            advice = how_to_install("vertex")
        else:
            from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415 - an extra

            try:
                return IOResult.from_value(_token(scope, settings.get("credentials_path")))
            except (GoogleAuthError, OSError, ValueError) as error:
                # The error's own text may quote the credentials file.
                why = f"google-auth returned no access token ({type(error).__name__})"
                advice = "run gcloud auth application-default login, check credentials_path"
        message = f"{why}: {advice}, or give provider_config['access_token']"
        return IOFailure(AuthenticationError(message=message))


def _token(scope: str, path: object) -> Secret:
    import google.auth.transport.urllib3  # noqa: PLC0415 - the extra is optional
    import urllib3  # noqa: PLC0415 - it opens a socket
    from google.oauth2 import service_account  # noqa: PLC0415

    credentials = (
        google.auth.default(scopes=[scope])[0]
        if path is None
        else service_account.Credentials.from_service_account_file(str(path), scopes=[scope])
    )
    with urllib3.PoolManager() as pool:
        credentials.refresh(google.auth.transport.urllib3.Request(pool))
    return Secret(str(credentials.token))
