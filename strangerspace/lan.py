"""https for the local network, with a certificate made here.

Phones open camera and encryption only on a secure origin, and `localhost` is
one only on this machine. The certificate is self-signed: each device asks once.
"""

import ipaddress
import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from common import clock

# Apple's systems refuse server certificates that live longer than 398 days.
LIFETIME = timedelta(days=397)
RENEW_BEFORE_END = timedelta(days=30)
# TEST-NET-1 (RFC 5737): nothing is sent, the kernel only picks a source.
ELSEWHERE = ("192.0.2.1", 9)


class NoAddressError(RuntimeError):
    """No other machine could reach this one."""


def own_address() -> str:
    """Find the IPv4 address that this machine uses towards the network.

    Raises:
        NoAddressError: there is no network, or only the loopback one.

    """
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(ELSEWHERE)
            address: str = probe.getsockname()[0]
    except OSError as error:
        msg = "This machine has no network address; --lan needs one."
        raise NoAddressError(msg) from error
    return address


def environment(address: str, *, allowed_hosts: Sequence[str]) -> dict[str, str]:
    """Name the settings that serving this address over https needs."""
    return {
        "ALLOWED_HOSTS": ",".join([*allowed_hosts, address]),
        "HTTPS_ONLY": "true",
        # Browsers must not remember a self-signed address as https for ever.
        "HSTS_SECONDS": "0",
    }


def certificate(data_dir: Path, address: str) -> tuple[Path, Path]:
    """Return the files of a key and a certificate that holds for `address`.

    They are made on the first run, and again for another address or when the
    certificate's end comes near.
    """
    key, cert = data_dir / "lan.key", data_dir / "lan.crt"
    if not (key.exists() and cert.exists() and _still_good(cert, address)):
        _write_new(key, cert, address)
    return key, cert


def _still_good(path: Path, address: str) -> bool:
    cert = x509.load_pem_x509_certificate(path.read_bytes())
    names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    covered = names.value.get_values_for_type(x509.IPAddress)
    lasts = cert.not_valid_after_utc - RENEW_BEFORE_END > clock.now()
    return lasts and ipaddress.ip_address(address) in covered


def _write_new(key_path: Path, cert_path: Path, address: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    cert = _signed(key, address)
    key_path.unlink(missing_ok=True)
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    cert_path.write_bytes(cert.public_bytes(serialization.Encoding.PEM))


def _signed(key: ec.EllipticCurvePrivateKey, address: str) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "StrangerSpace LAN")])
    now = clock.now()
    hosts = [ipaddress.ip_address(each) for each in (address, "127.0.0.1", "::1")]
    alternatives = [
        x509.DNSName("localhost"),
        *map(x509.IPAddress, dict.fromkeys(hosts)),
    ]
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
