// The interface of an inbox's stores. A store keeps an entry of a few bytes for each event, and decides nothing.
package dev.hudhud

import java.time.Instant
import java.util.concurrent.ConcurrentHashMap
import java.util.function.Function

/**
 * A store of an inbox. Threads share it.
 *
 * `dev.hudhud:hudhud-jdbc` has a store in PostgreSQL and SQLite, and `dev.hudhud:hudhud-redis` one in Redis. A store must limit the
 * time of its requests.
 */
public interface InboxStore {
    /** Stores [InboxChange.entry] if the key has no entry. Returns the stored entry. */
    public fun putOrGet(key: String, change: InboxChange): ByteArray

    /**
     * Stores [InboxChange.entry] if the stored entry is [InboxChange.expected], which is null for a key without an entry, in one
     * atomic step. Returns true if the entry was stored.
     */
    public fun replace(key: String, change: InboxChange): Boolean

    /** Deletes entries whose [InboxChange.forgetAt] has passed, at most 1,000. Returns their number. */
    public fun cleanUp(now: Instant): Int

    /** Returns the keys of all entries with the status `poisoned`. */
    public fun poisoned(): List<String>

    /** Deletes an entry. Returns true if it existed. */
    public fun forget(key: String): Boolean
}

/**
 * A store that also keeps the rows of the program.
 *
 * @param C the type of the connection that the handler receives.
 */
public interface TransactionalInboxStore<C> : InboxStore {
    /**
     * Runs [use] in a transaction, and returns its result. The transaction is committed at the end, and rolled back after an
     * exception.
     *
     * @throws InboxBusyException if another process was faster.
     */
    public fun <T> transaction(use: Function<InboxTransaction<C>, T>): T
}

/** A transaction of a store. */
public interface InboxTransaction<C> {
    /** The connection, which the handler receives. */
    public val connection: C

    /**
     * Does what [InboxStore.putOrGet] does. If another transaction changes the entry before this one ends, the commit of this
     * one fails. A store that locks the entry prevents such a change.
     */
    public fun putOrGet(key: String, change: InboxChange): ByteArray

    /** Does what [InboxStore.replace] does. */
    public fun replace(key: String, change: InboxChange): Boolean
}

/** A change of a store. */
public class InboxChange internal constructor(
    /** The entry that must be stored, or null if the key must have no entry. */
    public val expected: ByteArray?,
    /** The new entry. */
    public val entry: ByteArray,
    /** The new status: `leased`, `failed`, `done` or `poisoned`. A store keeps it for [InboxStore.poisoned]. */
    public val status: String,
    /** The time from which the entry may be deleted, or null if it must be kept. */
    public val forgetAt: Instant?,
) {
    /** Returns the name of the class and the status. */
    override fun toString(): String = "InboxChange($status)"
}

/** Another process changed or locked the entry at the same moment. The response is 503, so the vendor delivers again. */
public class InboxBusyException @JvmOverloads constructor(message: String, cause: Throwable? = null) : RuntimeException(message, cause)

/** A store for tests of a leased inbox. It forgets everything when the process ends. */
public class ForgetfulInboxStore : InboxStore {
    private class StoredEntry(val entry: ByteArray, val status: String, val forgetAt: Instant?)

    private val entries = ConcurrentHashMap<String, StoredEntry>()

    override fun putOrGet(key: String, change: InboxChange): ByteArray = entries.computeIfAbsent(key) { storedEntry(change) }.entry

    override fun replace(key: String, change: InboxChange): Boolean {
        var isReplaced = false
        entries.compute(key) { _, stored ->
            isReplaced = stored?.entry.contentEquals(change.expected)
            if (isReplaced) storedEntry(change) else stored
        }
        return isReplaced
    }

    override fun cleanUp(now: Instant): Int {
        val passed = entries.filterValues { it.forgetAt != null && it.forgetAt <= now }
        return passed.count { (key, storedEntry) -> entries.remove(key, storedEntry) }
    }

    override fun poisoned(): List<String> = entries.filterValues { it.status == "poisoned" }.keys.sorted()

    override fun forget(key: String): Boolean = entries.remove(key) != null

    private fun storedEntry(change: InboxChange) = StoredEntry(change.entry, change.status, change.forgetAt)
}
