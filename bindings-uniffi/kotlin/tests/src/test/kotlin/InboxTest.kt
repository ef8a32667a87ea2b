// The inbox over its stores: SQLite, PostgreSQL and Redis.
//
// `cargo xtask test` starts the servers and sets HUDHUD_POSTGRES_PORT and HUDHUD_REDIS_PORT.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.jdbc.JdbcInboxStore
import dev.hudhud.redis.RedisInboxStore
import java.lang.reflect.Proxy
import java.nio.file.Files
import java.sql.Connection
import java.sql.DriverManager
import java.sql.SQLException
import java.time.Duration
import java.time.Instant
import java.util.UUID
import java.util.concurrent.CountDownLatch
import java.util.concurrent.Executors
import java.util.concurrent.atomic.AtomicInteger
import java.util.function.Function
import javax.sql.DataSource
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import org.postgresql.ds.PGSimpleDataSource
import org.sqlite.SQLiteDataSource
import redis.clients.jedis.RedisClient

class InboxTest {
    private val now = Now()

    private fun delivery(id: String = "test-${UUID.randomUUID()}") = now.delivery(id)

    private val sqlite: DataSource by lazy {
        val file = Files.createTempFile("inbox", ".db").toFile().apply { deleteOnExit() }
        SQLiteDataSource().apply { url = "jdbc:sqlite:$file" }
    }
    private val postgres: DataSource by lazy {
        PGSimpleDataSource().apply {
            setURL("jdbc:postgresql://127.0.0.1:${port("HUDHUD_POSTGRES_PORT")}/postgres")
            user = "hudhud"
        }
    }

    private fun store(kind: String): InboxStore = when (kind) {
        "sqlite" -> JdbcInboxStore(sqlite)
        "postgres" -> JdbcInboxStore(postgres)
        "redis" -> RedisInboxStore(RedisClient.create("127.0.0.1", port("HUDHUD_REDIS_PORT")))
        else -> ForgetfulInboxStore()
    }

    private fun source(kind: String) = if (kind == "sqlite") sqlite else postgres

    private fun execute(kind: String, statement: String) = source(kind).connection.use { it.createStatement().use { run -> run.execute(statement) } }

    private fun count(kind: String, table: String): Int = source(kind).connection.use { connection ->
        connection.createStatement().use { it.executeQuery("SELECT count(*) FROM $table").use { row -> row.next(); row.getInt(1) } }
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "redis", "memory"])
    fun `a leased handler runs once for an event`(kind: String) {
        val inbox = LeasedInbox(store(kind), clock = now)
        val delivery = delivery()
        val leases = mutableListOf<InboxLease>()
        val handler = LeasedHandler { event, lease -> leases += lease.also { assertEquals("hi", (event as WebhookEvent.WebhookTest).data.message) } }
        val first = inbox.receive(delivery, handler)
        assertEquals(InboxOutcome.HANDLED to 200, first.outcome to first.httpStatus)
        val second = LeasedInbox(store(kind), clock = now).takeIf { kind != "memory" } ?: inbox
        assertEquals(InboxOutcome.DUPLICATE to 200, second.receive(delivery, handler).run { outcome to httpStatus })
        val lease = leases.single()
        assertEquals(delivery.replayKey to 1, lease.idempotencyKey to lease.attempt)
        assertEquals(now.at.plusSeconds(30).toEpochMilli(), lease.endsAt.toEpochMilli())
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "redis", "memory"])
    fun `deliveries of an event at the same moment are handled once`(kind: String) {
        val store = store(kind)
        val delivery = delivery()
        val effects = AtomicInteger()
        val threads = Executors.newFixedThreadPool(8)
        val outcomes = List(16) { threads.submit<InboxOutcome> { LeasedInbox(store, clock = now).receive(delivery) { _, _ -> effects.incrementAndGet() }.outcome } }
            .map { it.get() }
        threads.shutdown()
        assertEquals(1, effects.get())
        assertEquals(1, outcomes.count { it == InboxOutcome.HANDLED })
        assertTrue(outcomes.all { it in setOf(InboxOutcome.HANDLED, InboxOutcome.BUSY, InboxOutcome.DUPLICATE) }, "$outcomes")
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "redis", "memory"])
    fun `a failed event waits, is handled again, and is poisoned after its attempts`(kind: String) {
        val store = store(kind)
        val inbox = LeasedInbox(store, maxAttempts = 2, clock = now)
        val delivery = delivery()
        val broken = IllegalStateException("+15551234567")
        val failed = inbox.receive(delivery) { _, _ -> throw broken }
        assertEquals(Triple(InboxOutcome.FAILED, 503, broken), Triple(failed.outcome, failed.httpStatus, failed.error))
        assertFalse("5551234567" in "$failed")
        val early = inbox.receive(delivery) { _, _ -> }
        assertEquals(InboxOutcome.TOO_EARLY to failed.retryAfter, early.outcome to early.retryAfter)
        assertEquals(mapOf("Retry-After" to "${early.retryAfter!!.seconds}"), early.headers)
        now.at += failed.retryAfter!!
        val poisoned = inbox.receive(delivery) { _, _ -> throw broken }
        assertEquals(InboxOutcome.POISONED to 500, poisoned.outcome to poisoned.httpStatus)
        assertEquals(InboxOutcome.POISONED, inbox.receive(delivery) { _, _ -> }.outcome)
        assertTrue(delivery.replayKey in inbox.poisoned())
        assertTrue(inbox.forget(delivery.replayKey))
        assertFalse(inbox.forget(delivery.replayKey))
        assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery) { _, _ -> }.outcome)
        val rejected = inbox.receive(delivery()) { _, _ -> throw RejectedEventException("no") }
        assertEquals(InboxOutcome.POISONED, rejected.outcome)
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "redis", "memory"])
    fun `after a lease has ended another holder has the event`(kind: String) {
        val store = store(kind)
        val inbox = LeasedInbox(store, lease = Duration.ofSeconds(10), clock = now)
        val delivery = delivery()
        var tokens = emptyList<Long>()
        val late = inbox.receive(delivery) { _, lease ->
            tokens += lease.token
            assertEquals(InboxOutcome.BUSY to Duration.ofSeconds(10), inbox.receive(delivery) { _, _ -> }.run { outcome to retryAfter })
            now.at += Duration.ofSeconds(11)
            assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery) { _, other -> tokens += other.token }.outcome)
        }
        assertEquals(InboxOutcome.LEASE_LOST to 503, late.outcome to late.httpStatus)
        assertTrue(tokens[1] > tokens[0], "$tokens")
        assertEquals(InboxOutcome.DUPLICATE, inbox.receive(delivery) { _, _ -> }.outcome)
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres"])
    fun `the effects of a transactional handler occur exactly once`(kind: String) {
        val table = "effects_${UUID.randomUUID().toString().replace('-', '_')}"
        execute(kind, "CREATE TABLE $table (name TEXT)")
        val inbox = TransactionalInbox(store(kind) as JdbcInboxStore, clock = now)
        val delivery = delivery()
        fun insert(connection: Connection) = connection.createStatement().use { it.execute("INSERT INTO $table VALUES ('x')") }
        val failed = inbox.receive(delivery) { _, connection ->
            insert(connection)
            throw IllegalStateException("the handler fails after its effect")
        }
        assertEquals(InboxOutcome.FAILED to 0, failed.outcome to count(kind, table))
        now.at += failed.retryAfter!!
        val threads = Executors.newFixedThreadPool(4)
        val outcomes = List(12) { threads.submit<InboxOutcome> { inbox.receive(delivery) { _, connection -> insert(connection) }.outcome } }.map { it.get() }
        threads.shutdown()
        assertEquals(1 to 1, count(kind, table) to outcomes.count { it == InboxOutcome.HANDLED })
        assertTrue(outcomes.all { it in setOf(InboxOutcome.HANDLED, InboxOutcome.DUPLICATE, InboxOutcome.BUSY) }, "$outcomes")
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres"])
    fun `a transactional handler cannot end the transaction`(kind: String) {
        val inbox = TransactionalInbox(store(kind) as JdbcInboxStore, clock = now)
        val ends = listOf<(Connection) -> Unit>({ it.commit() }, { it.rollback() }, { it.autoCommit = true }, { it.close() })
        for (end in ends) {
            val receipt = inbox.receive(delivery()) { _, connection -> end(connection) }
            assertEquals(InboxOutcome.FAILED, receipt.outcome)
            assertTrue(receipt.error!!.message!!.startsWith("the handler must not call "), "${receipt.error}")
        }
        val saved = inbox.receive(delivery()) { _, connection -> connection.rollback(connection.setSavepoint()) }
        assertEquals(InboxOutcome.HANDLED, saved.outcome) { "${saved.error}" }
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres"])
    fun `a transaction that a statement of the handler ended is an error`(kind: String) {
        val inbox = TransactionalInbox(store(kind) as JdbcInboxStore, clock = now)
        val ends = listOf<(Connection) -> Unit>(
            { connection -> connection.createStatement().use { it.execute("COMMIT") } },
            { connection -> connection.createStatement().use { it.execute("ROLLBACK") } },
            { connection -> connection.createStatement().use { it.connection.commit() } },
        )
        for (end in ends) {
            val error = assertThrows<IllegalStateException> { inbox.receive(delivery()) { _, connection -> end(connection) } }
            assertEquals("the handler ended the transaction: it must neither commit nor roll back", error.message)
        }
        assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery()) { _, _ -> }.outcome)
    }

    @Test
    fun `an error of PostgreSQL that the handler did not pass on is not a success`() {
        val inbox = TransactionalInbox(store("postgres") as JdbcInboxStore, clock = now)
        val delivery = delivery()
        val error = assertThrows<IllegalStateException> {
            inbox.receive(delivery) { _, connection -> runCatching { connection.createStatement().use { it.execute("SELECT 1 / 0") } } }
        }
        assertEquals("a statement of the handler failed, and it threw nothing: PostgreSQL rolls back", error.message)
        assertNull(error.cause, "a cause may quote values of rows")
        assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery) { _, _ -> }.outcome)
    }

    @Test
    fun `a role that may not make tables uses those that exist`() {
        assertEquals(InboxOutcome.HANDLED, LeasedInbox(store("postgres"), clock = now).receive(delivery()) { _, _ -> }.outcome)
        val role = "app_${UUID.randomUUID().toString().replace('-', '_')}"
        execute("postgres", "CREATE ROLE $role LOGIN")
        execute("postgres", "GRANT ALL ON hudhud_inbox, hudhud_inbox_version TO $role")
        val source = PGSimpleDataSource().apply {
            setURL("jdbc:postgresql://127.0.0.1:${port("HUDHUD_POSTGRES_PORT")}/postgres")
            user = role
        }
        assertEquals(InboxOutcome.HANDLED, LeasedInbox(JdbcInboxStore(source), clock = now).receive(delivery()) { _, _ -> }.outcome)
    }

    @Test
    fun `a file of SQLite that is locked is a busy receipt, also at the first use`() {
        val source = SQLiteDataSource().apply {
            url = (sqlite as SQLiteDataSource).url
            setBusyTimeout(10)
        }
        val delivery = delivery()
        val receive = listOf(
            { LeasedInbox(JdbcInboxStore(source), clock = now).receive(delivery) { _, _ -> } },
            { TransactionalInbox(JdbcInboxStore(source), clock = now).receive(delivery) { _, _ -> } },
        )
        sqlite.connection.use { other ->
            other.createStatement().use { statement ->
                statement.execute("BEGIN IMMEDIATE")
                for (each in receive) assertEquals(InboxOutcome.BUSY to Duration.ofSeconds(1), each().run { outcome to retryAfter })
                statement.execute("COMMIT")
            }
        }
        assertEquals(listOf(InboxOutcome.HANDLED, InboxOutcome.DUPLICATE), receive.map { it().outcome })
        val waits = TransactionalInbox(JdbcInboxStore(source), clock = now).receive(delivery()) { _, _ ->
            source.connection.use { second -> second.createStatement().use { it.execute("CREATE TABLE effects (name TEXT)") } }
        }
        assertEquals(InboxOutcome.FAILED, waits.outcome, "the handler waits for its own transaction")
    }

    @Test
    fun `tables of a later version are refused`() {
        val inbox = LeasedInbox(store("sqlite"), clock = now)
        assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery()) { _, _ -> }.outcome)
        execute("sqlite", "INSERT INTO hudhud_inbox_version VALUES (99)")
        val error = assertThrows<IllegalStateException> { LeasedInbox(store("sqlite"), clock = now).receive(delivery()) { _, _ -> } }
        assertEquals("the tables of the inbox have version 99, and this library knows 1: update hudhud", error.message)
    }

    @Test
    fun `after a failed rollback a connection commits nothing`() {
        val url = "jdbc:sqlite:${Files.createTempFile("inbox", ".db").toFile().apply { deleteOnExit() }}"
        val calls = mutableListOf<String>()
        val source = Proxy.newProxyInstance(javaClass.classLoader, arrayOf(DataSource::class.java)) { _, _, _ ->
            val own = DriverManager.getConnection(url)
            Proxy.newProxyInstance(javaClass.classLoader, arrayOf(Connection::class.java)) { _, method, arguments ->
                calls += method.name + arguments.orEmpty().filterIsInstance<Boolean>().joinToString(prefix = " ")
                if (method.name == "rollback") throw SQLException("the connection is lost")
                if (arguments == null) method.invoke(own) else method.invoke(own, *arguments)
            }
        } as DataSource
        val inbox = TransactionalInbox(JdbcInboxStore(source), clock = now)
        val failed = inbox.receive(delivery()) { _, connection ->
            calls.clear()
            connection.createStatement().use { it.execute("CREATE TABLE effects (name TEXT)") }
            throw IllegalStateException("a defect")
        }
        assertEquals("a defect", (failed.error as IllegalStateException).message)
        assertEquals("close ", calls[calls.indexOf("rollback ") + 1])
        assertFalse(DriverManager.getConnection(url).use { it.metaData.getTables(null, null, "effects", null).next() })
    }

    @Test
    fun `a store that fails after a handler keeps the exception of the handler`() {
        val own = store("memory")
        val failing = object : InboxStore by own {
            override fun replace(key: String, change: InboxChange): Boolean = throw SQLException("the store is lost")
        }
        val inbox = LeasedInbox(failing, clock = now)
        val lost = assertThrows<SQLException> { inbox.receive(delivery()) { _, _ -> throw IllegalStateException("a defect") } }
        assertEquals("a defect", lost.suppressed.single().message)
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "redis", "memory"])
    fun `a handler that suspends can be cancelled, and its attempt has failed`(kind: String): Unit = runBlocking(Dispatchers.Default) {
        val inbox = LeasedInbox(store(kind), clock = now)
        val delivery = delivery()
        val begun = CompletableDeferred<Unit>()
        val running = async {
            inbox.handle(delivery) { _, _ ->
                begun.complete(Unit)
                awaitCancellation()
            }
        }
        begun.await()
        running.cancelAndJoin()
        assertEquals(InboxOutcome.TOO_EARLY, inbox.receive(delivery) { _, _ -> }.outcome)
        now.at += Duration.ofHours(1)
        assertEquals(InboxOutcome.HANDLED, inbox.handle(delivery) { _, _ -> }.outcome)
    }

    @Test
    fun `an event is not leased without a holder if its coroutine is cancelled during the claim`(): Unit = runBlocking(Dispatchers.Default) {
        val memory = ForgetfulInboxStore()
        val claiming = CompletableDeferred<Unit>()
        val cancelled = CountDownLatch(1)
        val slow = object : InboxStore by memory {
            override fun putOrGet(key: String, change: InboxChange): ByteArray {
                claiming.complete(Unit)
                cancelled.await()
                return memory.putOrGet(key, change)
            }
        }
        val delivery = delivery()
        val running = async { LeasedInbox(slow, clock = now).handle(delivery) { _, _ -> error("the coroutine is cancelled") } }
        claiming.await()
        running.cancel()
        cancelled.countDown()
        running.join()
        assertEquals(InboxOutcome.TOO_EARLY, LeasedInbox(memory, clock = now).receive(delivery) { _, _ -> }.outcome)
    }

    @Test
    fun `an Error of the handler is thrown, and its attempt has failed`(): Unit = runBlocking {
        val inbox = LeasedInbox(ForgetfulInboxStore(), clock = now)
        val (first, second) = delivery() to delivery()
        assertThrows<NotImplementedError> { inbox.receive(first) { _, _ -> TODO() } }
        assertEquals(InboxOutcome.TOO_EARLY, inbox.receive(first) { _, _ -> }.outcome)
        assertThrows<NotImplementedError> { inbox.handle(second) { _, _ -> TODO() } }
        assertEquals(InboxOutcome.TOO_EARLY, inbox.receive(second) { _, _ -> }.outcome)
        val transactional = TransactionalInbox(JdbcInboxStore(sqlite), clock = now)
        assertThrows<NotImplementedError> { transactional.receive(first) { _, _ -> TODO() } }
        assertEquals(InboxOutcome.TOO_EARLY, transactional.receive(first) { _, _ -> }.outcome)
    }

    @Test
    fun `the result of an interrupted handler is stored, and its thread stays interrupted`() {
        val refusing = object : TransactionalInboxStore<Unit>, InboxStore by ForgetfulInboxStore() {
            val memory = ForgetfulInboxStore()

            override fun putOrGet(key: String, change: InboxChange): ByteArray = memory.putOrGet(key, change)

            override fun replace(key: String, change: InboxChange): Boolean {
                check(!Thread.currentThread().isInterrupted) { "a pool gives no connection to an interrupted thread" }
                return memory.replace(key, change)
            }

            override fun <T> transaction(use: Function<InboxTransaction<Unit>, T>): T = use.apply(
                object : InboxTransaction<Unit> {
                    override val connection = Unit

                    override fun putOrGet(key: String, change: InboxChange): ByteArray = change.entry

                    override fun replace(key: String, change: InboxChange): Boolean = true
                },
            )
        }
        val leased = LeasedInbox(refusing, clock = now)
        assertEquals(InboxOutcome.FAILED, leased.receive(delivery()) { _, _ -> throw InterruptedException() }.outcome)
        assertTrue(Thread.interrupted())
        assertEquals(InboxOutcome.HANDLED, leased.receive(delivery()) { _, _ -> Thread.currentThread().interrupt() }.outcome)
        assertTrue(Thread.interrupted())
        val transactional = TransactionalInbox(refusing, clock = now)
        assertEquals(InboxOutcome.FAILED, transactional.receive(delivery()) { _, _ -> throw InterruptedException() }.outcome)
        assertTrue(Thread.interrupted())
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres"])
    fun `a handler whose statement meets another transaction is a busy receipt, and no attempt`(kind: String) {
        val inbox = TransactionalInbox(store(kind) as JdbcInboxStore, maxAttempts = 1, clock = now)
        val delivery = delivery()
        val busy = inbox.receive(delivery) { _, _ -> throw SQLException("a deadlock", "40P01") }
        assertEquals(InboxOutcome.BUSY to Duration.ofSeconds(1), busy.outcome to busy.retryAfter)
        assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery) { _, _ -> }.outcome)
    }

    @Test
    fun `a busy store is a busy receipt, also during a clean-up`() {
        val busy = object : InboxStore by ForgetfulInboxStore() {
            override fun putOrGet(key: String, change: InboxChange): ByteArray = throw InboxBusyException("another process has the entry")

            override fun cleanUp(now: Instant): Int = throw InboxBusyException("another process has the entry")
        }
        val receipt = LeasedInbox(busy, clock = now).receive(delivery()) { _, _ -> error("the event is not claimed") }
        assertEquals(Triple(InboxOutcome.BUSY, 503, Duration.ofSeconds(1)), Triple(receipt.outcome, receipt.httpStatus, receipt.retryAfter))
    }

    @ParameterizedTest
    @ValueSource(strings = ["sqlite", "postgres", "memory"])
    fun `entries are deleted after their time`(kind: String) {
        val store = store(kind)
        val inbox = LeasedInbox(store, clock = now)
        val delivery = delivery()
        assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery) { _, _ -> }.outcome)
        now.at += Duration.ofHours(24)
        inbox.cleanUp()
        assertTrue(inbox.forget(delivery.replayKey), "the vendor can still repeat the delivery")
        assertEquals(InboxOutcome.HANDLED, inbox.receive(delivery) { _, _ -> }.outcome)
        now.at += Duration.ofHours(60)
        while (inbox.cleanUp() > 0) Unit
        assertFalse(inbox.forget(delivery.replayKey))
    }

    @Test
    fun `wrong settings are refused, and errors of a store are thrown`() {
        for (lease in listOf(Duration.ZERO, Duration.ofHours(2), Duration.ofSeconds(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
            val error = assertThrows<HudhudException.InvalidRequest> { LeasedInbox(ForgetfulInboxStore(), lease) }
            assertTrue("lease: expected a duration from 1 second to 1 hour" in error.message!!, error.message)
        }
        val error = assertThrows<HudhudException.InvalidRequest> { LeasedInbox(ForgetfulInboxStore(), maxAttempts = 0) }
        assertTrue("maxAttempts: expected a number of attempts >= 1" in error.message!!, error.message)
        val broken = IllegalStateException("the database is away")
        val store = object : InboxStore by ForgetfulInboxStore() {
            override fun putOrGet(key: String, change: InboxChange): ByteArray = throw broken
        }
        assertSame(broken, assertThrows<IllegalStateException> { LeasedInbox(store, clock = now).receive(delivery()) { _, _ -> } })
        val damaged = object : InboxStore by ForgetfulInboxStore() {
            override fun putOrGet(key: String, change: InboxChange): ByteArray = byteArrayOf(1, 2, 3)
        }
        assertThrows<HudhudException.InvalidRequest> { LeasedInbox(damaged, clock = now).receive(delivery()) { _, _ -> } }
    }
}
