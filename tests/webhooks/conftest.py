"""A receiver, in a process of its own."""

import pytest
import receiver as receivers


@pytest.fixture(scope="session")
def receiver(tmp_path_factory):
    with receivers.running(tmp_path_factory.mktemp("receiver")) as receiver:
        yield receiver
