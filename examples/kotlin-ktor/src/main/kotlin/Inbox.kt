// The requests for help that have arrived, in an SQLite file.
import java.sql.DriverManager

/** Stores requests for help until they are answered. Threads can share an inbox. */
class Inbox(path: String) : AutoCloseable {
    /** A request for help that is not answered yet. */
    data class Stored(val key: String, val number: String)

    // Each statement is its own transaction.
    private val database = DriverManager.getConnection("jdbc:sqlite:$path")

    init {
        run("CREATE TABLE IF NOT EXISTS inbox (key TEXT PRIMARY KEY, number TEXT, until INTEGER, done INTEGER DEFAULT 0)")
    }

    /** Stores a request until [until], in Unix seconds. A second delivery of the same event finds the row of the first. */
    fun store(key: String, number: String, until: Long?): Unit =
        run("INSERT OR IGNORE INTO inbox (key, number, until) VALUES (?, ?, ?)", key, number, until)

    /** Returns the oldest request that is not answered, or null. */
    @Synchronized
    fun next(): Stored? =
        database.prepareStatement("SELECT key, number FROM inbox WHERE done = 0 ORDER BY rowid LIMIT 1").use { query ->
            query.executeQuery().use { if (it.next()) Stored(it.getString(1), it.getString(2)) else null }
        }

    /** Marks a request as answered. Its key stays, because the vendor may deliver the event again. */
    fun finish(key: String): Unit = run("UPDATE inbox SET done = 1, number = NULL WHERE key = ?", key)

    /** Deletes the answered requests whose time has passed at [now], in Unix seconds. */
    fun forget(now: Long): Unit = run("DELETE FROM inbox WHERE done = 1 AND until < ?", now)

    @Synchronized
    private fun run(statement: String, vararg values: Any?) {
        database.prepareStatement(statement).use { prepared ->
            values.forEachIndexed { at, value -> prepared.setObject(at + 1, value) }
            prepared.executeUpdate()
        }
    }

    @Synchronized
    override fun close(): Unit = database.close()
}
