"""The driver for the host `python`: runs the installed package with each HTTP library, one case per line."""

import asyncio
import json
import os
import ssl
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import aiohttp
import httpx
import httpx2
import hudhud
import niquests
import requests
import urllib3

RETRY = hudhud.Retry(base=0.02, cap=0.05, max_retry_after=1)
KEYS = ("pk_transports", "sk_transports")


def trust(case):
    """Returns an SSL context that trusts only the case's authority, or the default ones if the case names none."""
    return ssl.create_default_context(cafile=case["ca_file"]) if case["ca_file"] else ssl.create_default_context()


def session(made):
    def make(case):
        with_settings = made()
        # The tests must not depend on the proxy variables of their environment.
        with_settings.trust_env = False
        if case["ca_file"]:
            with_settings.verify = case["ca_file"]
        if case["proxy"]:
            with_settings.proxies = {"http": case["proxy"], "https": case["proxy"]}
        return with_settings

    return make


def pool(case):
    settings = {"ca_certs": case["ca_file"]} if case["ca_file"] else {}
    return urllib3.ProxyManager(case["proxy"], **settings) if case["proxy"] else urllib3.PoolManager(**settings)


def client(made, http2):
    return lambda case: made(http2=http2, verify=trust(case), proxy=case["proxy"], trust_env=False)


def aiohttp_session(case):
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trust(case)), proxy=case["proxy"])


# The functions that create a client of each library. With None, the package creates its own.
BLOCKING = {
    "urllib": None,
    "requests": session(requests.Session),
    "urllib3": pool,
    "niquests": session(niquests.Session),
    "httpx, HTTP/1.1": client(httpx.Client, http2=False),
    "httpx, HTTP/2": client(httpx.Client, http2=True),
    "httpx2, HTTP/1.1": client(httpx2.Client, http2=False),
    "httpx2, HTTP/2": client(httpx2.Client, http2=True),
}
ASYNCHRONOUS = {
    "urllib in a thread, async": None,
    "niquests, async": session(niquests.AsyncSession),
    "httpx, async, HTTP/1.1": client(httpx.AsyncClient, http2=False),
    "httpx, async, HTTP/2": client(httpx.AsyncClient, http2=True),
    "httpx2, async, HTTP/1.1": client(httpx2.AsyncClient, http2=False),
    "httpx2, async, HTTP/2": client(httpx2.AsyncClient, http2=True),
    "aiohttp": aiohttp_session,
}
VERSIONS = {
    "urllib": sys.version.split()[0],
    **{made.__name__: made.__version__ for made in (requests, urllib3, niquests, httpx, httpx2, aiohttp)},
}


def described(name):
    return {"name": name, "version": VERSIONS[name.replace(",", " ").split()[0]]}


def fields(case):
    given = dict(case.get("input") or {})
    if "file" in given:
        given["file"] = given["file"].encode()
    return given


def settings(case, transport):
    options = {"transport": transport, "timeout": case["timeout_ms"] / 1000}
    if case.get("max_response_bytes"):
        options["max_response_bytes"] = case["max_response_bytes"]
    return options


def clients(case, transport, zagely, wazaj):
    """Returns the client for the warm-up and the client for the call."""
    options = settings(case, transport)
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(case["base_url"]))
    retry = hudhud.Retry(base=0.02, cap=0.05, max_retry_after=1, max_attempts=case["max_attempts"])
    if case["vendor"] == "zagely":
        called = zagely(*KEYS, base_url=case["base_url"], retry=retry, **options)
    else:
        called = wazaj("wzj_transports", case["base_url"], retry=retry, **options)
    return zagely(*KEYS, base_url=origin, retry=RETRY, **options), called


def verb_of(case, called):
    group, verb = case["call"].split(".")
    return getattr(getattr(called, group), verb)


def plain(answer):
    if answer is None or isinstance(answer, dict):
        return answer
    return [item.to_dict() for item in answer] if isinstance(answer, list) else answer.to_dict()


def failed(error):
    """Returns the outcome of an error, with everything that a user can see of it."""
    shown = ["".join(traceback.format_exception(type(error), error, error.__traceback__))]
    links, seen = [error], set()
    while links:
        link = links.pop()
        if link is None or id(link) in seen:
            continue
        seen.add(id(link))
        shown += [str(link), repr(link), repr(link.args)]
        links += [link.__cause__, link.__context__]
        links += [argument for argument in link.args if isinstance(argument, BaseException)]
    outcome = {"shown": "\n".join(shown), "kind": None, "fault": None, "status": None}
    if not isinstance(error, hudhud.HudhudError):
        return {**outcome, "outcome": "foreign"}
    more = {name: getattr(error, name, None) for name in ("kind", "fault", "status")}
    return {**outcome, **more, "outcome": "error"}


def timed(case, begun, outcome):
    return {"id": case["id"], "elapsed_ms": round((time.monotonic() - begun) * 1000), **outcome}


def ok(reply):
    return {"outcome": "ok", "kind": None, "fault": None, "status": reply.meta.status, "output": plain(reply.output), "shown": None}


def blocking(case, make):
    warm, called = clients(case, make and make(case), hudhud.Zagely, hudhud.Wazaj)
    with called:
        try:
            for _ in range(case["warm_up"]):
                warm.account.health()
        except hudhud.HudhudError as error:
            return {"id": case["id"], "warm_up_failed": failed(error)["shown"]}
        begun = time.monotonic()
        try:
            outcome = ok(verb_of(case, called).with_response(**fields(case)))
        except Exception as error:
            outcome = failed(error)
        return timed(case, begun, outcome)


async def asynchronous(case, make):
    warm, called = clients(case, make and make(case), hudhud.AsyncZagely, hudhud.AsyncWazaj)
    async with called:
        try:
            for _ in range(case["warm_up"]):
                await warm.account.health()
        except hudhud.HudhudError as error:
            return {"id": case["id"], "warm_up_failed": failed(error)["shown"]}
        begun = time.monotonic()
        try:
            outcome = ok(await verb_of(case, called).with_response(**fields(case)))
        except Exception as error:
            outcome = failed(error)
        return timed(case, begun, outcome)


def run(case):
    name = case["transport"]
    if name in BLOCKING:
        return blocking(case, BLOCKING[name])
    return asyncio.run(asynchronous(case, ASYNCHRONOUS[name]))


class Children:
    """Child processes for urllib, which reads its certificate authorities and its proxy from the environment."""

    def __init__(self, write):
        self._write = write
        self._lock = threading.Lock()
        self._processes = {}
        self._readers = []

    def give(self, case):
        proxy, ca_file = case["proxy"], case["ca_file"]
        with self._lock:
            process = self._processes.get((proxy, ca_file))
            if process is None:
                process = self._processes[proxy, ca_file] = self._start(proxy, ca_file)
            process.stdin.write(json.dumps(case) + "\n")
            process.stdin.flush()

    def _start(self, proxy, ca_file):
        named = {"SSL_CERT_FILE": ca_file, "http_proxy": proxy, "https_proxy": proxy}
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        environment |= {name: value for name, value in named.items() if value}
        process = subprocess.Popen(
            [sys.executable, "-B", __file__, "--child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        reader = threading.Thread(target=self._read, args=[process], daemon=True)
        reader.start()
        self._readers.append(reader)
        return process

    def _read(self, process):
        for line in process.stdout:
            self._write(line)

    def end(self):
        for process in self._processes.values():
            process.stdin.close()
        for reader in self._readers:
            reader.join()


def main():
    lock = threading.Lock()

    def write(line):
        with lock:
            sys.stdout.write(line)
            sys.stdout.flush()

    def answered(case):
        try:
            outcome = run(case)
        except BaseException as error:
            outcome = {"id": case["id"], "elapsed_ms": 0, **failed(error), "outcome": "foreign"}
        write(json.dumps(outcome) + "\n")

    is_child = "--child" in sys.argv
    children = Children(write)
    if not is_child:
        write(json.dumps({"ready": True, "transports": [described(name) for name in (*BLOCKING, *ASYNCHRONOUS)]}) + "\n")
    with ThreadPoolExecutor(32) as workers:
        for line in sys.stdin:
            case = json.loads(line)
            if case["transport"].startswith("urllib") and case["transport"] != "urllib3" and not is_child:
                children.give(case)
            else:
                workers.submit(answered, case)
    children.end()


main()
