"""The trusted certificates: the system's, or those of a file that a variable names."""

import os
import ssl
from typing import Final

import attrs
from returns.result import Failure, Success

from ..exceptions import HTTPConnectionError
from ..outcome import Outcome

# OpenSSL's own variable, then those of requests and of curl, which company images set.
_FILES: Final = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@attrs.frozen
class Trust:
    """The location of the trusted certificates; those of the system if ``path`` is None.

    ``variable`` names ``path``, a PEM file or a directory of hashed certificates; ``directory`` is
    the value of ``SSL_CERT_DIR``.
    """

    variable: str | None
    path: str | None
    directory: str | None

    @classmethod
    def of_environment(cls) -> "Trust":
        """Return the location that the environment variables name now."""
        variable = next(filter(os.environ.get, _FILES), None)
        path = os.environ.get(variable) if variable else None
        return cls(variable, path, os.environ.get("SSL_CERT_DIR") or None)

    def context(self) -> Outcome[ssl.SSLContext]:
        """Return a TLS context that verifies against these certificates, if they can be read."""
        try:
            if self.path is None:
                # OpenSSL reads SSL_CERT_DIR itself.
                return Success(ssl.create_default_context())
            if os.path.isdir(self.path):  # noqa: PTH112 - a path of the environment, as OpenSSL reads it
                return Success(ssl.create_default_context(capath=self.path))
            return Success(ssl.create_default_context(cafile=self.path, capath=self.directory))
        except (OSError, ValueError) as error:
            message = (
                f"the certificates in {self.path} cannot be read ({type(error).__name__}): nothing "
                f"was sent; set {self.variable} to the name of a PEM file, or unset it"
            )
            return Failure(HTTPConnectionError(message=message, request_sent=False))
