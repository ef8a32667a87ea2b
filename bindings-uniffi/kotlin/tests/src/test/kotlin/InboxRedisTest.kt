// The inbox with transactions in Redis.
//
// `cargo xtask test` starts the server and sets HUDHUD_REDIS_PORT.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.redis.RedisInboxStore
import java.time.Duration
import java.util.UUID
import java.util.concurrent.Executors
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import redis.clients.jedis.AbstractTransaction
import redis.clients.jedis.ConnectionPoolConfig
import redis.clients.jedis.RedisClient
import redis.clients.jedis.exceptions.JedisDataException

class InboxRedisTest {
    private val now = Now()

    @Test
    fun `the commands of a transactional handler are executed with the mark in Redis`() {
        val client = RedisClient.create("127.0.0.1", port("HUDHUD_REDIS_PORT"))
        val key = "effects:${UUID.randomUUID()}"
        val inbox = TransactionalInbox<AbstractTransaction>(RedisInboxStore(client), clock = now)
        val delivery = now.delivery()
        val failed = inbox.receive(delivery) { _, commands ->
            commands.incr(key)
            throw IllegalStateException()
        }
        assertEquals(InboxOutcome.FAILED to null, failed.outcome to client.get(key))
        now.at += failed.retryAfter!!
        val threads = Executors.newFixedThreadPool(4)
        val outcomes = List(12) { threads.submit<InboxOutcome> { inbox.receive(delivery) { _, commands -> commands.incr(key) }.outcome } }.map { it.get() }
        threads.shutdown()
        assertEquals("1" to 1, client.get(key) to outcomes.count { it == InboxOutcome.HANDLED })
    }

    @Test
    fun `a handler that ends the transaction in Redis loses no event and handles none twice`() {
        val client = RedisClient.create("127.0.0.1", port("HUDHUD_REDIS_PORT"))
        val key = "effects:${UUID.randomUUID()}"
        val inbox = TransactionalInbox<AbstractTransaction>(RedisInboxStore(client), clock = now)
        fun receive(delivery: VerifiedDelivery, use: (AbstractTransaction) -> Unit) = inbox.receive(delivery) { _, commands -> use(commands) }.outcome
        val ends = listOf<(AbstractTransaction) -> Unit>({ it.discard() }, { it.exec() })
        for (end in ends) {
            val begunAgain = now.delivery()
            assertEquals(InboxOutcome.HANDLED, receive(begunAgain) { end(it); it.multi(); it.incr(key) })
            assertEquals(InboxOutcome.DUPLICATE, receive(begunAgain) { it.incr(key) })
            val ended = now.delivery()
            assertEquals("the handler ended the transaction: it must neither execute nor discard it", assertThrows<IllegalStateException> { receive(ended, end) }.message)
            assertEquals(InboxOutcome.HANDLED, receive(ended) { it.incr(key) })
            val failed = now.delivery()
            assertEquals(InboxOutcome.FAILED, receive(failed) { end(it); throw IllegalArgumentException() })
            now.at += Duration.ofHours(1)
            assertEquals(InboxOutcome.HANDLED, receive(failed) { it.incr(key) })
        }
        assertEquals("6", client.get(key))
    }

    @Test
    fun `a transaction in Redis needs one connection, and an error of a command is thrown`() {
        val pool = ConnectionPoolConfig().apply {
            maxTotal = 1
            setMaxWait(Duration.ofSeconds(5))
        }
        val client = RedisClient.builder().hostAndPort("127.0.0.1", port("HUDHUD_REDIS_PORT")).poolConfig(pool).build()
        val prefix = "a[1]*${UUID.randomUUID()}:"
        val inbox = TransactionalInbox<AbstractTransaction>(RedisInboxStore(client, prefix), clock = now)
        val delivery = now.delivery()
        assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery) { _, commands -> commands.set("${prefix}x", "text") }.outcome)
        assertEquals(InboxOutcome.DUPLICATE, inbox.receive(delivery) { _, _ -> }.outcome)
        assertThrows<JedisDataException> { inbox.receive(now.delivery()) { _, commands -> commands.incr("${prefix}x") } }
        val rejected = now.delivery()
        assertEquals(InboxOutcome.POISONED, inbox.receive(rejected) { _, _ -> throw RejectedEventException() }.outcome)
        assertEquals(listOf(rejected.replayKey), inbox.poisoned())
    }
}
