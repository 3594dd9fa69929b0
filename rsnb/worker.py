"""A thread that runs a session's statements, so that an interrupt can cancel the one running."""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from rsnb.errors import Cancelled, TimedOut

T = TypeVar("T")
TICK = 0.1  # seconds between two looks at an interrupt and of what watches


class _Job(Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        self.work = work
        self.begun = False
        self.cancelled = False
        self.ended = False
        self.value: T | None = None
        self.error: BaseException | None = None
        self._running = threading.Lock()  # not an Event, whose Python code an interrupt can break
        self._running.acquire()

    def await_end(self, seconds: float) -> bool:
        """Wait until the work has ended, at most so long; whether it has."""
        return self.ended or self._running.acquire(timeout=seconds) or self.ended

    def end(self) -> None:
        """Say that the work has ended."""
        self.ended = True
        self._running.release()


def _await(job: _Job[Any], seconds: float, watch: Callable[[], None] | None) -> bool:
    """Wait until a job has ended; False when that takes longer than `seconds`.

    It waits a moment at a time: where a library has put a signal handler of its own that restarts what it interrupts,
    as polars does, an interrupt is only seen between two waits.
    """
    end = time.monotonic() + seconds if seconds else math.inf
    while not job.await_end(max(min(end - time.monotonic(), TICK), 0)):
        if time.monotonic() >= end:
            return False
        if watch is not None:
            watch()
    return True


class Worker:
    """Runs one piece of work at a time in its thread; what waits for it can be interrupted."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="rsnb-session", daemon=True)
        self._thread.start()

    def run(
        self,
        work: Callable[[], T],
        cancel: Callable[[], None],
        *,
        seconds: float = 0,
        watch: Callable[[], None] | None = None,
    ) -> T:
        """Run `work` and wait; an interrupt cancels it, waits until it has ended, and raises Cancelled.

        seconds: after which it is cancelled too, with TimedOut; 0 is never. watch: called now and then meanwhile.
        """
        job = _Job(work)
        said = late = ""
        try:
            self._jobs.put(job)
            if not _await(job, seconds, watch):
                late = f"the statement took longer than its {seconds:g} s"
                self._cancel(job, cancel)
        except KeyboardInterrupt:
            said = self._cancel(job, cancel)
        if isinstance(job.error, Cancelled) and late:
            raise TimedOut(f"{late}: {job.error.message}", hint=job.error.hint) from job.error
        if job.error is not None:
            raise job.error
        if said or not job.ended:
            raise TimedOut(f"{late}, before it began") if late else Cancelled(said)
        return job.value  # type: ignore[return-value]

    def stop(self, cancel: Callable[[], None]) -> None:
        """End the thread after what it is doing, which is cancelled when it takes longer than a moment."""
        self._jobs.put(None)
        if threading.current_thread() is self._thread:
            return
        self._thread.join(timeout=1)
        while self._thread.is_alive():
            cancel()
            self._thread.join(timeout=0.05)

    def _cancel(self, job: _Job[Any], cancel: Callable[[], None]) -> str:
        """Cancel a job and wait until it has ended; more interrupts meanwhile change nothing.

        Returns what came of it, as a sentence.
        """
        while True:
            try:
                job.cancelled = True
                if not job.begun:  # nor will it: the thread looks at `cancelled` after it set `begun`
                    return "interrupted before the statement began"
                while not job.ended:
                    cancel()  # again and again: the engine may not have begun
                    job.await_end(0.05)
                return "interrupted; the statement had just ended, its result is dropped"
            except KeyboardInterrupt:
                continue

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.begun = True
            if not job.cancelled:
                self._do(job)
            del job

    @staticmethod
    def _do(job: _Job[Any]) -> None:
        try:
            job.value = job.work()
        except BaseException as exc:
            job.error = exc
        job.end()
