"""Videos with Content Credentials, signed with certificates made on the spot."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MADE_BY_AI: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
_USES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@attrs.frozen
class Authority:
    """A certificate authority, and a signer that it vouches for: both last for a day."""

    root: str
    chain: str
    key: str

    @classmethod
    def make(cls) -> "Authority":
        """Return a new authority."""
        root, signer = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ours = _certificate("Kite Root", root, root, authority=True)
        theirs = _certificate("Kite Signer", signer, root, authority=False)
        secret = signer.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return cls(root=ours, chain=theirs + ours, key=secret.decode())

    def sign(self, video: bytes, *, url: str | None = None, **manifest: Any) -> bytes:
        """Return the video with a manifest; with a ``url``, the manifest is only there."""
        import c2pa  # noqa: PLC0415 - an extra: doctest imports this module without it

        described = {
            "claim_generator_info": [{"name": "kite-model", "version": "1"}],
            "title": "clip.mp4",
            "assertions": [
                {
                    "label": "c2pa.actions",
                    "data": {
                        "actions": [{"action": "c2pa.created", "digitalSourceType": MADE_BY_AI}]
                    },
                }
            ],
            **manifest,
        }
        info = c2pa.C2paSignerInfo(b"es256", self.chain.encode(), self.key.encode(), None)
        signed = io.BytesIO()
        with (
            c2pa.Signer.from_info(info) as signer,
            c2pa.Builder.from_json(json.dumps(described)) as builder,
        ):
            if url is not None:
                builder.set_no_embed()
                builder.set_remote_url(url)
            builder.sign(signer, "video/mp4", io.BytesIO(video), signed)
        return signed.getvalue()


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> str:
    now = datetime.now(UTC)
    uses = {use: use == ("key_cert_sign" if authority else "digital_signature") for use in _USES}
    builder = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named("Kite Root"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False
        )
    )
    if not authority:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    made = builder.sign(issuer, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


def _named(name: str) -> x509.Name:
    parts = ((NameOID.ORGANIZATION_NAME, "Kite Videos"), (NameOID.COMMON_NAME, name))
    return x509.Name([x509.NameAttribute(*part) for part in parts])
