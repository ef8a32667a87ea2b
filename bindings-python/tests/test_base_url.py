"""Python and the HTTP libraries parse each base URL that core accepts without changing it."""

import json
import pathlib
from urllib.parse import urlsplit

import hudhud
import pytest

VECTORS = pathlib.Path(__file__, "../../../tests/vectors/request-base-url.json").resolve()
ACCEPTED = [case["expect"]["url"] for case in json.loads(VECTORS.read_text("utf-8"))["cases"] if "url" in case["expect"]]


def with_urllib(url):
    parts = urlsplit(url)
    assert (parts.query, parts.fragment, parts.username) == ("", "", None)
    return parts.netloc, parts.path


def with_httpx(url):
    parts = pytest.importorskip("httpx").URL(url)
    return None, parts.raw_path.decode()


def with_requests(url):
    requests = pytest.importorskip("requests")
    return None, requests.Request("GET", url).prepare().path_url


def with_yarl(url):
    return None, pytest.importorskip("yarl").URL(url).raw_path


@pytest.mark.parametrize("read", [with_urllib, with_httpx, with_requests, with_yarl])
@pytest.mark.parametrize("url", ACCEPTED)
def test_an_accepted_base_url_is_parsed_unchanged(url, read):
    authority, slash, path = url.partition("://")[2].partition("/")
    netloc, read_path = read(url)
    assert netloc in (None, authority)
    assert read_path == slash + path


def test_a_base_url_that_libraries_parse_differently_is_refused():
    for base_url in ("https://a|b", "https://a%", "http://evil.com%2f.localhost", "https://a/../b", "https://a:080"):
        with pytest.raises(hudhud.InvalidRequestError) as refused:
            hudhud.Zagely("pk_test", "sk_test", base_url=base_url)
        assert list(refused.value.field_errors) == ["base_url"]
