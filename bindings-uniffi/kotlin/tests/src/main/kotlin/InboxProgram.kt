// A receiver that is killed while it handles the events of an inbox. `bindings-python/tests/inbox_kill.py` runs it: it writes a line
// for each delivery, and reads a line with the status.
//
// Its arguments are the kind of the store, its address, the mode, and the length of a lease in milliseconds. An effect is a row in the
// table `effects`, or in Redis an item of the list `effects`.
package dev.hudhud.inbox

import dev.hudhud.InboxReceipt
import dev.hudhud.LeasedInbox
import dev.hudhud.TransactionalInbox
import dev.hudhud.VerifiedDelivery
import dev.hudhud.Webhook
import dev.hudhud.WebhookException
import dev.hudhud.jdbc.JdbcInboxStore
import dev.hudhud.redis.RedisInboxStore
import java.time.Duration
import java.util.Base64
import java.util.concurrent.Executors
import javax.sql.DataSource
import org.postgresql.ds.PGSimpleDataSource
import org.sqlite.SQLiteDataSource
import redis.clients.jedis.RedisClient

private const val MAX_ATTEMPTS = 1_000_000

/** Has an effect in another system, which recognizes a key. For the test it is in the same Redis. */
private const val ONCE = "if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then redis.call('RPUSH', KEYS[2], ARGV[1]) end return 1"

fun main(arguments: Array<String>) {
    val (kind, address, mode, lease) = arguments
    val webhook = Webhook("whsec_test")
    val isTransactional = mode == "transactional"
    val receive = if (kind == "redis") inRedis(address, isTransactional, lease) else inDatabase(source(kind, address), isTransactional, lease)
    val threads = Executors.newFixedThreadPool(8)
    println("ready")
    for (line in generateSequence(::readLine)) {
        threads.execute {
            val fields = line.split('\t')
            val headers = fields.drop(2).associate { header -> header.split(": ", limit = 2).let { (name, value) -> name to value } }
            val status = try {
                receive(webhook.receive(headers, Base64.getDecoder().decode(fields[1]))).httpStatus
            } catch (refused: WebhookException) {
                refused.httpStatus
            } catch (error: Exception) {
                System.err.println(error)
                500
            }
            println("${fields[0]} $status")
        }
    }
}

private fun source(kind: String, address: String): DataSource = when (kind) {
    "sqlite" -> SQLiteDataSource().apply {
        url = "jdbc:sqlite:$address"
        setBusyTimeout(60_000)
    }
    else -> PGSimpleDataSource().apply { setURL("jdbc:" + address.replace("hudhud@", "") + "?user=hudhud") }
}

private fun inDatabase(source: DataSource, isTransactional: Boolean, lease: String): (VerifiedDelivery) -> InboxReceipt {
    val store = JdbcInboxStore(source)
    if (isTransactional) {
        val inbox = TransactionalInbox(store, MAX_ATTEMPTS)
        return { delivery ->
            inbox.receive(delivery) { _, connection ->
                connection.prepareStatement("INSERT INTO effects VALUES (?)").use { it.apply { setString(1, delivery.replayKey) }.execute() }
            }
        }
    }
    val inbox = LeasedInbox(store, Duration.ofMillis(lease.toLong()), MAX_ATTEMPTS)
    return { delivery ->
        inbox.receive(delivery) { _, held ->
            source.connection.use { connection ->
                connection.prepareStatement("INSERT INTO effects VALUES (?) ON CONFLICT DO NOTHING").use {
                    it.apply { setString(1, held.idempotencyKey) }.execute()
                }
            }
        }
    }
}

private fun inRedis(port: String, isTransactional: Boolean, lease: String): (VerifiedDelivery) -> InboxReceipt {
    val client = RedisClient.create("127.0.0.1", port.toInt())
    val store = RedisInboxStore(client)
    if (isTransactional) {
        val inbox = TransactionalInbox(store, MAX_ATTEMPTS)
        return { delivery -> inbox.receive(delivery) { _, commands -> commands.rpush("effects", delivery.replayKey) } }
    }
    val inbox = LeasedInbox(store, Duration.ofMillis(lease.toLong()), MAX_ATTEMPTS)
    return { delivery ->
        inbox.receive(delivery) { _, held -> client.eval(ONCE, listOf("seen", "effects"), listOf(held.idempotencyKey)) }
    }
}
