from collections.abc import Iterator

import pytest

from onecopy.catalog.store import Catalog


@pytest.fixture
def catalog(catalog_url: str) -> Iterator[Catalog]:
    with Catalog(catalog_url) as opened:
        yield opened
