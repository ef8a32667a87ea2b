// An inbox over a pool of connections to SQLite. The inbox keeps its prepared statements with each connection.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.jdbc.JdbcInboxStore
import dev.hudhud.testing.sign
import java.nio.file.Files
import java.sql.Connection
import java.time.Duration
import java.time.Instant
import java.util.UUID
import javax.sql.DataSource
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.ValueSource
import org.sqlite.SQLiteDataSource

class StatementCacheTest {
    private val file = Files.createTempFile("cache", ".db").toFile().apply { deleteOnExit() }
    private val source = SQLiteDataSource().apply {
        url = "jdbc:sqlite:$file"
        setBusyTimeout(10)
    }

    /** A pool of one connection, which wraps it for each loan and refuses a second loan at the same time. */
    private inner class Pool(private val commits: Boolean) : DataSource by source {
        var inside: Connection = source.connection
        private var isLent = false
        var statements = 0
            private set

        override fun getConnection(): Connection {
            check(!isLent) { "the pool has one connection" }
            if (inside.isClosed) inside = source.connection
            isLent = true
            inside.autoCommit = commits
            return object : Connection by inside {
                override fun prepareStatement(sql: String?) = inside.prepareStatement(sql).also { statements += 1 }

                override fun close() {
                    isLent = false
                    if (!inside.isClosed && !inside.autoCommit) inside.rollback()
                }
            }
        }
    }

    private fun delivery(): VerifiedDelivery {
        val body = """{"event":"webhook.test","delivery_id":"${UUID.randomUUID()}","data":{"message":"hi"}}""".toByteArray()
        return Webhook("whsec_test").receive(sign("whsec_test", body, Instant.now()), body)
    }

    private fun count(table: String): Int = source.connection.use { connection ->
        connection.createStatement().use { it.executeQuery("SELECT count(*) FROM $table").use { row -> row.next(); row.getInt(1) } }
    }

    @ParameterizedTest
    @ValueSource(booleans = [true, false])
    fun `statements are prepared once, and deliveries are handled as with other connections`(commits: Boolean) {
        val pool = Pool(commits)
        val inbox = TransactionalInbox(JdbcInboxStore(pool))
        val leased = LeasedInbox(JdbcInboxStore(pool))
        source.connection.use { it.createStatement().use { run -> run.execute("CREATE TABLE effects (number INTEGER UNIQUE)") } }
        for (number in 1..5) {
            val (one, other) = delivery() to delivery()
            val handler = TransactionalHandler<Connection> { _, connection ->
                // Changes of the tables make SQLite prepare the cached statements again.
                connection.createStatement().use { it.execute("CREATE TABLE table_$number (x)") }
                connection.createStatement().use { it.execute("INSERT INTO effects VALUES ($number)") }
            }
            assertEquals(listOf(InboxOutcome.HANDLED, InboxOutcome.DUPLICATE), List(2) { inbox.receive(one, handler).outcome })
            assertEquals(listOf(InboxOutcome.HANDLED, InboxOutcome.DUPLICATE), List(2) { leased.receive(other) { _, _ -> }.outcome })
            val failed = inbox.receive(delivery()) { _, connection ->
                connection.createStatement().use { it.execute("INSERT INTO effects VALUES ($number)") }
            }
            assertEquals(InboxOutcome.FAILED, failed.outcome)
            assertEquals(number, count("effects"))
        }
        assertEquals(0, pool.statements, "the inbox prepares its statements with the connection inside the wrapper")
    }

    @Test
    fun `a locked file or a closed connection does not spoil later deliveries`() {
        val pool = Pool(commits = true)
        val receive = listOf(
            { LeasedInbox(JdbcInboxStore(pool)).let { inbox -> { inbox.receive(delivery()) { _, _ -> } } } },
            { TransactionalInbox(JdbcInboxStore(pool)).let { inbox -> { inbox.receive(delivery()) { _, _ -> } } } },
        ).map { it() }
        for (each in receive) assertEquals(InboxOutcome.HANDLED, each().outcome)
        source.connection.use { other ->
            other.createStatement().use { statement ->
                statement.execute("BEGIN IMMEDIATE")
                for (each in receive) assertEquals(InboxOutcome.BUSY to Duration.ofSeconds(1), each().run { outcome to retryAfter })
                statement.execute("COMMIT")
            }
        }
        for (each in receive) assertEquals(InboxOutcome.HANDLED, each().outcome)
        val before = pool.inside
        before.close()
        for (each in receive) assertEquals(InboxOutcome.HANDLED, each().outcome)
        assertTrue(pool.inside !== before)
        assertEquals(6, count("hudhud_inbox"))
    }
}
