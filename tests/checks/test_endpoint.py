"""Targets that are a host and a port."""

import pytest

from asura.checks import check_types
from asura.domain.fields import convert
from asura.errors import Invalid


@pytest.mark.parametrize("name", ["tcp", "tls", "icmp"])
@pytest.mark.parametrize("host", ["169.254.169.254", "0xa9fea9fe", "224.0.0.1", "0.0.0.0"])
def test_an_address_that_is_never_dialled_is_refused_when_it_is_written_down(name: str, host: str) -> None:
    check = check_types()[name]
    target = host if name == "icmp" else f"{host}:443"
    with pytest.raises(Invalid) as refused:
        check.validate(target, convert({}, check.params))
    assert refused.value.faults[0].path == "target"
