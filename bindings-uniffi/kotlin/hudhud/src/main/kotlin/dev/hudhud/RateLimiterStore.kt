// The store by which processes share the limits of a key, and its use between the steps of a call that waits.
package dev.hudhud

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.IOException

/**
 * A place for the bytes of one rate limiter. Processes that use the same place share the limits of a key.
 *
 * `dev.hudhud:hudhud-jdbc` has stores in PostgreSQL and SQLite, and `dev.hudhud:hudhud-redis` one in Redis. They are used on
 * the threads of `Dispatchers.IO`. A store must limit the time of its own requests, because a call does not end while it
 * waits for them.
 */
public interface RateLimiterStore {
    /** Returns the bytes, or null if the store is empty. */
    public fun load(): ByteArray?

    /** Replaces the bytes if they are still [old], in one atomic step. Returns true if they were replaced. */
    public fun swap(old: ByteArray?, new: ByteArray): Boolean
}

/**
 * The reason why the store ends a call: the milliseconds for which it has failed, or null if its bytes are not a
 * state.
 */
internal class StoreFault(val failing: Long?, val cause: Exception?)

/** The store of a limiter, and the limiter whose bytes it holds. */
internal class UsedStore(private val limiter: RateLimiterHandle, private val store: RateLimiterStore, private val patience: Long) {
    /** Uses the store if it is the turn of this call. Returns true if the call has to ask for its permit again at once. */
    suspend fun isUsedFor(exchange: Exchange<*>): Boolean {
        val number = limiter.beginTrip(now()) ?: return false
        var hasBegun = false
        val fault = try {
            withContext(Dispatchers.IO) {
                hasBegun = true
                trip(number)
            }
        } finally {
            // The coroutine was cancelled before a thread was free.
            if (!hasBegun) limiter.abandonTrip(number)
        }
        if (fault != null) exchange.loseStore(limiter, fault)
        return true
    }

    private fun trip(number: ULong): StoreFault? {
        var hasEnded = false
        try {
            while (true) {
                val stored = store.load()
                val new = limiter.update(number, stored, now())
                if (new == null) {
                    limiter.storeFailed(number, now())
                    hasEnded = true
                    return StoreFault(null, null)
                }
                if (store.swap(stored, new)) {
                    if (!limiter.stored(number, now())) throw IOException("the store took longer than 5 s")
                    hasEnded = true
                    return null
                }
            }
        } catch (error: Exception) {
            val failing = limiter.storeFailed(number, now()).toLong()
            hasEnded = true
            if (failing >= patience) return StoreFault(failing, error)
            Log.write(LogLevel.WARN, "the store of the rate limiter failed (${error.javaClass.name}); the calls wait")
            return null
        } finally {
            if (!hasEnded) limiter.abandonTrip(number)
        }
    }

    private fun now(): ULong = System.currentTimeMillis().toULong()
}
