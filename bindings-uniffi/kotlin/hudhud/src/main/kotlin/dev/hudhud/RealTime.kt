// Waits and time limits in real time. `delay` and `withTimeout` use the clock of the caller's dispatcher, which is virtual in
// `runTest`: they would end at once there, although the network and the rate limiter take real time.
package dev.hudhud

import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.delay
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.job
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull

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

/** Waits in real time. */
@JvmSynthetic
internal suspend fun waitInRealTime(millis: Long): Unit = withContext(Dispatchers.Default) { delay(millis) }

/**
 * Waits in real time for the end of a job, but not longer than the given milliseconds. If the caller is cancelled, the job goes on.
 */
@JvmSynthetic
internal suspend fun hasEndedInRealTime(job: Job, millis: Long): Boolean = withContext(Dispatchers.Default) {
    withTimeoutOrNull(millis) { job.join() }
    job.isCompleted
}

/** Cancels a job after the given milliseconds, unless the returned future is completed before. The JDK keeps one thread for it. */
private fun cancelAfter(millis: Long, job: Job, cause: CancellationException): CompletableFuture<Unit> {
    val timer = CompletableFuture<Unit>()
    timer.whenComplete { _, error -> if (error is TimeoutException) job.cancel(cause) }
    return timer.orTimeout(millis, TimeUnit.MILLISECONDS)
}

/** The time of a [withinRealTime] is over. */
private class LateException : CancellationException("the attempt took longer than its timeout")

/** A longer limit has no effect. */
private val LONGEST = Duration.ofDays(36_500)
