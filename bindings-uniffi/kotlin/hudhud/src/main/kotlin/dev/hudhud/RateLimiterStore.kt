// The store through which processes share the limits of a key, and its use between the steps of a call that waits.
package dev.hudhud

import java.io.IOException
import java.util.concurrent.ConcurrentHashMap
import kotlin.coroutines.CoroutineContext
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.currentCoroutineContext

/**
 * A place for the bytes of one rate limiter. Processes that use the same place share the limits of a key.
 *
 * `dev.hudhud:hudhud-jdbc` has stores in PostgreSQL and SQLite, and `dev.hudhud:hudhud-redis` one in Redis. They are used on
 * the threads of `Dispatchers.IO`. A store must limit the time of its own requests: while it hangs it holds a thread, and calls
 * end only when their deadlines pass or they are cancelled.
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
internal class UsedStore(private val limiter: RateLimiterHandle, private val store: RateLimiterStore) {
    /** The uses that have not ended. */
    private val running = ConcurrentHashMap.newKeySet<StoreUse>()

    /**
     * Begins a use if it is the turn of this call. Ends the call if the store hangs for too long.
     *
     * The use outlives the call, because its permits are for all calls of the limiter. It runs in the context of the call
     * without its job.
     */
    fun begin(exchange: Exchange<*>, context: CoroutineContext): StoreUse? {
        val number = limiter.beginStoreUse(now()) ?: return null
        // Core lets a use begin only after the earlier ones have ended or have taken too long.
        val hanging = running.toList()
        hanging.forEach { it.replace() }
        val canBegin = hanging.size < limiter.mostHanging().toInt()
        val failed = if (canBegin) hanging.firstOrNull()?.number else number
        val fault = failed?.let { fault(it, IOException(limiter.tooSlow())) }
        val use = if (canBegin) StoreUse(number, context, ::run).also(::start) else null
        fault?.let { end(exchange, it) }
        return use
    }

    /** Ends a call because the store fails. */
    fun end(exchange: Exchange<*>, fault: StoreFault): Unit = exchange.loseStore(limiter, fault)

    private fun start(use: StoreUse) {
        running += use
        // A use that was replaced before a thread was free has not run.
        use.outcome.invokeOnCompletion { if (running.remove(use)) limiter.abandonStoreUse(use.number) }
        use.outcome.start()
    }

    private fun run(use: StoreUse): StoreFault? {
        try {
            repeat(limiter.mostSwaps().toInt()) {
                val stored = store.load()
                val new = limiter.update(use.number, stored, now())
                if (new == null) {
                    leave(use)
                    limiter.storeFailed(use.number, now())
                    return StoreFault(null, null)
                }
                if (store.swap(stored, new)) {
                    leave(use)
                    return if (limiter.stored(use.number, now())) null else fault(use.number, IOException(limiter.tooSlow()))
                }
            }
            throw IOException(limiter.refuses())
        } catch (error: Exception) {
            leave(use)
            return fault(use.number, error)
        }
    }

    /**
     * Forgets a use before core knows of its end. Another call may then begin a use, and must not take the ended one for a use that
     * hangs.
     */
    private fun leave(use: StoreUse) {
        running.remove(use)
    }

    /** Records a failure. Returns the reason to end the call if the store has failed for too long. */
    private fun fault(number: ULong, error: Exception): StoreFault? {
        val failing = limiter.storeFailed(number, now())
        if (failing != null) return StoreFault(failing.toLong(), error)
        Log.write(LogLevel.WARN, "the store of the rate limiter failed (${error.javaClass.name}); the calls wait")
        return null
    }

    private fun now(): ULong = System.currentTimeMillis().toULong()
}

/** A use of a store that has begun. */
internal class StoreUse(val number: ULong, context: CoroutineContext, run: (StoreUse) -> StoreFault?) {
    /** The reason to end the call that began the use. It is null if there is none. */
    val outcome: Deferred<StoreFault?> =
        scope.async(context.minusKey(Job) + Dispatchers.IO, CoroutineStart.LAZY) { run(this@StoreUse) }

    /** True if another use has begun because this one takes too long. Its outcome is of no interest then. */
    @Volatile
    var isReplaced: Boolean = false
        private set

    /** Notes that another use has begun. A thread that hangs in the store cannot be freed. */
    fun replace() {
        isReplaced = true
        outcome.cancel()
    }

    private companion object {
        /** The scope of all uses. A failed one does not end the others. */
        val scope = CoroutineScope(SupervisorJob())
    }
}

/** The waits of one call whose limiter has a store. */
internal class StoreWaits(private val store: UsedStore, private val exchange: Exchange<*>) {
    /** The use that this call began. */
    private var use: StoreUse? = null

    /**
     * Waits for the given milliseconds, or until the use that this call began has ended. Begins a use if it is the turn of this call.
     */
    suspend fun wait(millis: Long) {
        store.begin(exchange, currentCoroutineContext())?.let { use = it }
        val use = use
        if (use == null || use.isReplaced) return waitInRealTime(millis)
        if (!hasEndedInRealTime(use.outcome, millis)) return
        this.use = null
        if (!use.isReplaced) use.outcome.await()?.let { store.end(exchange, it) }
    }
}
