// The rate limiter of a client, against the sandbox with a limit per minute.
//
// HUDHUD_SENDS is the number of sends at once, and HUDHUD_LIMIT the limit per minute. `cargo xtask soak` sets them to 10,000
// and 3,000.
package dev.hudhud.tests

import dev.hudhud.*
import java.time.Duration
import java.util.concurrent.CompletionException
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.Executors
import kotlin.concurrent.thread
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.joinAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertInstanceOf
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import tools.jackson.databind.json.JsonMapper

/** The time of each attempt's end, in seconds since the observer was made, and its status. */
private class Statuses : Observer {
    private val begun = System.nanoTime()
    val ended = ConcurrentLinkedQueue<Pair<Double, Int?>>()

    override fun begin(call: CallDescription): CallObserver = object : CallObserver {
        override fun event(event: CallEvent) {
            if (event is CallEvent.AttemptEnded) ended.add((System.nanoTime() - begun) / 1e9 to event.attempt.status)
        }

        override fun end(end: CallEnd) {}
    }

    /** The number of attempts by status. */
    fun counts(): Map<Int?, Int> = ended.groupingBy { it.second }.eachCount()
}

class RateLimiterTest {
    private val sends = (System.getenv("HUDHUD_SENDS") ?: "400").toInt()
    private val limit = (System.getenv("HUDHUD_LIMIT") ?: "3000").toInt()

    private fun message(number: Int) =
        SendMessage(to = "+1555%07d".format(number), message = "hi", sessionId = Sandbox.readyText("session_id"))

    /** Returns a new key of the sandbox with a limit per minute: its public and its secret part. */
    private fun key(perMinute: Int): Pair<String, String> {
        val key = JsonMapper().readTree(Sandbox.admin("POST", "/keys", """{"limits":{"per_minute":$perMinute}}"""))
        return key["public_key"].asString() to key["secret_key"].asString()
    }

    private fun zagely(
        key: Pair<String, String>, rateLimiter: RateLimiter? = RateLimiter(), observer: Observer? = null, settings: Settings = Settings(),
    ) = Zagely(
        key.first, key.second, baseUrl = Sandbox.readyText("zagely_base_url"), settings = settings, observer = observer,
        rateLimiter = rateLimiter,
    )

    /** Returns a client whose requests all succeed, under a limit per minute. */
    private fun answered(perMinute: Int, rateLimiter: RateLimiter?, body: String = """{"message_id":"m-1"}""") = Zagely(
        "pk_a", "sk_b",
        { Response(200, listOf(Header("X-RateLimit-Limit", "$perMinute"), Header("Content-Type", "application/json")), body.toByteArray()) },
        rateLimiter = rateLimiter,
    )

    private val text = SendMessage(to = "+15550000001", message = "hi", sessionId = "s-1")
    private val soon = CallOptions(deadline = Duration.ofMillis(10))

    /** Sends until a call would have to wait, and returns its exception. */
    private fun useUp(client: Zagely, options: CallOptions = soon): HudhudException.WaitTooLong = assertThrows {
        repeat(1000) { client.blocking.messages.send(text, options) }
    }

    @Test
    fun `all sends at once arrive`(): Unit = runBlocking(Dispatchers.Default) {
        val statuses = Statuses()
        val zagely = zagely(key(limit), observer = statuses)
        val sent = List(sends) { async { zagely.messages.send(message(it)).messageId } }.awaitAll()
        assertEquals(sends, sent.toSet().size)
        val took = statuses.ended.maxOf { it.first }
        val whole = (took / 60).toInt()
        val used = statuses.ended.count { it.second == 201 && it.first > 60 && it.first < 60 * whole } /
            (limit * maxOf(whole - 1, 1)).toDouble()
        println("%d sends in %.0f s, %s, %.1f %% of the limit used".format(sends, took, statuses.counts(), 100 * used))
        if (sends < limit) assertEquals(mapOf<Int?, Int>(201 to sends), statuses.counts())
        assertTrue(statuses.ended.count { it.second == 429 && it.first > 60 } * 1000 <= sends)
        assertTrue(sends < 3 * limit || used >= 0.97)
    }

    @Test
    fun `threads and futures share the limiter`() {
        val statuses = Statuses()
        val zagely = zagely(key(600), observer = statuses)
        val threads = Executors.newFixedThreadPool(16)
        val blocking = List(40) { threads.submit<String?> { zagely.blocking.messages.send(message(it)).messageId } }
        val futures = List(40) { zagely.async.messages.send(message(100 + it)) }
        val ids = blocking.map { it.get() } + futures.map { it.join().messageId }
        threads.shutdown()
        assertEquals(80, ids.toSet().size)
        assertEquals(mapOf<Int?, Int>(201 to 80), statuses.counts())
    }

    @Test
    fun `without a limiter requests leave at once`() {
        val statuses = Statuses()
        val zagely = zagely(key(20), null, statuses, Settings(retry = RetryPolicy(1)))
        assertThrows<HudhudException.RateLimited> { repeat(40) { zagely.blocking.messages.send(message(it)) } }
        assertEquals(mapOf<Int?, Int>(201 to 20, 429 to 1), statuses.counts())
    }

    @Test
    fun `clients of one key share a limiter`(): Unit = runBlocking(Dispatchers.Default) {
        val (key, limiter, statuses) = Triple(key(600), RateLimiter(), Statuses())
        val clients = List(3) { zagely(key, limiter, statuses) }
        val sent = List(75) { async { clients[it % 3].messages.send(message(it)).messageId } }.awaitAll()
        assertEquals(75, sent.toSet().size)
        assertEquals(mapOf<Int?, Int>(201 to 75), statuses.counts())
        // Another client of the same limiter has to wait, because the first one has used the burst.
        val shared = RateLimiter()
        useUp(answered(60, shared))
        assertThrows<HudhudException.WaitTooLong> { answered(60, shared).blocking.messages.send(text, soon) }
        answered(60, RateLimiter()).blocking.messages.send(text, soon)
    }

    @Test
    fun `a turn after the deadline is an exception that says how long`() {
        val limiter = RateLimiter()
        val zagely = answered(60, limiter)
        val error = useUp(zagely)
        val failure = error.failure
        assertEquals("wait_too_long", failure.kind)
        assertEquals(0, failure.attempts)
        assertTrue(failure.safeToRetry && !failure.mayHaveHappened)
        assertTrue(failure.retryAfter!! in Duration.ofMillis(1)..Duration.ofSeconds(2), "${failure.retryAfter}")
        assertTrue("The client's rate limiter did not send the call" in error.message, error.message)
        assertTrue(error.message.endsWith("or with a later deadline."), error.message)
        assertEquals(0, limiter.waiting)
        val future = assertThrows<CompletionException> { zagely.async.messages.send(text, soon).join() }
        assertInstanceOf(HudhudException.WaitTooLong::class.java, future.cause)
    }

    @Test
    fun `an urgent call passes those that wait`(): Unit = runBlocking(Dispatchers.Default) {
        val limiter = RateLimiter()
        val zagely = zagely(key(600), limiter)
        val bulk = List(120) { async { zagely.messages.send(message(it)) } }
        withTimeout(20_000) { while (limiter.waiting !in 20..80) delay(10) }
        val begun = System.nanoTime()
        zagely.messages.send(message(500), CallOptions(lane = Lane.URGENT))
        val seconds = (System.nanoTime() - begun) / 1e9
        assertTrue(limiter.waiting > 5, "no call waits any more")
        assertTrue(seconds < 2, "$seconds s")
        bulk.forEach { it.cancel() }
        bulk.joinAll()
        assertEquals(0, limiter.waiting)
    }

    @Test
    fun `cancelled calls give their places up`(): Unit = runBlocking(Dispatchers.Default) {
        val limiter = RateLimiter()
        val zagely = answered(60, limiter)
        useUp(zagely)
        val calls = List(50) { async { zagely.messages.send(text) } }
        val lists = List(10) { launch { answered(60, limiter, """{"data":[]}""").contacts.list().toList() } }
        val futures = List(10) { zagely.async.messages.send(text) }
        withTimeout(10_000) { while (limiter.waiting < 65) delay(5) }
        calls.forEach { it.cancelAndJoin() }
        lists.forEach { it.cancelAndJoin() }
        futures.forEach { it.cancel(true) }
        withTimeout(1_000) { while (limiter.waiting > 0) delay(5) }
        assertTrue(calls.count { it.isCancelled } > 45)
        assertTrue(runCatching { calls.last().await() }.exceptionOrNull() is CancellationException)
    }

    @Test
    fun `an interrupted blocking call gives its place up`() {
        val limiter = RateLimiter()
        val zagely = answered(60, limiter)
        useUp(zagely)
        var error: Throwable? = null
        val callers = List(5) { thread { runCatching { zagely.blocking.messages.send(text) }.onFailure { error = it } } }
        runBlocking { withTimeout(10_000) { while (limiter.waiting < 4) delay(5) } }
        callers.forEach { it.interrupt() }
        callers.forEach { it.join() }
        assertEquals(0, limiter.waiting)
        assertTrue("The call had no effect" in error!!.message!!, "$error")
    }

    @Test
    fun `an exchange that a program drives itself does not wait`() {
        val zagely = answered(60, RateLimiter())
        useUp(zagely)
        zagely.exchange(text, CallOptions(lane = Lane.BULK)).use {
            assertInstanceOf(Step.Send::class.java, it.step(System.currentTimeMillis()))
        }
    }

    @Test
    fun `a state continues in another limiter`() {
        val limiter = RateLimiter()
        useUp(answered(60, limiter))
        val again = RateLimiter(limiter.state)
        assertThrows<HudhudException.WaitTooLong> { answered(60, again).blocking.messages.send(text, soon) }
        assertEquals("RateLimiter(waiting=0)", "$again")
        val refused = assertThrows<HudhudException.InvalidRequest> { RateLimiter(byteArrayOf(7)) }
        assertEquals(listOf("state"), refused.failure.fieldErrors.map { it.field })
        assertTrue("delete" in refused.message, refused.message)
    }
}
