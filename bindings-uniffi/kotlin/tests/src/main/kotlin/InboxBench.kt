// `cargo xtask bench kotlin inbox`: compares a receiver with an inbox with one that is written by hand on the same store.
//
// Each turn handles a batch of deliveries in both, and the ratio is the median over the turns. A ratio above 1 means that the inbox
// is faster, or needs less time of the processor.
package dev.hudhud.bench

import com.sun.management.OperatingSystemMXBean
import dev.hudhud.LeasedInbox
import dev.hudhud.TransactionalInbox
import dev.hudhud.Webhook
import dev.hudhud.databases.OneConnection
import dev.hudhud.jdbc.JdbcInboxStore
import dev.hudhud.signDelivery
import java.lang.management.ManagementFactory
import java.nio.file.Files
import java.sql.Connection
import javax.sql.DataSource
import org.sqlite.SQLiteDataSource

private const val ROUNDS = 31
private const val BATCH = 200

/** A delivery as it arrives: its headers and its body. */
private typealias Delivery = Pair<Map<String, String>, ByteArray>

/** A database in a folder that is deleted at the end of the program. */
private fun database(name: String): DataSource {
    val folder = Files.createTempDirectory("hudhud-bench").toFile()
    Runtime.getRuntime().addShutdownHook(Thread { folder.deleteRecursively() })
    val source = OneConnection(SQLiteDataSource().apply { url = "jdbc:sqlite:$folder/$name.db" })
    source.connection.createStatement().use {
        it.execute("PRAGMA journal_mode = WAL")
        it.execute("CREATE TABLE effects (key TEXT NOT NULL)")
    }
    return source
}

/** Compares deliveries per second, and the time of the processor. */
internal fun measureInbox() {
    println("%-58s %10s %10s %7s".format("an inbox in SQLite against a receiver by hand", "inbox", "by hand", "ratio"))
    val webhook = Webhook(SECRET)
    val (transactional, leased) = database("transactional") to database("leased")
    val inTransaction = TransactionalInbox(JdbcInboxStore(transactional))
    val inLease = LeasedInbox(JdbcInboxStore(leased))
    val (oneHand, otherHand) = database("one") to database("other")
    compare("transactional", { (headers, body) ->
        val delivery = webhook.receive(headers, body)
        inTransaction.receive(delivery) { _, connection -> effect(connection, delivery.replayKey) }.httpStatus
    }, transactionByHand(oneHand))
    compare("leased", { (headers, body) ->
        inLease.receive(webhook.receive(headers, body)) { _, lease -> effect(leased.connection, lease.idempotencyKey) }.httpStatus
    }, leaseByHand(otherHand))
}

private fun effect(connection: Connection, key: String) {
    connection.prepareStatement("INSERT INTO effects VALUES (?)").use { it.apply { setString(1, key) }.execute() }
}

/** Verifies by hand, and writes the mark and the effect in one transaction. */
private fun transactionByHand(source: DataSource): (Delivery) -> Int {
    source.connection.createStatement().use { it.execute("CREATE TABLE seen (key TEXT PRIMARY KEY)") }
    return { (headers, body) ->
        val key = checkNotNull(verifiedByHand(headers, body).delivery_id)
        source.connection.use { connection ->
            connection.autoCommit = false
            val isNew = connection.prepareStatement("INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING").use {
                it.setString(1, key)
                it.executeUpdate() == 1
            }
            if (isNew) effect(connection, key)
            connection.commit()
            connection.autoCommit = true
        }
        200
    }
}

/** Verifies by hand, claims the delivery, has the effect, and marks the delivery as done: three transactions. */
private fun leaseByHand(source: DataSource): (Delivery) -> Int {
    source.connection.createStatement().use {
        it.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, is_done INTEGER NOT NULL, until INTEGER NOT NULL)")
    }
    return { (headers, body) ->
        val key = checkNotNull(verifiedByHand(headers, body).delivery_id)
        val claim = "INSERT INTO seen VALUES (?, 0, ?) ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE NOT is_done AND until < ?"
        val connection = source.connection
        val now = System.currentTimeMillis()
        val isMine = connection.prepareStatement(claim).use {
            it.setString(1, key)
            it.setLong(2, now + 60_000)
            it.setLong(3, now)
            it.executeUpdate() == 1
        }
        if (isMine) {
            effect(connection, key)
            connection.prepareStatement("UPDATE seen SET is_done = 1 WHERE key = ?").use { it.apply { setString(1, key) }.executeUpdate() }
        }
        200
    }
}

private var number = 0

/** Returns new deliveries. */
private fun deliveries(): List<Delivery> = List(BATCH) {
    number += 1
    val body = """{"event":"message.received","tenant_id":"t-1","delivery_id":"d-$number","occurred_at":"2026-04-21T10:30:00Z","data":{"contact":{"id":"c-1","name":"Jane Doe","phone_number":"+15551234567","email":null},"channel":"whatsapp","content":"Hello"}}""".toByteArray()
    signDelivery(SECRET, body, (System.currentTimeMillis() / 1000).toULong()).associate { it.name to it.value } to body
}

private fun compare(name: String, ours: (Delivery) -> Int, theirs: (Delivery) -> Int) {
    val system = ManagementFactory.getOperatingSystemMXBean() as OperatingSystemMXBean
    /** Returns the microseconds per delivery, and those of the processor. */
    fun micros(receive: (Delivery) -> Int): Pair<Double, Double> {
        val all = deliveries()
        val (begun, used) = System.nanoTime() to system.processCpuTime
        for (one in all) check(receive(one) == 200)
        return (System.nanoTime() - begun) / 1e3 / BATCH to (system.processCpuTime - used) / 1e3 / BATCH
    }
    repeat(10) { micros(ours) to micros(theirs) }
    // The order alternates: a slow phase of the machine affects both sides of a turn.
    val rounds = List(ROUNDS) { if (it % 2 == 0) micros(ours) to micros(theirs) else micros(theirs).let { other -> micros(ours) to other } }
    fun median(of: (Pair<Pair<Double, Double>, Pair<Double, Double>>) -> Double) = rounds.map(of).sorted()[rounds.size / 2]
    val perSecond = median { (one, _) -> 1e6 / one.first } to median { (_, other) -> 1e6 / other.first }
    println("%-58s %10.0f %10.0f %7.2f".format("$name: deliveries per second", perSecond.first, perSecond.second, median { (one, other) -> other.first / one.first }))
    val used = median { (one, _) -> one.second } to median { (_, other) -> other.second }
    println("%-58s %7.1f us %7.1f us %7.2f".format("$name: the processor's time", used.first, used.second, median { (one, other) -> other.second / one.second }))
}
