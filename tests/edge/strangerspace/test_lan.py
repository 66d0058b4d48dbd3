import ssl
from datetime import timedelta

import pytest
from cryptography import x509

from common import clock
from strangerspace import lan

ADDRESS = "192.0.2.7"


def read(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_the_certificate_names_the_address_and_this_machine(tmp_path):
    _key, cert = lan.certificate(tmp_path, ADDRESS)

    names = read(cert).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    addresses = [str(each) for each in names.value.get_values_for_type(x509.IPAddress)]
    assert addresses == [ADDRESS, "127.0.0.1", "::1"]
    assert names.value.get_values_for_type(x509.DNSName) == ["localhost"]


def test_key_and_certificate_belong_together_and_the_key_is_private(tmp_path):
    key, cert = lan.certificate(tmp_path, ADDRESS)

    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(cert, key)
    assert key.stat().st_mode & 0o777 == 0o600


def test_it_is_kept_while_it_is_good(tmp_path):
    first = lan.certificate(tmp_path, ADDRESS)[1].read_bytes()

    assert lan.certificate(tmp_path, ADDRESS)[1].read_bytes() == first


def test_another_address_gets_another_one(tmp_path):
    first = lan.certificate(tmp_path, ADDRESS)[1].read_bytes()

    assert lan.certificate(tmp_path, "192.0.2.8")[1].read_bytes() != first


@pytest.mark.parametrize(("days", "kept"), [(360, True), (368, False)])
def test_it_is_made_anew_before_its_end(tmp_path, monkeypatch, days, kept):
    first = lan.certificate(tmp_path, ADDRESS)[1].read_bytes()
    later = clock.now() + timedelta(days=days)
    monkeypatch.setattr(lan.clock, "now", lambda: later)

    assert (lan.certificate(tmp_path, ADDRESS)[1].read_bytes() == first) is kept


def test_https_needs_settings_of_its_own():
    added = lan.environment(ADDRESS, allowed_hosts=["localhost", "127.0.0.1"])

    assert added == {
        "ALLOWED_HOSTS": f"localhost,127.0.0.1,{ADDRESS}",
        "HTTPS_ONLY": "true",
        "HSTS_SECONDS": "0",
    }
