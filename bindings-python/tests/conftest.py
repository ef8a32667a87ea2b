"""Fixtures that the tests share: clients over each HTTP library, and the environment of the sandbox."""

import contextlib
import os

import aiohttp
import httpx
import httpx2
import niquests
import pytest
import requests
import urllib3

# For each library, a function that creates a client.
BLOCKING = {
    "urllib": lambda: None,
    "httpx": httpx.Client,
    "httpx2": httpx2.Client,
    "requests": requests.Session,
    "niquests": niquests.Session,
    "urllib3": urllib3.PoolManager,
}
ASYNCHRONOUS = {
    "urllib": lambda: None,
    "httpx": httpx.AsyncClient,
    "httpx2": httpx2.AsyncClient,
    "niquests": niquests.AsyncSession,
    "aiohttp": aiohttp.ClientSession,
}


@pytest.fixture(params=BLOCKING)
def zagely(request, hudhud_sandbox):
    """A client for the sandbox's Zagely over each blocking library."""
    with hudhud_sandbox.zagely(transport=BLOCKING[request.param]()) as client:
        yield client


@pytest.fixture(params=ASYNCHRONOUS)
def async_zagely(request, hudhud_sandbox):
    """A function that opens an asynchronous client over each library, inside a running event loop."""

    @contextlib.asynccontextmanager
    async def opened(**settings):
        async with hudhud_sandbox.async_zagely(transport=ASYNCHRONOUS[request.param](), **settings) as client:
            yield client

    return opened


@pytest.fixture
def environment(hudhud_sandbox):
    """The environment variables of a program that uses the sandbox."""
    return {
        **os.environ,
        "PYTHONDONTWRITEBYTECODE": "1",
        "ZAGELY_PUBLIC_KEY": hudhud_sandbox["public_key"],
        "ZAGELY_SECRET_KEY": hudhud_sandbox["secret_key"],
        "ZAGELY_BASE_URL": hudhud_sandbox["zagely_base_url"],
        "ZAGELY_SESSION_ID": hudhud_sandbox["session_id"],
        "ZAGELY_WEBHOOK_SECRET": "whsec_test",
        "WAZAJ_API_KEY": hudhud_sandbox["wazaj_key"],
        "WAZAJ_BASE_URL": hudhud_sandbox["wazaj_base_url"],
    }
