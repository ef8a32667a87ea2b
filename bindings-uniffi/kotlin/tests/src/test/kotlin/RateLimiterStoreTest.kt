// Stores by which processes share a rate limiter: SQLite, PostgreSQL and Redis.
//
// `cargo xtask test` starts the servers and sets HUDHUD_POSTGRES_PORT and HUDHUD_REDIS_PORT.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.jdbc.JdbcRateLimiterStore
import dev.hudhud.redis.RedisRateLimiterStore
import java.io.IOException
import java.nio.file.Files
import java.time.Duration
import java.util.UUID
import java.util.concurrent.atomic.AtomicInteger
import javax.sql.DataSource
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import org.postgresql.ds.PGSimpleDataSource
import org.sqlite.SQLiteDataSource
import redis.clients.jedis.RedisClient
import tools.jackson.databind.json.JsonMapper

/** A store in memory that counts its uses, and fails after some of them. */
private class Memory(private val failsAfter: Int = Int.MAX_VALUE, @Volatile var bytes: ByteArray? = null) : RateLimiterStore {
    val loads = AtomicInteger()
    val broken = IllegalStateException("password=hunter2")

    override fun load(): ByteArray? = if (loads.getAndIncrement() >= failsAfter) throw broken else bytes

    @Synchronized
    override fun swap(old: ByteArray?, new: ByteArray): Boolean {
        val isOld = bytes.contentEquals(old)
        if (isOld) bytes = new
        return isOld
    }
}

class RateLimiterStoreTest {
    private val name = "test:${UUID.randomUUID()}"
    private val text = SendMessage(to = "+15550000001", message = "hi", sessionId = "s-1")

    private fun sqlite(): DataSource {
        val file = Files.createTempFile("limits", ".db").toFile().apply { deleteOnExit() }
        return SQLiteDataSource().apply { url = "jdbc:sqlite:$file" }
    }

    private fun postgres(): DataSource = PGSimpleDataSource().apply {
        setURL("jdbc:postgresql://127.0.0.1:${port("HUDHUD_POSTGRES_PORT")}/postgres")
        user = "hudhud"
    }

    /** Returns a function that makes stores of one kind in the same place. */
    private fun stores(kind: String): (String) -> RateLimiterStore = when (kind) {
        "sqlite" -> sqlite().let { { name -> JdbcRateLimiterStore(it, name) } }
        "postgres" -> postgres().let { { name -> JdbcRateLimiterStore(it, name) } }
        else -> RedisClient.create("127.0.0.1", port("HUDHUD_REDIS_PORT")).let { { name -> RedisRateLimiterStore(it, name) } }
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "redis"])
    fun `bytes are replaced only if they are unchanged`(kind: String) {
        val store = stores(kind)
        val (first, second, other) = listOf(store(name), store(name), store("$name:other"))
        val states = List(3) { byteArrayOf(1, 0, -1, it.toByte()) }
        assertNull(first.load())
        assertFalse(first.swap(states[0], states[1]))
        assertTrue(first.swap(null, states[0]))
        assertFalse(second.swap(null, states[1]))
        assertFalse(second.swap(states[1], states[2]))
        assertTrue(second.swap(states[0], states[2]))
        assertArrayEquals(states[2], first.load())
        assertNull(other.load())
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "redis"])
    fun `stores that are made at the same moment share the table`(kind: String): Unit = runBlocking(Dispatchers.IO) {
        val store = stores(kind)
        val won = List(8) { async { store(name).swap(null, byteArrayOf(it.toByte())) } }.awaitAll().count { it }
        assertEquals(1, won)
    }

    @Test
    fun `a role that may not make tables uses the one that exists`() {
        assertNull(JdbcRateLimiterStore(postgres(), name).load())
        val role = "app_${UUID.randomUUID().toString().replace('-', '_')}"
        postgres().connection.use { connection ->
            connection.createStatement().use { it.execute("CREATE ROLE $role LOGIN; GRANT ALL ON hudhud_rate_limiter TO $role") }
        }
        val source = (postgres() as PGSimpleDataSource).apply { user = role }
        assertTrue(JdbcRateLimiterStore(source, name).swap(null, byteArrayOf(1)))
    }

    @Tag("one-jdk")
    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "redis"])
    fun `limiters share the limits of a key`(kind: String): Unit = runBlocking(Dispatchers.Default) {
        val key = JsonMapper().readTree(Sandbox.admin("POST", "/keys", """{"limits":{"per_minute":600}}"""))
        val store = stores(kind)
        val begun = System.nanoTime()
        val sent = List(3) {
            val limiter = RateLimiter(store(name))
            Zagely(key["public_key"].asString(), key["secret_key"].asString(), baseUrl = Sandbox.readyText("zagely_base_url"), rateLimiter = limiter)
        }.flatMap { zagely ->
            List(30) {
                val message = SendMessage(to = "+1555%07d".format(it), message = "hi", sessionId = Sandbox.readyText("session_id"))
                async { zagely.messages.send(message).messageId }
            }
        }.awaitAll()
        assertEquals(90, sent.toSet().size)
        // Three limiters without a common store would each send their burst of 48 at once.
        assertTrue(System.nanoTime() - begun > 2e9)
    }

    @Test
    fun `a connection keeps its mode`() {
        val one = sqlite().connection.apply { autoCommit = false }
        val source = object : DataSource by sqlite() {
            override fun getConnection() = object : java.sql.Connection by one {
                override fun close() {}
            }
        }
        assertTrue(JdbcRateLimiterStore(source, name).swap(null, byteArrayOf(7)))
        assertFalse(one.autoCommit)
    }

    @Test
    fun `the table is that of the Python package`() {
        val source = sqlite()
        val table = "CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (name TEXT PRIMARY KEY, state BLOB NOT NULL)"
        source.connection.use { it.createStatement().use { sql -> sql.execute(table); sql.execute("INSERT INTO hudhud_rate_limiter VALUES ('n', x'07')") } }
        assertArrayEquals(byteArrayOf(7), JdbcRateLimiterStore(source, "n").load())
    }

    private fun answering(limiter: RateLimiter, vararg first: () -> Response): Zagely {
        val answers = ArrayDeque(first.toList())
        val sent = Response(201, listOf(Header("X-RateLimit-Limit", "600"), Header("Content-Type", "application/json")), """{"message_id":"m-1"}""".toByteArray())
        val settings = Settings(retry = RetryPolicy(4, Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofSeconds(3)))
        return Zagely("pk_a", "sk_b", { answers.removeFirstOrNull()?.invoke() ?: sent }, rateLimiter = limiter, settings = settings)
    }

    @Tag("one-jdk")
    @Test
    fun `the store is used once for many requests`() {
        val memory = Memory()
        val zagely = answering(RateLimiter(memory))
        runBlocking(Dispatchers.Default) { List(60) { async { zagely.messages.send(text) } }.awaitAll() }
        assertTrue(memory.loads.get() in 1..40, "${memory.loads}")
        assertNotNull(RateLimiter(memory.bytes!!))
    }

    @Test
    fun `a store that fails for long is an exception before anything is sent`() {
        val (memory, limiter) = Memory(failsAfter = 0).let { it to RateLimiter.of(it, 1_000) }
        val error = assertThrows<HudhudException.Store> { answering(limiter).blocking.messages.send(text) }
        val failure = error.failure
        assertEquals("store", failure.kind)
        assertEquals(0, failure.attempts)
        assertTrue(failure.safeToRetry && !failure.mayHaveHappened)
        assertSame(memory.broken, error.cause)
        assertTrue("has failed for" in error.message && "hunter2" !in error.message, error.message)
        assertEquals(0, limiter.waiting)
    }

    @Test
    fun `a store that fails after a lost response leaves the key and does not deny the effect`() {
        val limiter = RateLimiter.of(Memory(failsAfter = 1), 1_000)
        val zagely = answering(limiter, { throw IOException("lost") })
        val failure = assertThrows<HudhudException.Store> { zagely.blocking.messages.send(text) }.failure
        assertEquals(1, failure.attempts)
        assertTrue(failure.mayHaveHappened && failure.safeToRetry)
        assertNotNull(failure.idempotencyKey)
        assertTrue(failure.summary.endsWith("The call may have taken effect: repeat it with the idempotency key of this error."), failure.summary)
    }

    @Test
    fun `a store that refuses each swap is an exception`() {
        val refusing = object : RateLimiterStore {
            override fun load(): ByteArray? = null
            override fun swap(old: ByteArray?, new: ByteArray) = false
        }
        val error = assertThrows<HudhudException.Store> { answering(RateLimiter.of(refusing, 0)).blocking.messages.send(text) }
        val cause = error.cause?.message.orEmpty()
        assertTrue(cause.startsWith("the store refused 100 states in a row"), cause)
    }

    @Test
    fun `foreign bytes are an exception at once`() {
        val limiter = RateLimiter(Memory(bytes = byteArrayOf(7)))
        val error = assertThrows<HudhudException.Store> { answering(limiter).blocking.messages.send(text) }
        assertTrue("holds bytes that are not a state: delete them" in error.message, error.message)
        assertNull(error.cause)
    }

    @Test
    fun `a cancelled call leaves the store to the next one`(): Unit = runBlocking(Dispatchers.Default) {
        val slow = object : RateLimiterStore {
            val memory = Memory()
            override fun load(): ByteArray? = memory.load().also { Thread.sleep(200) }
            override fun swap(old: ByteArray?, new: ByteArray) = memory.swap(old, new)
        }
        val zagely = answering(RateLimiter(slow))
        val cancelled = launch { zagely.messages.send(text) }
        delay(50)
        cancelled.cancelAndJoin()
        val begun = System.nanoTime()
        zagely.messages.send(text)
        assertTrue(System.nanoTime() - begun < 3e9)
    }
}
