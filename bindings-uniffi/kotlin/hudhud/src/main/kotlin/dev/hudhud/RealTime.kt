// Waits and time limits in real time. `delay` and `withTimeout` use the clock of the caller's dispatcher, which is virtual in
// `runTest`: they would end at once there, although the network and the rate limiter take real time.
package dev.hudhud

import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlin.coroutines.ContinuationInterceptor
import kotlin.coroutines.resume
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.job
import kotlinx.coroutines.withContext
import kotlinx.coroutines.suspendCancellableCoroutine

/**
 * Runs [block], and cancels it when [limit] is over. A [Transport] limits its attempts with it. The time is real, also in tests
 * whose time is virtual, such as those of `runTest`.
 *
 * @throws TimeoutException if the block was late.
 */
@JvmSynthetic
public suspend fun <T> withinRealTime(limit: Duration, block: suspend () -> T): T {
    val millis = limit.coerceAtMost(LONGEST).toMillis()
    val late = LateException()
    return try {
        coroutineScope {
            val timer = cancelAfter(millis, currentCoroutineContext().job, late)
            try {
                block()
            } finally {
                timer.complete(Unit)
            }
        }
    } catch (error: CancellationException) {
        // Coroutines may copy the exception; the original is then a cause of the copy.
        if (causesOf(error).none { it === late }) throw error
        // The caller may have been cancelled at the same time.
        currentCoroutineContext().ensureActive()
        throw TimeoutException("no complete response within $millis ms")
    }
}

/**
 * Waits in real time. It needs no thread of a dispatcher other than the caller's: threads of `Dispatchers.Default` may all block
 * in calls that wait.
 */
@JvmSynthetic
internal suspend fun waitInRealTime(millis: Long) {
    val interceptor = currentCoroutineContext()[ContinuationInterceptor]
    // Without a dispatcher, the caller's code would run on the thread of all timers.
    if (interceptor == null || interceptor == Dispatchers.Unconfined) return withContext(Dispatchers.Default) { delay(millis) }
    suspendCancellableCoroutine { continuation ->
        val timer = CompletableFuture<Unit>().completeOnTimeout(Unit, millis, TimeUnit.MILLISECONDS)
        continuation.invokeOnCancellation { timer.cancel(false) }
        timer.thenRun { continuation.resume(Unit) }
    }
}

/** Runs [block], and cancels it when the milliseconds are over. Returns true if it has ended by itself. */
@JvmSynthetic
internal suspend fun endsWithinRealTime(millis: Long, block: suspend () -> Unit): Boolean = try {
    withinRealTime(Duration.ofMillis(millis), block)
    true
} catch (_: TimeoutException) {
    false
}

/**
 * Waits in real time for the end of a job, but not longer than the given milliseconds. If the caller is cancelled, the job goes on.
 */
@JvmSynthetic
internal suspend fun hasEndedInRealTime(job: Job, millis: Long): Boolean {
    endsWithinRealTime(millis) { job.join() }
    return job.isCompleted
}

/** Cancels a job after the given milliseconds, unless the returned future is completed before. The JDK keeps one thread for it. */
private fun cancelAfter(millis: Long, job: Job, cause: CancellationException): CompletableFuture<Unit> {
    val timer = CompletableFuture<Unit>()
    timer.whenComplete { _, error -> if (error is TimeoutException) job.cancel(cause) }
    return timer.orTimeout(millis, TimeUnit.MILLISECONDS)
}

/** The time of a [withinRealTime] is over. */
private class LateException : CancellationException("the attempt took longer than its timeout")

/** A longer limit has no effect. Clocks cannot measure some longer ones. */
internal val LONGEST: Duration = Duration.ofDays(36_500)
