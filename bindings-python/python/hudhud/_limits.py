"""The use of a rate limiter's store, between the steps of a call that waits.

A store may hang. The use therefore runs apart from the call that begins it: on a task, or on a thread. The call goes on to ask
core, which knows its deadline. The use outlives the call, because its permits are for all calls of the limiter.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import Any

from ._hudhud import (
    STORE_FAILURE_LIMIT,
    STORE_MOST_HANGING,
    STORE_MOST_SWAPS,
    STORE_REFUSES,
    STORE_TOO_SLOW,
    Absent,
    RateLimiter,
)
from ._log import log
from ._runtimes import run_sync, trio
from .errors import ArgumentError

# The seconds for which calls wait while a store fails.
_FAILURE_LIMIT = STORE_FAILURE_LIMIT
# The uses of one limiter that may hang at a time.
_MOST_HANGING = STORE_MOST_HANGING
# The uses that have not ended. The set also keeps their tasks: an event loop does not.
_RUNNING: set[_Use] = set()

if hasattr(os, "register_at_fork"):
    # The threads of the parent process do not exist in the child.
    os.register_at_fork(after_in_child=_RUNNING.clear)


def chosen(given: Any) -> RateLimiter | None:
    """Validates the argument `rate_limiter`. Without one, the client gets its own."""
    if isinstance(given, Absent):
        return RateLimiter()
    if given is None or isinstance(given, RateLimiter):
        return given
    raise ArgumentError(f"argument 'rate_limiter': expected a RateLimiter or None, not {type(given).__name__}")


class StoreWaits:
    """The waits of one call whose limiter has a store."""

    __slots__ = ("_client", "_exchange", "_limiter", "_use")

    def __init__(self, limiter: Any, exchange: Any, client: Any) -> None:
        self._limiter = limiter
        self._exchange = exchange
        self._client = client
        # The use that this call began.
        self._use: _Use | None = None

    async def wait(self, seconds: float) -> None:
        """Waits for the given time, or until the use of the store that this call began has ended. Begins a use if it is
        the turn of this call. If the store fails for too long, or holds bytes that are not a state, ends the exchange
        and raises its error."""
        number = self._limiter._begin_store_use(time.time())
        if number is not None:
            self._use = self._begin(number)
        use = self._use
        if use is None or use.is_replaced:
            await self._client._sleep(seconds)
        elif await use.has_ended_within(seconds):
            self._use = None
            if use.is_replaced:
                return
            if use.failure is not None:
                raise use.failure
            if use.fault is not None:
                self._end(*use.fault)

    def _begin(self, number: int) -> _Use | None:
        # Core lets a use begin only after the earlier ones have ended or have taken too long.
        hanging = [use for use in tuple(_RUNNING) if use.limiter is self._limiter and use.is_running]
        use = self._kind()(self._limiter, number) if len(hanging) < _MOST_HANGING else None
        fault: _Fault | None = None
        if hanging:
            for each in hanging:
                each.replace()
            fault = _failed(self._limiter, hanging[0].number if use else number, TimeoutError(STORE_TOO_SLOW))
        if use is not None:
            _RUNNING.add(use)
            use.start()
        # If the new use has ended already, its outcome counts.
        if fault is not None and (use is None or use in _RUNNING):
            self._end(*fault)
        return use

    def _kind(self) -> type[_Use]:
        if self._client._is_blocking:
            # Without a deadline the call has to wait anyway, and the store stays on the thread of its caller.
            return _OnThread if self._exchange._has_deadline else _Inline
        return _OnTask if trio() is None else _OnTrio

    def _end(self, failing_for: float | None, cause: BaseException | None) -> None:
        raise self._exchange.lose_store(failing_for, time.time()) from cause


_Fault = tuple[float | None, BaseException | None]


def _failed(limiter: Any, number: int, error: Exception) -> _Fault | None:
    """Records a failure of the store. Returns the reason to end the call, if the store has failed for too long."""
    failing_for = limiter._store_failed(number, time.time())
    if failing_for >= _FAILURE_LIMIT:
        return failing_for, error
    log.warning("the store of the rate limiter failed: %s; the calls wait", type(error).__name__)
    return None


class _Use:
    """A use of a store: takes permits from it, and stores what the limiter has learned."""

    is_blocking = True

    def __init__(self, limiter: Any, number: int) -> None:
        self.limiter = limiter
        self.number = number
        # The reason to end the call: the seconds for which the store has failed, or `None` if it holds foreign bytes.
        self.fault: _Fault | None = None
        # The exception that is not a failure of the store.
        self.failure: BaseException | None = None
        # True if another use has begun because this one takes too long. Its outcome is of no interest then.
        self.is_replaced = False

    @property
    def is_running(self) -> bool:
        return True

    def start(self) -> None:
        """Starts the use."""
        raise NotImplementedError

    async def has_ended_within(self, seconds: float) -> bool:
        """Waits for the end of the use, but not longer than the given time. If the caller is cancelled, the use goes on."""
        raise NotImplementedError

    def replace(self) -> None:
        """Notes that another use has begun, and cancels this one, if that is possible."""
        self.is_replaced = True
        self._cancel()

    def _cancel(self) -> None:
        pass

    async def _run(self) -> None:
        try:
            self.fault = await self._use_store()
        except BaseException as error:
            self._leave()
            self.limiter._abandon_store_use(self.number)
            self.failure = error
            if not isinstance(error, Exception):
                raise

    async def _use_store(self) -> _Fault | None:
        limiter, store = self.limiter, self.limiter.store
        try:
            for _ in range(STORE_MOST_SWAPS):
                stored = await self._ended(store.load())
                new = limiter._update(self.number, stored, time.time())
                if new is None:
                    self._leave()
                    limiter._store_failed(self.number, time.time())
                    return None, None
                is_stored = await self._ended(store.swap(stored, new))
                if not isinstance(is_stored, int):
                    given = type(is_stored).__name__
                    raise ArgumentError(f"argument 'store': its function swap returned {given}; return True if the state was stored")
                if is_stored:
                    self._leave()
                    limiter._stored(self.number, time.time())
                    return None
                if self.is_replaced:
                    self._leave()
                    return None
            raise RuntimeError(STORE_REFUSES)
        except ArgumentError:
            raise
        except Exception as error:
            self._leave()
            return _failed(limiter, self.number, error)

    def _leave(self) -> None:
        # Before core knows of the end: another call may begin a use then, and must not take this one for one that hangs.
        _RUNNING.discard(self)

    async def _ended(self, result: Any) -> Any:
        if not hasattr(result, "__await__"):
            return result
        if self.is_blocking:
            result.close()
            raise ArgumentError("argument 'store': expected a store that blocks; an asynchronous store needs an asynchronous client")
        return await result


class _Inline(_Use):
    """A use that has ended when `start` returns."""

    def start(self) -> None:
        run_sync(self._run())

    async def has_ended_within(self, seconds: float) -> bool:
        return True


class _OnThread(_Use):
    """A use on a thread. Nothing can end it: a program that exits does not wait for it."""

    def start(self) -> None:
        import threading
        from contextvars import copy_context

        self._has_ended = threading.Event()
        arguments = (self._run_here,)
        threading.Thread(target=copy_context().run, args=arguments, name="hudhud-store", daemon=True).start()

    def _run_here(self) -> None:
        try:
            # The call raises the exception.
            with contextlib.suppress(BaseException):
                run_sync(self._run())
        finally:
            self._has_ended.set()

    async def has_ended_within(self, seconds: float) -> bool:
        return self._has_ended.wait(seconds)


class _OnTask(_Use):
    """A use on a task of asyncio."""

    is_blocking = False

    def start(self) -> None:
        import asyncio

        self._loop = asyncio.get_running_loop()
        self._task = self._loop.create_task(self._run())

    @property
    def is_running(self) -> bool:
        if self._loop.is_closed():
            _RUNNING.discard(self)
            return False
        return True

    async def has_ended_within(self, seconds: float) -> bool:
        import asyncio

        # This function neither cancels the task nor waits for it if the caller is cancelled.
        await asyncio.wait((self._task,), timeout=seconds)
        return self._task.done()

    def _cancel(self) -> None:
        # The loop may be that of another thread, and may have been closed.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._task.cancel)


class _OnTrio(_Use):
    """A use on a task of trio that belongs to no nursery."""

    is_blocking = False

    def start(self) -> None:
        from contextvars import copy_context

        self._trio = trio()
        self._token = self._trio.lowlevel.current_trio_token()
        self._has_ended = self._trio.Event()
        self._scope = self._trio.CancelScope()
        self._trio.lowlevel.spawn_system_task(self._run_here, name="hudhud-store", context=copy_context())

    async def _run_here(self) -> None:
        try:
            with self._scope:
                await self._run()
        except BaseException as error:
            # trio ends the program if one of these tasks raises. The call raises the exception.
            if isinstance(error, self._trio.Cancelled):
                raise
        finally:
            self._has_ended.set()

    async def has_ended_within(self, seconds: float) -> bool:
        with self._trio.move_on_after(seconds):
            await self._has_ended.wait()
        has_ended: bool = self._has_ended.is_set()
        return has_ended

    def _cancel(self) -> None:
        # The loop may be that of another thread, and may have ended.
        with contextlib.suppress(RuntimeError):
            self._token.run_sync_soon(self._scope.cancel)
