// Prepared statements that stay open with their connection. SQLite takes longer to prepare a statement than to run it.
package dev.hudhud.jdbc

import java.sql.Connection
import java.sql.PreparedStatement
import java.sql.SQLException
import java.util.concurrent.ConcurrentHashMap

/**
 * Keeps the prepared statements of each connection to SQLite. The driver of PostgreSQL does so itself.
 *
 * A pool wraps a connection each time it lends it. The statements belong to the connection inside the wrapper.
 * One thread at a time uses a connection.
 */
internal class StatementCache {
    private val all = ConcurrentHashMap<Connection, HashMap<String, PreparedStatement>>()

    /** Runs [use] with a prepared statement. The statement must have no open rows at its end. */
    inline fun <T> run(connection: Connection, text: String, use: (PreparedStatement) -> T): T {
        val cached = of(connection) ?: return connection.prepareStatement(text).use(use)
        val (inside, statements) = cached
        val statement = statements[text] ?: inside.prepareStatement(text).also { statements[text] = it }
        try {
            // The values may be personal. They must not stay in memory.
            return use(statement).also { statement.clearParameters() }
        } catch (error: Throwable) {
            // The driver closes a statement after some errors.
            statements.remove(text)
            try {
                statement.close()
            } catch (second: SQLException) {
                error.addSuppressed(second)
            }
            throw error
        }
    }

    /** Returns the connection inside the wrapper of a pool, and its statements, or null for another driver. */
    fun of(connection: Connection): Pair<Connection, HashMap<String, PreparedStatement>>? {
        val inside = try {
            connection.unwrap(Connection::class.java)
        } catch (_: SQLException) {
            return null
        }
        if (!inside.javaClass.name.startsWith("org.sqlite.")) return null
        val statements = all[inside] ?: HashMap<String, PreparedStatement>().also { made ->
            // The driver has closed the statements of a closed connection.
            all.keys.removeIf { it.isClosed }
            all[inside] = made
        }
        return inside to statements
    }
}
