// The entries of an inbox in keys of Redis. The Python package uses the same keys.
package dev.hudhud.redis

import dev.hudhud.InboxBusyException
import dev.hudhud.InboxChange
import dev.hudhud.InboxTransaction
import dev.hudhud.TransactionalInboxStore
import java.time.Instant
import java.util.function.Function
import redis.clients.jedis.AbstractTransaction
import redis.clients.jedis.Response
import redis.clients.jedis.UnifiedJedis
import redis.clients.jedis.exceptions.JedisDataException
import redis.clients.jedis.params.ScanParams
import redis.clients.jedis.params.SetParams

/**
 * A store of an inbox in Redis 6.2 or later.
 *
 * ```kotlin
 * val inbox = LeasedInbox(RedisInboxStore(RedisClient.create("localhost", 6379)))
 * ```
 *
 * A transactional handler receives Redis's transaction. Its commands are queued, so they return no values before the end. Redis
 * executes all or, if another process was faster, none. The handler must neither execute nor discard the transaction. Redis does
 * not roll back: if one of the commands fails, the others stay, and its exception is thrown. Jedis has no transactions in a
 * cluster. Set `appendonly yes` and `appendfsync always`, or a crash of Redis loses marks.
 *
 * @param client the client. Set its time limits.
 * @param prefix the beginning of the store's keys.
 */
public class RedisInboxStore @JvmOverloads constructor(
    private val client: UnifiedJedis,
    private val prefix: String = "hudhud:inbox:",
) : TransactionalInboxStore<AbstractTransaction> {
    override fun <T> transaction(use: Function<InboxTransaction<AbstractTransaction>, T>): T = client.transaction(false).use { transaction ->
        val own = Queued(transaction)
        val result = use.apply(own)
        if (own.hasBegun) {
            own.queueMarks()
            val results = transaction.exec() ?: throw InboxBusyException("another process changed the entry at the same moment: the vendor delivers again")
            // Jedis returns the error of a command in place of its result.
            results.firstNotNullOfOrNull { it as? JedisDataException }?.let { throw it }
        }
        result
    }

    private inner class Queued(override val connection: AbstractTransaction) : InboxTransaction<AbstractTransaction> {
        /** The marks. They are queued after the commands of the handler: it can begin another transaction, which then has them. */
        private val marks = LinkedHashMap<String, InboxChange>()
        val hasBegun get() = marks.isNotEmpty()

        override fun putOrGet(key: String, change: InboxChange): ByteArray {
            // The watch comes first: if the entry changes after it, the transaction fails.
            connection.watch(nameOf(key))
            // On the same connection. If it needed a second one, deliveries that use up the pool would wait for each other.
            connection.get(nameOf(key)).get()?.let { return it }
            put(key, change)
            return change.entry
        }

        override fun replace(key: String, change: InboxChange): Boolean {
            put(key, change)
            return true
        }

        private fun put(key: String, change: InboxChange) {
            if (!hasBegun) connection.multi()
            marks[key] = change
        }

        /** Queues the marks. Fails if the handler has ended the transaction. */
        fun queueMarks() {
            for ((key, change) in marks) {
                check(isQueued(connection.get(nameOf(key)))) { "the handler ended the transaction: it must neither execute nor discard it" }
                val parameters = change.forgetAt?.let { SetParams().pxAt(it.toEpochMilli()) } ?: SetParams()
                connection.set(nameOf(key), change.entry, parameters)
            }
        }

        /** Returns true for the response to a command in a transaction. Outside of one, a response is there at once. */
        private fun isQueued(response: Response<*>): Boolean = try {
            response.get()
            false
        } catch (_: IllegalStateException) {
            true
        }
    }

    override fun putOrGet(key: String, change: InboxChange): ByteArray =
        client.eval(PUT_OR_GET, listOf(nameOf(key)), listOf(change.entry, timeOf(change))) as ByteArray

    override fun replace(key: String, change: InboxChange): Boolean =
        client.eval(REPLACE, listOf(nameOf(key)), listOf(change.entry, timeOf(change), change.expected ?: ByteArray(0))) == 1L

    /** Does nothing: Redis deletes entries whose time has passed. Returns 0. */
    override fun cleanUp(now: Instant): Int = 0

    /** Returns the keys of all poisoned events. This reads all entries. */
    override fun poisoned(): List<String> {
        val found = mutableListOf<String>()
        val parameters = ScanParams().match(prefix.replace(SPECIAL, """\\$0""") + "*").count(1000)
        var cursor = ScanParams.SCAN_POINTER_START
        do {
            val page = client.scan(cursor, parameters)
            // The second byte of an entry is its status.
            for (name in page.result) if (client.get(name.toByteArray())?.getOrNull(1) == POISONED) found += name.removePrefix(prefix)
            cursor = page.cursor
        } while (cursor != ScanParams.SCAN_POINTER_START)
        return found.distinct().sorted()
    }

    override fun forget(key: String): Boolean = client.del(nameOf(key)) == 1L

    private fun nameOf(key: String) = (prefix + key).toByteArray()

    /** Returns the name of the class and the beginning of its keys. */
    override fun toString(): String = "RedisInboxStore($prefix)"

    private companion object {
        const val POISONED: Byte = 3

        /** The characters that have a meaning in a pattern of Redis. */
        val SPECIAL = Regex("""[\\*?\[\]^-]""")

        fun timeOf(change: InboxChange) = (change.forgetAt?.toEpochMilli()?.toString() ?: "").toByteArray()

        val PUT_OR_GET = """
            local stored = redis.call('GET', KEYS[1])
            if stored then return stored end
            if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2]) end
            return ARGV[1]
        """.trimIndent().toByteArray()
        val REPLACE = """
            if (redis.call('GET', KEYS[1]) or '') ~= ARGV[3] then return 0 end
            if ARGV[2] == '' then redis.call('SET', KEYS[1], ARGV[1]) else redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2]) end
            return 1
        """.trimIndent().toByteArray()
    }
}
