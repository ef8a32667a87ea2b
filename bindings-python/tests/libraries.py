"""Calls over a client of each HTTP library, and the calls that the tests of transports make."""

import asyncio
import json

import aiohttp
import httpx
import httpx2
import hudhud
import niquests
import requests
import urllib3

PHONE, TEXT = "+15558675309", "meet me at the old bridge"
ONCE = hudhud.Retry(max_attempts=1)
SENT = json.dumps({"success": True, "message_id": 1}).encode()


def client(made, http2=False):
    return lambda context: made(http2=http2, verify=context or True)


def session(made):
    def make(context):
        made_session = made()
        # The environment may name another certificate authority.
        made_session.trust_env = False
        if context:
            made_session.verify = context.ca_file
        return made_session

    return make


BLOCKING = {
    "urllib": lambda context: None,
    "httpx": client(httpx.Client),
    "httpx2": client(httpx2.Client),
    "requests": session(requests.Session),
    "niquests": session(niquests.Session),
    "urllib3": lambda context: urllib3.PoolManager(**({"ca_certs": context.ca_file} if context else {})),
}
ASYNCHRONOUS = {
    "urllib": lambda context: None,
    "httpx": client(httpx.AsyncClient),
    "httpx2": client(httpx2.AsyncClient),
    "niquests": session(niquests.AsyncSession),
    "aiohttp": lambda context: aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context or True)),
}
ALL = [(name, False) for name in BLOCKING] + [(name, True) for name in ASYNCHRONOUS]


class Over:
    """Makes calls over a client of a library, one at a time."""

    def __init__(self, library, asynchronous):
        self.library, self.asynchronous = library, asynchronous

    def calls(self, url, *calls, context=None, transport=None, **settings):
        """Returns the outcome of each call `(group, verb, fields)`. The group `texts` is a call to Wazaj."""
        settings = {"retry": ONCE, "timeout": 5, **settings}
        if not self.asynchronous:
            made = transport() if transport else BLOCKING[self.library](context)
            with self._zagely(hudhud.Zagely, url, made, settings) as zagely:
                wazaj = hudhud.Wazaj("wzj_secretkey", f"{url}/api", transport=made, **settings)
                return [self._outcome(lambda call=call: self._verb(zagely, wazaj, call)) for call in calls]

        async def run():
            made = transport() if transport else ASYNCHRONOUS[self.library](context)
            async with self._zagely(hudhud.AsyncZagely, url, made, settings) as zagely:
                wazaj = hudhud.AsyncWazaj("wzj_secretkey", f"{url}/api", transport=made, **settings)
                return [await self._outcome_async(self._verb(zagely, wazaj, call)) for call in calls]

        return asyncio.run(run())

    def _zagely(self, made, url, transport, settings):
        return made("pk_publickey", "sk_secretkey", base_url=url, transport=transport, **settings)

    def _verb(self, zagely, wazaj, call):
        group, verb, fields = call
        called = wazaj.messages if group == "texts" else getattr(zagely, group)
        return getattr(called, verb).with_response(**fields)

    def _outcome(self, call):
        try:
            return call()
        except hudhud.HudhudError as error:
            return error

    async def _outcome_async(self, call):
        try:
            return await call
        except hudhud.HudhudError as error:
            return error


TEXT_CALL = ("texts", "send_text", {"to": PHONE, "body": TEXT})
LIST = ("contacts", "list", {"search": PHONE})
HEALTH = ("account", "health", {})
DELETE = ("automations", "delete", {"automation_id": "a-1"})
TOGGLE = ("automations", "toggle", {"automation_id": "a-1"})
UPDATE = ("automations", "update", {"automation_id": "a-1", "response_content": TEXT})
