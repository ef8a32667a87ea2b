// The inbox: handles each webhook event once. Core decides, and a store keeps an entry for each event.
package dev.hudhud

import java.security.SecureRandom
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.util.concurrent.atomic.AtomicLong
import java.util.function.Function
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext

/** The parts that both modes share. `docs/inbox.md` explains the rules. */
public abstract class Inbox internal constructor(
    private val store: InboxStore,
    private val isTransactional: Boolean,
    lease: Duration,
    maxAttempts: Int,
    private val clock: Clock,
) {
    private val nextCleanUp = AtomicLong()
    private val rules = InboxRules(isTransactional, lease.coerceIn(Duration.ZERO, LONGEST).toMillis(), maxAttempts.toLong())

    init {
        checkInbox(rules.lease, rules.maxAttempts)
    }

    /**
     * Deletes entries whose deliveries cannot be repeated any more, at most 1,000. Returns their number. An inbox does this itself
     * once an hour.
     */
    public fun cleanUp(): Int = store.cleanUp(clock.instant())

    /** Returns the keys of all poisoned events. A key is the id of the delivery, unless that has unusual characters. */
    public fun poisoned(): List<String> = store.poisoned()

    /**
     * Deletes the entry of an event, so that its next delivery is handled. Returns true if there was an entry.
     * Afterwards, let the vendor deliver the event again, from its log of deliveries.
     */
    public fun forget(key: String): Boolean = store.forget(key)

    /** A delivery that is about to be handled. */
    internal inner class Arrival(private val delivery: VerifiedDelivery) {
        val key: String = NativeBridge.default.storageKey(delivery.replayKey)

        init {
            val now = System.nanoTime()
            val due = nextCleanUp.get()
            if ((due == 0L || due - now <= 0) && nextCleanUp.compareAndSet(due, now + CLEAN_UP_EVERY)) {
                try {
                    cleanUp()
                } catch (_: InboxBusyException) {
                    // The next clean-up deletes the same entries.
                }
            }
        }

        fun decide(stored: ByteArray?): InboxDecision {
            val holder = ByteArray(16).also(RANDOM::nextBytes)
            val until = delivery.deduplicateUntil?.coerceAtLeast(0) ?: -1
            return InboxDecision(NativeBridge.default.inboxClaim(rules, stored, until, holder, now()), rules.maxAttempts)
        }

        /** Claims the event in the store, or returns the receipt of a delivery that is not handled. */
        fun claim(putOrGet: (InboxChange) -> ByteArray, replace: (InboxChange) -> Boolean): Claimed {
            val first = decide(null)
            val change = checkNotNull(first.change)
            val stored = putOrGet(change)
            if (stored.contentEquals(change.entry)) return Claimed(first, null)
            val decision = decide(stored)
            val isStored = decision.change?.let(replace) ?: true
            val refusal = decision.refusal
            return when {
                !isStored -> Claimed(null, BUSY)
                refusal == null -> Claimed(decision, null)
                else -> Claimed(null, InboxReceipt(refusal, seconds(decision.wait)))
            }
        }

        /** Stores the failure of the handler, and logs it without the text of the exception. */
        fun failed(claim: InboxDecision, error: Throwable): InboxReceipt {
            val change = if (error is RejectedEventException) claim.poisoned(now()) else claim.failed(now())
            val isPoisoned = change.status == "poisoned"
            val then = if (isPoisoned) "the event is poisoned and not handled again" else "the event is handled again at its next delivery"
            val place = error.stackTrace.firstOrNull()?.let { " (${it.fileName}:${it.lineNumber})" }.orEmpty()
            Log.write(LogLevel.ERROR, "inbox: the handler threw ${error.javaClass.name}$place in attempt ${claim.attempt}: $then")
            val isStored = store.replace(key, change)
            // An `Error` also counts as an attempt, so that the event is poisoned at last. It is not a result for the program.
            if (error !is Exception) throw error
            return when {
                !isStored && !isTransactional -> lostLease(claim)
                isPoisoned -> InboxReceipt(InboxOutcome.POISONED, error = error)
                else -> InboxReceipt(InboxOutcome.FAILED, seconds(decide(change.entry).wait), error)
            }
        }

        /** Stores the success of a leased handler. */
        fun done(claim: InboxDecision): InboxReceipt {
            return if (store.replace(key, claim.done(now()))) InboxReceipt(InboxOutcome.HANDLED) else lostLease(claim)
        }
    }

    /** The result of a decision: the right to handle the event, or the receipt of a delivery that is not handled. */
    internal class Claimed(val claim: InboxDecision?, val receipt: InboxReceipt?)

    private fun now() = clock.millis()

    private fun lostLease(claim: InboxDecision): InboxReceipt {
        Log.write(LogLevel.WARN, "inbox: the handler took longer than its lease in attempt ${claim.attempt}; raise lease")
        return InboxReceipt(InboxOutcome.LEASE_LOST, SOON)
    }

    internal companion object {
        /** The wait in the response if another process was faster. */
        val SOON: Duration = Duration.ofSeconds(1)
        val BUSY = InboxReceipt(InboxOutcome.BUSY, SOON)

        /** A duration whose milliseconds fit into a `Long`. */
        private val LONGEST = Duration.ofDays(365_000)
        private val CLEAN_UP_EVERY = Duration.ofHours(1).toNanos()
        private val RANDOM = SecureRandom()

        /**
         * Runs [work], which uses the store. If the thread was interrupted before, clears its flag, and sets the flag again
         * afterwards: a pool or a driver would refuse to work in an interrupted thread. If the store fails after an [error] of the
         * handler, that error is a suppressed one of the failure.
         */
        internal inline fun <T> uninterrupted(error: Throwable? = null, work: () -> T): T {
            val isInterrupted = Thread.interrupted() || error is InterruptedException
            try {
                return work()
            } catch (failure: Throwable) {
                if (error != null && failure !== error) failure.addSuppressed(error)
                throw failure
            } finally {
                if (isInterrupted) Thread.currentThread().interrupt()
            }
        }

        private fun seconds(wait: Long?): Duration? = wait?.let { Duration.ofSeconds((it + 999) / 1000) }
    }
}

/** The code that handles an event with a connection to the store's database. */
public fun interface TransactionalHandler<C> {
    /** Handles an event. It must not commit. After an exception, the transaction is rolled back. */
    @Throws(Exception::class)
    public fun handle(event: WebhookEvent, connection: C)
}

/** The code that handles an event under a lease. */
public fun interface LeasedHandler {
    /** Handles an event. Pass [InboxLease.idempotencyKey] on to other services. */
    @Throws(Exception::class)
    public fun handle(event: WebhookEvent, lease: InboxLease)
}

/**
 * An inbox whose handler writes rows in the store's database. Its effects occur exactly once, because the mark of the event is
 * written in the same transaction.
 *
 * ```kotlin
 * val inbox = TransactionalInbox(JdbcInboxStore(dataSource))
 * val receipt = inbox.receive(webhook.receive(headers, body)) { event, connection ->
 *     connection.prepareStatement("INSERT INTO received VALUES (?)").use { … }
 * }
 * // Respond with receipt.httpStatus and receipt.headers.
 * ```
 *
 * @param store a store with transactions.
 * @param maxAttempts the number of failed attempts after which an event is poisoned.
 * @throws HudhudException.InvalidRequest if a setting is outside of its range.
 */
public class TransactionalInbox<C> @JvmOverloads constructor(
    private val store: TransactionalInboxStore<C>,
    maxAttempts: Int = 5,
    clock: Clock = Clock.systemUTC(),
) : Inbox(store, true, Duration.ofSeconds(30), maxAttempts, clock) {
    /**
     * Handles the event of a verified delivery, unless it was handled before. The exception of the handler is in the receipt. An
     * exception of the store, or an [Error] of the handler, is thrown. This function blocks the thread.
     */
    public fun receive(delivery: VerifiedDelivery, handler: TransactionalHandler<C>): InboxReceipt {
        val arrival = Arrival(delivery)
        var claimed: Claimed? = null
        var failure: Throwable? = null
        return try {
            store.transaction(Function { transaction ->
                val claim = arrival.claim({ transaction.putOrGet(arrival.key, it) }, { transaction.replace(arrival.key, it) })
                claimed = claim
                claim.receipt ?: run {
                    val connection = transaction.connection
                    try {
                        handler.handle(delivery.event, connection)
                    } catch (error: Throwable) {
                        failure = error
                        throw error
                    }
                    InboxReceipt(InboxOutcome.HANDLED)
                }
            })
        } catch (error: Throwable) {
            val claim = claimed?.claim
            val failed = failure
            when {
                // Also if a statement of the handler met another transaction. The next delivery is handled.
                error is InboxBusyException -> BUSY
                claim != null && failed != null -> uninterrupted(failed) { arrival.failed(claim, failed) }
                else -> throw error
            }
        }
    }

    /** Does the same on a thread for I/O, and suspends the coroutine. */
    @JvmSynthetic
    public suspend fun handle(delivery: VerifiedDelivery, handler: TransactionalHandler<C>): InboxReceipt =
        withContext(Dispatchers.IO) { receive(delivery, handler) }
}

/**
 * An inbox whose handler calls other services. Its effects occur at least once: after a crash the handler runs again. Let the handler
 * pass [InboxLease.idempotencyKey] on to other services, so that their effects occur once too.
 *
 * ```kotlin
 * val inbox = LeasedInbox(RedisInboxStore(RedisClient.create("localhost", 6379)))
 * val receipt = inbox.handle(webhook.receive(headers, body)) { event, lease ->
 *     zagely.messages.send(answer(event), CallOptions("answer-${lease.idempotencyKey}"))
 * }
 * ```
 *
 * @param lease the longest time that the handler takes, from a second to an hour. After a crash, the event is not handled before
 *   the lease has ended.
 * @param maxAttempts the number of attempts after which an event is poisoned.
 * @throws HudhudException.InvalidRequest if a setting is outside of its range.
 */
public class LeasedInbox @JvmOverloads constructor(
    private val store: InboxStore,
    lease: Duration = Duration.ofSeconds(30),
    maxAttempts: Int = 5,
    clock: Clock = Clock.systemUTC(),
) : Inbox(store, false, lease, maxAttempts, clock) {
    /**
     * Handles the event of a verified delivery, unless it was handled before. The exception of the handler is in the receipt. An
     * exception of the store, or an [Error] of the handler, is thrown. This function blocks the thread.
     */
    public fun receive(delivery: VerifiedDelivery, handler: LeasedHandler): InboxReceipt {
        val arrival = Arrival(delivery)
        val claim = claim(arrival).run { claim ?: return receipt!! }
        try {
            handler.handle(delivery.event, leaseOf(arrival, claim))
        } catch (error: Throwable) {
            return uninterrupted(error) { arrival.failed(claim, error) }
        }
        return uninterrupted { arrival.done(claim) }
    }

    /**
     * Does the same with a handler that suspends. The store is used on threads for I/O. If the coroutine is cancelled, the attempt
     * has failed.
     */
    @JvmSynthetic
    public suspend fun handle(delivery: VerifiedDelivery, handler: suspend (event: WebhookEvent, lease: InboxLease) -> Unit): InboxReceipt {
        currentCoroutineContext().ensureActive()
        // The outer context keeps the claim if the coroutine is cancelled meanwhile. It would be leased without a holder.
        val (arrival, claimed) = withContext(NonCancellable) { withContext(Dispatchers.IO) { Arrival(delivery).let { it to claim(it) } } }
        val claim = claimed.claim ?: return claimed.receipt!!
        try {
            currentCoroutineContext().ensureActive()
            handler(delivery.event, leaseOf(arrival, claim))
        } catch (error: Throwable) {
            val receipt = withContext(NonCancellable + Dispatchers.IO) { arrival.failed(claim, error) }
            // A handler may also throw the cancellation of something else, such as of a timeout.
            if (error is CancellationException) currentCoroutineContext().ensureActive()
            return receipt
        }
        return withContext(NonCancellable + Dispatchers.IO) { arrival.done(claim) }
    }

    private fun claim(arrival: Arrival): Claimed = try {
        arrival.claim({ store.putOrGet(arrival.key, it) }, { store.replace(arrival.key, it) })
    } catch (_: InboxBusyException) {
        Claimed(null, BUSY)
    }

    private fun leaseOf(arrival: Arrival, claim: InboxDecision) =
        InboxLease(arrival.key, claim.token, claim.attempt, Instant.ofEpochMilli(claim.leaseEnd))
}
