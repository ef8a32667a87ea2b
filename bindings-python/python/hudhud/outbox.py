"""The outbox: sends each of many messages once, even if the program is stopped or killed in between.

    from hudhud import Zagely
    from hudhud.outbox import Outbox

    with Zagely.from_env() as zagely, Outbox("invitations.outbox", zagely) as outbox:
        outbox.add_all({"to": number, "message": f"Hi {name}"} for name, number in guests)
        report = outbox.send()
    print(report)

Run the same program again to continue: messages that the outbox already has are not added again, and what was sent is not
sent again. `AsyncOutbox` does the same with an `AsyncZagely` or `AsyncWazaj`, under asyncio.

The journal is a file. It contains the recipients and the texts, and only its owner can read it. Any host of this library
can continue it. `docs/outbox.md` explains the rules and what they cannot promise.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Union

from . import _journal
from ._hudhud import OutboxState
from ._interruption import Interrupted, StoppableClient
from ._outbox_arguments import check_client, check_number, checked, operation_of, refuse_progress
from ._outbox_report import OutboxMessage, OutboxReport, report_of
from ._paths import path_of
from .errors import ArgumentError, HudhudError, OutboxError, RequestError, StoreError

if TYPE_CHECKING:
    from types import TracebackType

    from typing_extensions import Self

    from ._client import AsyncWazaj, AsyncZagely, Wazaj, Zagely
    from ._hudhud import RateLimit

__all__ = ["AsyncOutbox", "Outbox", "OutboxError", "OutboxMessage", "OutboxReport", "read_report"]

_Path = Union[str, "os.PathLike[str]"]
# The seconds for which messages in flight are awaited when the program is interrupted.
_GRACE = 40.0


def read_report(path: _Path) -> OutboxReport:
    """Reads the report from a journal. Another program may be using it."""
    state = _journal.read(Path(path_of(path)))
    if state is None:
        raise OutboxError("the journal is empty: nothing was added to it")
    return report_of(state)


def _limits(response: Any, error: BaseException | None) -> RateLimit | None:
    return getattr(getattr(response, "meta", error), "rate_limit", None)


class _Outbox:
    """The base of both kinds of outboxes."""

    def __init__(self, path: _Path, client: Any, *, call: str | None, stop_after_refusals: int) -> None:
        place = Path(path_of(path))
        check_client(client, isinstance(self, AsyncOutbox))
        self._operation = operation_of(client, call)
        check_number("stop_after_refusals", stop_after_refusals, 0)
        service = client._service
        self._method = getattr(getattr(client, self._operation.group), self._operation.verb)

        def create() -> OutboxState:
            return OutboxState.create(service, self._operation, os.urandom(16), time.time())

        self._journal = _journal.Journal(place, create)
        self._state = self._journal.state
        # Held for each use of the state and of the journal's end.
        self._lock = threading.Condition()
        try:
            self._state.check(service, self._operation)
            self._state.stop_after_refusals(stop_after_refusals)
        except BaseException:
            self._journal.close()
            raise
        self._stopped: str | None = None
        self._failure: BaseException | None = None
        # The number of calls of `send` that run.
        self._running = 0

    def add(self, fields: Mapping[str, Any], *, id: str | None = None, row: int = 0) -> bool:
        """Adds a message. Returns false if the outbox already has it. While `send` runs, an idle part of it sends the message.

        Args:
            fields: The fields of the call, such as `{"to": "+15551234567", "message": "Hi"}`.
            id: The id under which the message is sent once. Default: the recipient `to`, in the form in which it is sent.
            row: The row of your list. `messages` returns it.

        Raises:
            InvalidRequestError: The call is invalid. This error and the others state the row, if there is one.
            ArgumentError: A field has a wrong type or an unknown name.
            OutboxError: The outbox has another message under this id, or takes no more messages.
        """
        self._journal.refuse_closed()
        if id is not None and not isinstance(id, str):
            raise ArgumentError(f"argument 'id': expected a string, not {type(id).__name__}")
        check_number("row", row, 0)
        with self._lock:
            added = self._add(fields, id, row)
            self._journal.append()
            self._wake()
        return added

    def _wake(self) -> None:
        """Wakes the parts of `send` that wait for a message. The caller holds the lock."""
        raise NotImplementedError

    def _add(self, fields: Mapping[str, Any], id: str | None, row: int) -> bool:
        try:
            named, text = self._checked(fields)
            if id is None and not isinstance(named.get("to"), str):
                raise ArgumentError("argument 'id': the fields have no recipient 'to'; pass id=")
        except HudhudError as error:
            if row:
                error.args = (f"row {row} of the list: {error}",)
            raise
        added: tuple[int, bool] = self._state.add(id, row, text)
        return added[1]

    def _checked(self, fields: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
        """Checks a message. Returns its fields, and the same as JSON."""
        if not isinstance(fields, Mapping):
            raise ArgumentError(
                f"argument 'fields': expected a dict of the call's fields, such as {{'to': …}}, not {type(fields).__name__}"
            )
        named = dict(fields)
        self._method.request(**named)
        try:
            return named, json.dumps(named, allow_nan=False)
        except (TypeError, ValueError):
            raise ArgumentError("argument 'fields': expected values that JSON can represent") from None

    def add_all(self, messages: Iterable[Mapping[str, Any]]) -> int:
        """Adds all messages of the outbox, each as its fields, and closes the outbox for further ones. Returns the number
        of new messages. The rows are numbered from 1.

        If a message is invalid, the error states its row. The messages of the earlier rows are then in the outbox. The other
        messages are not, and the outbox stays open. Correct the row and call this method again with the whole list: no message
        is added twice.

        Raises:
            InvalidRequestError: A call is invalid.
            ArgumentError: A field has a wrong type or an unknown name.
            OutboxError: The outbox has another message under an id, or takes no more messages.
        """
        if isinstance(messages, (str, bytes, Mapping)) or not isinstance(messages, Iterable):
            raise ArgumentError(f"argument 'messages': expected a list of dicts, one for each message, not {type(messages).__name__}")
        self._journal.refuse_closed()
        count = 0
        with self._lock:
            try:
                for row, fields in enumerate(messages, 1):
                    count += self._add(fields, None, row)
                    if row % 1000 == 0:
                        self._journal.append()
            except BaseException:
                self._journal.append()
                raise
            self._state.close()
            self._journal.append()
            self._wake()
        self._journal.flush()
        return count

    def report(self) -> OutboxReport:
        """Returns the counts of messages."""
        with self._lock:
            return report_of(self._state, self._stopped)

    def messages(self, state: str) -> Iterator[OutboxMessage]:
        """Yields the messages in a state: `waiting`, `in_flight`, `in_doubt`, `sent`, `refused` or `unknown`."""
        with self._lock:
            numbers = self._state.numbers(state)
        for number in numbers:
            with self._lock:
                id, row, fields = self._journal.message(number)
                reason = self._state.reason(number)
            yield OutboxMessage(number, id, row, json.loads(fields), reason)

    @contextlib.contextmanager
    def _sending(self) -> Iterator[None]:
        """Begins and ends a call of `send`."""
        with self._lock:
            self._journal.refuse_closed()
            self._running += 1
            self._stopped = self._failure = None
            self._state.restart()
        try:
            yield
        finally:
            with self._lock:
                self._running -= 1

    def _close(self) -> None:
        with self._lock:
            if self._running:
                # Without the journal, the outcomes of the messages in flight would be lost.
                raise OutboxError("the outbox is sending; wait for the end of send, or interrupt it, and then close")
            self._journal.close()

    def _next(self) -> tuple[Any, ...]:
        """Returns the next step. A message to send is recorded, and not yet durable. The caller holds the lock."""
        step = self._state.next(time.time())
        self._journal.append()
        if step[0] == "send":
            number, key, deadline = step[1:4]
            try:
                fields = json.loads(self._journal.message(number)[2])
            except BaseException:
                self._state.not_sent(number, time.time())
                self._journal.append()
                raise
            if key is not None:
                fields.update(idempotency_key=key, deadline=deadline)
            return ("send", number, fields)
        if step[0] == "stopped":
            self._stopped = step[1]
        return step

    def _ended(self, number: int, is_called: bool, error: BaseException | None, output: Any) -> None:
        """Records the outcome of a call. `is_called` is false if it did not begin. The caller holds the lock."""
        if error is None:
            message_id = getattr(output, "message_id", None)
            self._state.sent(number, None if message_id is None else str(message_id))
        elif isinstance(error, RequestError):
            self._state.failed(number, error, time.time())
        elif not is_called or getattr(error, "may_have_happened", None) is False:
            self._state.not_sent(number, time.time())
        else:
            self._state.lost(number, time.time())
        # The cause of a `StoreError` says what to correct.
        if isinstance(error, StoreError) or not (error is None or isinstance(error, (RequestError, Interrupted))):
            self._failure = self._failure or error
        self._journal.append()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.report()})"


class Outbox(_Outbox):
    """Sends each of many messages once, with a `Zagely` or `Wazaj`. Threads may share it."""

    def __init__(
        self, path: _Path, client: Zagely | Wazaj, *, call: str | None = None, stop_after_refusals: int = 20
    ) -> None:
        """Opens the journal, or begins it.

        Args:
            path: The file of the journal. It is created with permissions for its owner only. One program at a time can
                use it.
            client: The client that sends. A journal belongs to its public key and base URL.
            call: The call, such as `messages.send_template`. Default: `messages.send`, or `messages.send_text` of Wazaj.
            stop_after_refusals: The number of refusals in a row after which the outbox stops. 0: refusals do not stop it.

        Raises:
            OutboxError: Another program uses the journal, it is damaged, or it belongs to another call or key.
        """
        super().__init__(path, client, call=call, stop_after_refusals=stop_after_refusals)
        self._interruption = threading.Event()
        group = getattr(client, self._operation.group)
        self._method = getattr(type(group)(StoppableClient(client, self._interruption)), self._operation.verb)

    def send(
        self,
        *,
        concurrency: int = 8,
        progress: Callable[[OutboxReport, RateLimit | None], None] | None = None,
    ) -> OutboxReport:
        """Sends all messages that have no outcome, and returns the report. It waits while the vendor is unavailable. It stops if
        a person must act: the report's `stopped` is then the reason.

        After a `KeyboardInterrupt` no further message is sent. Messages that wait for the rate limiter stay in the outbox.
        The function ends when the messages in flight have their outcomes, at the latest after 40 seconds. A second `KeyboardInterrupt` ends it at once.

        Args:
            concurrency: The number of messages in flight at a time, each in a thread. The client's transport must allow
                this, as urllib and httpx do.
            progress: A function that is called after each outcome, with the report and the rate
                limits that the response states.
        """
        check_number("concurrency", concurrency, 1)
        refuse_progress(progress)
        with self._sending():
            self._interruption.clear()
            threads = [threading.Thread(target=self._work, args=(progress,), daemon=True) for _ in range(concurrency)]
            try:
                for thread in threads:
                    thread.start()
                _join(threads, None)
            except BaseException:
                with self._lock:
                    self._interruption.set()
                    self._lock.notify_all()
                _join(threads, time.monotonic() + _GRACE)
                self._journal.flush()
                raise
            self._journal.flush()
        if self._failure is not None:
            raise self._failure
        return self.report()

    def _wake(self) -> None:
        self._lock.notify_all()

    def _work(self, progress: Callable[[OutboxReport, RateLimit | None], None] | None) -> None:
        try:
            while (claimed := self._claim()) is not None:
                number, fields = claimed
                error: BaseException | None = None
                response = None
                is_called = False
                try:
                    self._journal.flush()
                    is_called = True
                    response = checked(self._method.with_response(**fields))
                except BaseException as failure:
                    error = failure
                with self._lock:
                    self._ended(number, is_called, error, getattr(response, "output", None))
                    report = None if progress is None else report_of(self._state)
                    self._lock.notify_all()
                if progress is not None and report is not None:
                    progress(report, _limits(response, error))
        except BaseException as failure:
            with self._lock:
                self._failure = self._failure or failure
                self._lock.notify_all()

    def _claim(self) -> tuple[int, dict[str, Any]] | None:
        """Returns the next message to send, when there is one, or `None` at the end."""
        with self._lock:
            while not self._interruption.is_set() and self._failure is None:
                step = self._next()
                if step[0] == "send":
                    return step[1], step[2]
                if step[0] in ("done", "stopped"):
                    self._lock.notify_all()
                    return None
                self._lock.wait(step[1] if step[0] == "wait" else None)
        return None

    def close(self) -> None:
        """Makes the journal durable and releases it. Raises an `OutboxError` while `send` runs."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _join(threads: list[threading.Thread], until: float | None) -> None:
    for thread in threads:
        # A wait without an end could not be interrupted on Windows.
        while thread.is_alive() and (until is None or time.monotonic() < until):
            thread.join(0.2)


class AsyncOutbox(_Outbox):
    """Sends each of many messages once, with an `AsyncZagely` or `AsyncWazaj`, under asyncio."""

    def __init__(
        self, path: _Path, client: AsyncZagely | AsyncWazaj, *, call: str | None = None, stop_after_refusals: int = 20
    ) -> None:
        """Opens the journal, or begins it; see `Outbox`."""
        super().__init__(path, client, call=call, stop_after_refusals=stop_after_refusals)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(
        self,
        *,
        concurrency: int = 8,
        progress: Callable[[OutboxReport, RateLimit | None], None] | None = None,
    ) -> OutboxReport:
        """Sends all messages that have no outcome, and returns the report; see `Outbox.send`. Each message in flight is a
        task. Cancelling `send` ends all of its calls at once. Messages that may have been sent are then in doubt, or
        unknown if they have no keys."""
        check_number("concurrency", concurrency, 1)
        refuse_progress(progress)
        with self._sending():
            if self._running == 1:
                self._changed = asyncio.Event()  # Calls of this function that run at the same time share it.
                self._loop = asyncio.get_running_loop()
            tasks = [asyncio.ensure_future(self._work(self._changed, progress)) for _ in range(concurrency)]
            try:
                await asyncio.gather(*tasks)
            except BaseException:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
                self._journal.flush()
                raise
            await asyncio.to_thread(self._journal.flush)
        if self._failure is not None:
            raise self._failure
        return self.report()

    def _wake(self) -> None:
        # Another thread may add the message, also after the end of the loop.
        if self._running and self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._changed.set)

    async def _work(
        self, changed: asyncio.Event, progress: Callable[[OutboxReport, RateLimit | None], None] | None
    ) -> None:
        while self._failure is None:
            changed.clear()
            with self._lock:
                step = self._next()
            if step[0] in ("done", "stopped"):
                changed.set()
                return
            if step[0] != "send":
                try:
                    await asyncio.wait_for(changed.wait(), step[1] if step[0] == "wait" else None)
                except (asyncio.TimeoutError, TimeoutError):
                    pass
                continue
            _, number, fields = step
            error: BaseException | None = None
            response = None
            is_called = False
            try:
                await asyncio.to_thread(self._journal.flush)
                is_called = True
                response = checked(await self._method.with_response(**fields))
            except BaseException as failure:
                error = failure
            with self._lock:
                self._ended(number, is_called, error, getattr(response, "output", None))
                report = None if progress is None else report_of(self._state)
            changed.set()
            if isinstance(error, asyncio.CancelledError):
                raise error
            if progress is not None and report is not None:
                try:
                    progress(report, _limits(response, error))
                except BaseException as failure:  # The calls in flight end with their outcomes.
                    self._failure = self._failure or failure
                    changed.set()

    async def close(self) -> None:
        """Makes the journal durable and releases it. Raises an `OutboxError` while `send` runs."""
        await asyncio.to_thread(self._close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
