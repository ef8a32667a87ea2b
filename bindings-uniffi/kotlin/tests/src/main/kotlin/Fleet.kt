// One of the processes of `cargo xtask fleet`, which share the limits of a key by a store. It prints a line for each event.
//
// It reads the variables `FLEET_…`, and sends `FLEET_SENDS` messages at once and an urgent one every `FLEET_URGENT` seconds.
package dev.hudhud.fleet

import dev.hudhud.*
import dev.hudhud.databases.OneConnection
import dev.hudhud.jdbc.JdbcRateLimiterStore
import dev.hudhud.redis.RedisRateLimiterStore
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.util.HexFormat
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.postgresql.ds.PGSimpleDataSource
import org.sqlite.SQLiteDataSource
import redis.clients.jedis.RedisClient

private fun given(name: String): String = checkNotNull(System.getenv("FLEET_$name")) { "FLEET_$name is not set" }

private fun now(): Double = System.currentTimeMillis() / 1e3

private object Statuses : Observer {
    override fun begin(call: CallDescription): CallObserver = object : CallObserver {
        override fun event(event: CallEvent) {
            if (event is CallEvent.AttemptEnded) println("attempt ${now()} ${event.attempt.status ?: 0}")
        }

        override fun end(end: CallEnd) {}
    }
}

/** The store in the Durable Object of another process, which a Worker makes available over HTTP. */
private class ObjectStore(port: String) : RateLimiterStore {
    private val url = URI("http://127.0.0.1:$port/state")
    private val http = HttpClient.newHttpClient()

    override fun load(): ByteArray? {
        val response = http.send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofByteArray())
        check(response.statusCode() in listOf(200, 204)) { "the object's Worker answered ${response.statusCode()}" }
        return response.body().takeIf { response.statusCode() == 200 }
    }

    override fun swap(old: ByteArray?, new: ByteArray): Boolean {
        val request = HttpRequest.newBuilder(url).PUT(BodyPublishers.ofByteArray(new))
        if (old == null) request.header("If-None-Match", "*") else request.header("If-Match", "\"${HexFormat.of().formatHex(old)}\"")
        val status = http.send(request.build(), BodyHandlers.discarding()).statusCode()
        check(status in listOf(204, 412)) { "the object's Worker answered $status" }
        return status == 204
    }
}

private fun opened(): RateLimiterStore {
    val (kind, address) = given("STORE").split(":", limit = 2)
    return when (kind) {
        "sqlite" -> JdbcRateLimiterStore(SQLiteDataSource().apply { url = "jdbc:sqlite:$address" }, "fleet")
        "redis" -> RedisRateLimiterStore(RedisClient.create("127.0.0.1", address.toInt()), "fleet")
        "durable-object" -> ObjectStore(address)
        else -> JdbcRateLimiterStore(
            OneConnection(PGSimpleDataSource().apply { setURL("jdbc:postgresql://127.0.0.1:$address/postgres"); user = "hudhud" }),
            "fleet",
        )
    }
}

fun main(): Unit = runBlocking(Dispatchers.Default) {
    val (first, sends) = given("FIRST").toInt() to given("SENDS").toInt()
    val every = (given("URGENT").toDouble() * 1e3).toLong()
    val zagely = Zagely(
        given("PUBLIC"), given("SECRET"), baseUrl = given("BASE_URL"), settings = Settings(sessionId = given("SESSION")),
        observer = Statuses, rateLimiter = RateLimiter(opened()),
    )
    val bulk = List(sends) {
        async {
            zagely.messages.send(SendMessage(to = "+1555%07d".format(first + it), message = "hi"))
            println("arrived ${now()}")
        }
    }
    val urgent = launch {
        while (true) {
            delay(every)
            val begun = now()
            zagely.messages.send(SendMessage(to = "+15559999999", message = "hi"), CallOptions(lane = Lane.URGENT))
            println("urgent ${now()} ${now() - begun}")
        }
    }
    bulk.awaitAll()
    urgent.cancel()
}
