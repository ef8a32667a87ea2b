// Calls whose rate limiter has a store that hangs. They end by their deadlines and by their cancellation, and the use of the store
// goes on for the calls that follow.
package dev.hudhud.tests

import dev.hudhud.*
import java.io.IOException
import java.time.Duration
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import kotlin.time.measureTime
import kotlin.time.Duration.Companion.seconds
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.runTest
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Tag
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.assertThrows

/** A store in memory that hangs until it is released. It ignores interrupts, as many drivers of databases do. */
private class Hanging : RateLimiterStore {
    @Volatile var release = CountDownLatch(1)
    val loads = AtomicInteger()
    val inUse = AtomicInteger()
    private var bytes: ByteArray? = null

    override fun load(): ByteArray? {
        loads.incrementAndGet()
        inUse.incrementAndGet()
        try {
            while (true) {
                try {
                    if (release.await(60, TimeUnit.SECONDS)) return bytes
                } catch (_: InterruptedException) {
                }
            }
        } finally {
            inUse.decrementAndGet()
        }
    }

    @Synchronized
    override fun swap(old: ByteArray?, new: ByteArray): Boolean {
        val isOld = bytes.contentEquals(old)
        if (isOld) bytes = new
        return isOld
    }
}

@Timeout(40)
class HangingStoreTest {
    private val store = Hanging()
    private val limiter = RateLimiter(store)
    private val text = SendMessage(to = "+15550000001", message = "hi", sessionId = "s-1")
    private val sent = Response(201, listOf(Header("X-RateLimit-Limit", "600"), Header("Content-Type", "application/json")), """{"message_id":"m-1"}""".toByteArray())

    private fun zagely(limiter: RateLimiter = this.limiter, settings: Settings = Settings(), answer: () -> Response = { sent }) =
        Zagely("pk_a", "sk_b", { answer() }, rateLimiter = limiter, settings = settings)

    private fun within(millis: Long) = CallOptions(deadline = Duration.ofMillis(millis))

    @AfterEach
    fun release() = store.release.countDown()

    @Test
    fun `a deadline ends a call`(): Unit = runBlocking {
        val took = measureTime {
            val failure = assertThrows<HudhudException.WaitTooLong> { zagely().messages.send(text, within(300)) }.failure
            assertEquals(0, failure.attempts)
            assertTrue(failure.safeToRetry && !failure.mayHaveHappened)
            assertTrue("deadline of the call" in failure.summary, failure.summary)
        }
        assertTrue(took < 2.seconds, "$took")
        assertEquals(0, limiter.waiting)
    }

    @Test
    fun `a deadline ends a call that blocks`() {
        val took = measureTime {
            assertThrows<HudhudException.WaitTooLong> { zagely().blocking.messages.send(text, within(300)) }
        }
        assertTrue(took < 2.seconds, "$took")
    }

    @Test
    fun `a deadline is real time in a test with virtual time`() = runTest {
        val took = measureTime { assertThrows<HudhudException.WaitTooLong> { zagely().messages.send(text, within(300)) } }
        assertTrue(took > 0.2.seconds && took < 2.seconds, "$took")
    }

    @Test
    fun `an earlier attempt that may have happened is in the exception`() {
        store.release.countDown()
        val settings = Settings(retry = RetryPolicy(4, Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofSeconds(3)))
        val zagely = zagely(settings = settings) {
            store.release = CountDownLatch(1)
            throw IOException("lost")
        }
        val failure = assertThrows<HudhudException.Transport> { zagely.blocking.messages.send(text, within(2_000)) }.failure
        assertEquals(1, failure.attempts)
        assertTrue(failure.mayHaveHappened)
    }

    @Test
    fun `calls share one use`(): Unit = runBlocking(Dispatchers.Default) {
        val zagely = zagely()
        repeat(2) {
            val failed = List(20) { async { runCatching { zagely.messages.send(text, within(300)) }.exceptionOrNull() } }.awaitAll()
            assertTrue(failed.all { it is HudhudException.WaitTooLong }, "$failed")
        }
        assertEquals(1, store.loads.get())
    }

    @Test
    fun `the next call gets the permits that arrived late`(): Unit = runBlocking {
        assertThrows<HudhudException.WaitTooLong> { zagely().messages.send(text, within(300)) }
        store.release.countDown()
        delay(50)
        assertEquals("m-1", zagely().messages.send(text, within(2_000)).messageId)
        assertEquals(1, store.loads.get())
    }

    @Test
    fun `a cancelled call ends at once, and its use goes on`(): Unit = runBlocking(Dispatchers.Default) {
        val call = launch { zagely().messages.send(text) }
        delay(200)
        val took = measureTime { call.cancelAndJoin() }
        assertTrue(took < 1.seconds, "$took")
        assertEquals(0, limiter.waiting)
        val next = async(start = CoroutineStart.UNDISPATCHED) { zagely().messages.send(text) }
        store.release.countDown()
        assertEquals("m-1", next.await().messageId)
        assertEquals(1, store.loads.get())
    }

    @Test
    fun `an interrupted thread leaves its call at once`() {
        var failure: Throwable? = null
        val thread = Thread { failure = runCatching { zagely().blocking.messages.send(text) }.exceptionOrNull() }
        thread.start()
        Thread.sleep(200)
        thread.interrupt()
        thread.join(2_000)
        assertFalse(thread.isAlive)
        assertTrue(failure is HudhudException.Transport, "$failure")
    }

    @Tag("one-jdk")
    @Test
    fun `a store that hangs for good ends calls without a deadline, and holds few threads`(): Unit = runBlocking(Dispatchers.Default) {
        val limiter = RateLimiter.of(store, 0)
        val zagely = zagely(limiter)
        val took = measureTime {
            val failed = List(2) { async { runCatching { zagely.messages.send(text) }.exceptionOrNull() } }.awaitAll()
            assertTrue(failed.all { it is HudhudException.Store && it.cause?.message == "the store took longer than 5 s: check its server and the network" }, "$failed")
        }
        // Core lets another use begin after five seconds. It ends one call.
        assertTrue(took > 10.seconds && took < 15.seconds, "$took")
        // The second call may begin a third use at the moment in which the second use ends it.
        assertTrue(store.inUse.get() in 2..3, "${store.inUse}")
    }

    @Tag("one-jdk")
    @Test
    fun `at most four uses hang at a time`(): Unit = runBlocking(Dispatchers.Default) {
        val failure = runCatching { zagely().messages.send(text, within(22_000)) }.exceptionOrNull()
        assertTrue(failure is HudhudException.Store, "$failure")
        assertEquals(4, store.loads.get())
    }
}
