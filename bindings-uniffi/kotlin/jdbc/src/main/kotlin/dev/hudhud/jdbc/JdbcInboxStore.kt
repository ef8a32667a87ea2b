// The entries of an inbox in a table, next to the rows of the program. The Python package and the crate `hudhud-sqlite` use the
// same tables.
package dev.hudhud.jdbc

import dev.hudhud.InboxBusyException
import dev.hudhud.InboxChange
import dev.hudhud.InboxTransaction
import dev.hudhud.TransactionalInboxStore
import java.lang.reflect.InvocationHandler
import java.lang.reflect.InvocationTargetException
import java.lang.reflect.Proxy
import java.sql.Connection
import java.sql.PreparedStatement
import java.sql.SQLException
import java.sql.Statement
import java.sql.Types
import java.time.Instant
import java.util.function.Function
import javax.sql.DataSource

/**
 * A store of an inbox in PostgreSQL or SQLite 3.35 and later, which may contain the rows of the program too.
 *
 * ```kotlin
 * val inbox = TransactionalInbox(JdbcInboxStore(dataSource))
 * ```
 *
 * The tables `hudhud_inbox` and `hudhud_inbox_version` are made at the first use. A transactional handler receives the connection
 * of the transaction. It must not commit, roll back or close it. Savepoints are allowed. SQLite writes one transaction at a time.
 * A setting that a handler makes with `SET` or `PRAGMA` may stay on a connection of a pool: use `SET LOCAL` in PostgreSQL.
 *
 * @param dataSource the data source. Use one with a pool, and set its time limits.
 */
public class JdbcInboxStore(private val dataSource: DataSource) : TransactionalInboxStore<Connection> {
    @Volatile private var hasTables = false
    private val cache = StatementCache()

    override fun <T> transaction(use: Function<InboxTransaction<Connection>, T>): T = inTransaction { open ->
        use.apply(open).also { open.checkIsOpen() }
    }

    override fun putOrGet(key: String, change: InboxChange): ByteArray = alone { it.putOrGet(key, change) }

    override fun replace(key: String, change: InboxChange): Boolean = alone { it.replace(key, change) }

    override fun cleanUp(now: Instant): Int = alone { open ->
        open.statement(CLEAN_UP) { statement ->
            statement.setLong(1, now.toEpochMilli())
            statement.setLong(2, now.toEpochMilli())
            statement.executeUpdate()
        }
    }

    override fun poisoned(): List<String> = alone { open ->
        open.statement(POISONED) { statement ->
            statement.executeQuery().use { rows -> generateSequence { if (rows.next()) rows.getString(1) else null }.toList() }
        }
    }

    override fun forget(key: String): Boolean = alone { open ->
        open.statement(FORGET) { statement ->
            statement.setString(1, key)
            statement.executeUpdate() == 1
        }
    }

    private class OfConnection(val own: Connection, private val cache: StatementCache) : InboxTransaction<Connection> {
        /** True while the handler has the connection. */
        var isHandling = false
            private set

        override val connection: Connection by lazy {
            statement("SAVEPOINT $SAVEPOINT") { it.execute() }
            isHandling = true
            guarded(own)
        }

        fun <T> statement(text: String, use: (PreparedStatement) -> T): T = cache.run(own, text, use)

        /**
         * Fails if the handler has ended the transaction by a statement: the savepoint does not exist then. It also fails if a
         * statement of the handler failed and the handler hid the error: PostgreSQL then refuses to release the savepoint, and a commit
         * would roll back.
         */
        fun checkIsOpen() {
            if (!isHandling) return
            try {
                statement("RELEASE SAVEPOINT $SAVEPOINT") { it.execute() }
            } catch (error: SQLException) {
                throw when {
                    // Its cause is the error of that statement, which may quote values of rows.
                    error.sqlState == "25P02" -> IllegalStateException("a statement of the handler failed, and it threw nothing: PostgreSQL rolls back")
                    error.sqlState in NO_SAVEPOINT || "no such savepoint" in error.message.orEmpty() ->
                        IllegalStateException("the handler ended the transaction: it must neither commit nor roll back", error)
                    else -> error
                }
            }
            isHandling = false
        }

        override fun putOrGet(key: String, change: InboxChange): ByteArray = statement(PUT_OR_GET) { statement ->
            statement.setNew(key, change)
            statement.executeQuery().use { row ->
                check(row.next()) { "the store returned no row" }
                // Outside of a transaction, SQLite commits when it has no more rows.
                row.getBytes(1).also { row.next() }
            }
        }

        override fun replace(key: String, change: InboxChange): Boolean {
            val expected = change.expected
            return statement(if (expected == null) INSERT else UPDATE) { statement ->
                if (expected == null) {
                    statement.setNew(key, change)
                } else {
                    statement.setString(1, change.status)
                    statement.setBytes(2, change.entry)
                    statement.setTime(3, change.forgetAt)
                    statement.setString(4, key)
                    statement.setBytes(5, expected)
                }
                statement.executeUpdate() == 1
            }
        }
    }

    private fun <T> inTransaction(use: (OfConnection) -> T): T = connected { open -> committed(open.own) { use(open) } }

    /** Runs a single statement, which needs no transaction if the connection commits each statement. */
    private fun <T> alone(use: (OfConnection) -> T): T =
        connected { open -> if (open.own.autoCommit) use(open) else committed(open.own) { use(open) } }

    private fun <T> connected(use: (OfConnection) -> T): T {
        var opened: OfConnection? = null
        return try {
            dataSource.connection.use { connection ->
                if (!hasTables) {
                    makeTables(connection)
                    hasTables = true
                }
                val open = OfConnection(connection, cache)
                opened = open
                use(open)
            }
        } catch (error: SQLException) {
            // A handler that uses a second connection to a file of SQLite waits for its own transaction. Its attempt has failed.
            val isBusy = isConflict(error) || (isLocked(error) && opened?.isHandling != true)
            throw if (isBusy) InboxBusyException("another process has the entry or the database: the vendor delivers again", error) else error
        }
    }

    /** Runs [use] in a transaction, and commits it. */
    private inline fun <T> committed(connection: Connection, use: () -> T): T {
        val commits = connection.autoCommit
        val result = try {
            if (commits) connection.autoCommit = false
            use().also { connection.commit() }
        } catch (error: Throwable) {
            // After a failed rollback, this setting would commit half of a handler. Closing rolls back.
            after(error) {
                connection.rollback()
                if (commits) connection.autoCommit = true
            }
            throw error
        }
        if (commits) connection.autoCommit = true
        return result
    }

    /** Runs [work] after an error. If [work] fails too, the first error is kept. */
    private inline fun after(error: Throwable, work: () -> Unit) {
        try {
            work()
        } catch (second: SQLException) {
            error.addSuppressed(second)
        }
    }

    /** Makes the tables, or changes those of an earlier version. */
    private fun makeTables(connection: Connection) {
        when (val product = connection.metaData.databaseProductName) {
            "SQLite" -> connection.createStatement().use { statement ->
                val commits = connection.autoCommit
                if (!commits) connection.autoCommit = true
                try {
                    useWriteAheadLog(statement)
                    statement.execute("BEGIN IMMEDIATE")
                    try {
                        migrate(statement, isNew = true, "BLOB", "INTEGER")
                        statement.execute("COMMIT")
                    } catch (error: Throwable) {
                        after(error) { statement.execute("ROLLBACK") }
                        throw error
                    }
                } finally {
                    if (!commits) connection.autoCommit = false
                }
            }
            "PostgreSQL" -> committed(connection) {
                connection.createStatement().use { statement ->
                    // Two sessions that make the tables at the same moment fail without the lock. The number is the text `hudhud`.
                    statement.execute("SELECT pg_advisory_xact_lock(114853405029732)")
                    // `CREATE TABLE IF NOT EXISTS` needs the right to make tables even if the table exists.
                    val isNew = statement.executeQuery("SELECT to_regclass('hudhud_inbox_version') IS NULL").use { it.next(); it.getBoolean(1) }
                    migrate(statement, isNew, "BYTEA", "BIGINT")
                }
            }
            else -> throw IllegalArgumentException("dataSource: expected PostgreSQL or SQLite, not $product")
        }
    }

    private fun migrate(statement: Statement, isNew: Boolean, blob: String, integer: String) {
        if (isNew) statement.execute("CREATE TABLE IF NOT EXISTS hudhud_inbox_version (version $integer NOT NULL)")
        val version = statement.executeQuery("SELECT max(version) FROM hudhud_inbox_version").use { it.next(); it.getInt(1) }
        val steps = steps(blob, integer)
        check(version <= steps.size) { "the tables of the inbox have version $version, and this library knows ${steps.size}: update hudhud" }
        for (number in version + 1..steps.size) {
            steps[number - 1].forEach { statement.execute(it) }
            statement.execute("INSERT INTO hudhud_inbox_version (version) VALUES ($number)")
        }
    }

    /**
     * Sets the mode in which readers do not wait for writers. The database keeps it. While another process writes, SQLite refuses the
     * change without a wait. The store works without it too.
     */
    private fun useWriteAheadLog(statement: Statement) {
        try {
            statement.execute("PRAGMA journal_mode = WAL")
        } catch (error: SQLException) {
            if (!isLocked(error)) throw error
        }
    }

    /** Returns the name of the class. */
    override fun toString(): String = "JdbcInboxStore"

    private companion object {
        const val VALUES = "INSERT INTO hudhud_inbox (key, status, entry, forget_at) VALUES (?, ?, ?, ?)"

        /** On a conflict this locks and returns the row. */
        const val PUT_OR_GET = "$VALUES ON CONFLICT (key) DO UPDATE SET entry = hudhud_inbox.entry RETURNING entry"
        const val INSERT = "$VALUES ON CONFLICT (key) DO NOTHING"
        const val UPDATE = "UPDATE hudhud_inbox SET status = ?, entry = ?, forget_at = ? WHERE key = ? AND entry = ?"

        /** If another transaction has prolonged the row meanwhile, PostgreSQL checks the outer condition again. */
        const val CLEAN_UP = "DELETE FROM hudhud_inbox WHERE forget_at <= ? AND key IN " +
            "(SELECT key FROM hudhud_inbox WHERE forget_at <= ? LIMIT 1000)"
        const val POISONED = "SELECT key FROM hudhud_inbox WHERE status = 'poisoned' ORDER BY key"
        const val FORGET = "DELETE FROM hudhud_inbox WHERE key = ?"

        /** The statements that lead from one version of the tables to the next. Released steps never change. */
        fun steps(blob: String, integer: String) = listOf(
            listOf(
                "CREATE TABLE hudhud_inbox (key TEXT PRIMARY KEY, status TEXT NOT NULL, entry $blob NOT NULL, forget_at $integer)",
                "CREATE INDEX hudhud_inbox_forget_at ON hudhud_inbox (forget_at) WHERE forget_at IS NOT NULL",
                "CREATE INDEX hudhud_inbox_poisoned ON hudhud_inbox (key) WHERE status = 'poisoned'",
            ),
        )

        /** The savepoint at which the handler begins. */
        const val SAVEPOINT = "hudhud_inbox_handler"

        /** PostgreSQL's states for a savepoint that does not exist, and for no transaction. */
        val NO_SAVEPOINT = setOf("3B001", "25P01")

        /** Returns true for PostgreSQL's states for lock timeouts, deadlocks and conflicts of serializable transactions. */
        fun isConflict(error: SQLException): Boolean = error.sqlState in setOf("55P03", "40P01", "40001")

        /** Returns true for SQLite's codes for locks. */
        fun isLocked(error: SQLException): Boolean = error.javaClass.name.startsWith("org.sqlite.") && error.errorCode and 0xFF in 5..6

        fun PreparedStatement.setNew(key: String, change: InboxChange) {
            setString(1, key)
            setString(2, change.status)
            setBytes(3, change.entry)
            setTime(4, change.forgetAt)
        }

        fun PreparedStatement.setTime(at: Int, time: Instant?) = if (time == null) setNull(at, Types.BIGINT) else setLong(at, time.toEpochMilli())

        /** The methods that would end the transaction of the inbox. */
        val ENDS = setOf("commit", "close", "abort", "setAutoCommit")

        /** Returns a connection that refuses to end the transaction. */
        fun guarded(own: Connection): Connection {
            val handler = InvocationHandler { _, method, arguments ->
                val ends = method.name in ENDS || (method.name == "rollback" && arguments == null)
                check(!ends) { "the handler must not call ${method.name}: the inbox ends the transaction" }
                try {
                    if (arguments == null) method.invoke(own) else method.invoke(own, *arguments)
                } catch (error: InvocationTargetException) {
                    throw error.targetException
                }
            }
            return Proxy.newProxyInstance(Connection::class.java.classLoader ?: JdbcInboxStore::class.java.classLoader, arrayOf(Connection::class.java), handler) as Connection
        }
    }
}
