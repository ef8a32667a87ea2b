// The state of a rate limiter in a table. The Python package and the crate `hudhud-sqlite` use the same table.
package dev.hudhud.jdbc

import dev.hudhud.RateLimiterStore
import java.sql.Connection
import javax.sql.DataSource

/**
 * A store of a rate limiter in PostgreSQL or SQLite, through which processes share the limits of a key.
 *
 * ```kotlin
 * val limiter = RateLimiter(JdbcRateLimiterStore(dataSource, "zagely:main"))
 * val zagely = Zagely.fromEnv(rateLimiter = limiter)
 * ```
 *
 * Each use takes a connection of the data source for one statement and returns it. Use a data source with a pool, and set its
 * time limits: calls wait while the store is used. The table `hudhud_rate_limiter` is made at the first use.
 *
 * @param dataSource the data source.
 * @param name the name of the limiter. Use one for each key of the vendor.
 */
public class JdbcRateLimiterStore(private val dataSource: DataSource, private val name: String) : RateLimiterStore {
    @Volatile private var hasTable = false

    override fun load(): ByteArray? = connected { connection ->
        connection.prepareStatement(LOAD).use { statement ->
            statement.setString(1, name)
            statement.executeQuery().use { if (it.next()) it.getBytes(1) else null }
        }
    }

    override fun swap(old: ByteArray?, new: ByteArray): Boolean = connected { connection ->
        connection.prepareStatement(if (old == null) INSERT else UPDATE).use { statement ->
            if (old == null) {
                statement.setString(1, name)
                statement.setBytes(2, new)
            } else {
                statement.setBytes(1, new)
                statement.setString(2, name)
                statement.setBytes(3, old)
            }
            statement.executeUpdate() == 1
        }
    }

    private inline fun <T> connected(use: (Connection) -> T): T = dataSource.connection.use { connection ->
        val commits = connection.autoCommit
        if (!commits) connection.autoCommit = true
        try {
            if (!hasTable) {
                makeTable(connection)
                hasTable = true
            }
            use(connection)
        } finally {
            if (!commits) connection.autoCommit = false
        }
    }

    private fun makeTable(connection: Connection) {
        val product = connection.metaData.databaseProductName
        connection.createStatement().use { statement ->
            when (product) {
                "SQLite" -> statement.execute(TABLE.format("BLOB"))
                "PostgreSQL" -> {
                    // `CREATE TABLE IF NOT EXISTS` needs the right to make tables even if the table exists.
                    val isNew = statement.executeQuery(IS_NEW).use { it.next() && it.getBoolean(1) }
                    // Two sessions that make the table at the same moment fail without the lock. The number is the text `hudhud`.
                    // Statements that are sent together are one transaction.
                    if (isNew) statement.execute("SELECT pg_advisory_xact_lock(114853405029732); ${TABLE.format("BYTEA")}")
                }
                else -> throw IllegalArgumentException("dataSource: expected PostgreSQL or SQLite, not $product")
            }
        }
    }

    /** Returns the name of the class and of the limiter. */
    override fun toString(): String = "JdbcRateLimiterStore($name)"

    private companion object {
        const val IS_NEW = "SELECT to_regclass('hudhud_rate_limiter') IS NULL"
        const val TABLE = "CREATE TABLE IF NOT EXISTS hudhud_rate_limiter (name TEXT PRIMARY KEY, state %s NOT NULL)"
        const val LOAD = "SELECT state FROM hudhud_rate_limiter WHERE name = ?"
        const val INSERT = "INSERT INTO hudhud_rate_limiter (name, state) VALUES (?, ?) ON CONFLICT DO NOTHING"
        const val UPDATE = "UPDATE hudhud_rate_limiter SET state = ? WHERE name = ? AND state = ?"
    }
}
