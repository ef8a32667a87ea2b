// Waits and time limits in tests with virtual time, in which `delay` returns at once.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.ktor.KtorTransport
import dev.hudhud.okhttp.OkHttpTransport
import dev.hudhud.testing.FakeTransport
import io.ktor.client.HttpClient
import io.ktor.client.engine.cio.CIO
import java.time.Duration
import java.util.concurrent.TimeoutException
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeoutOrNull
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

@OptIn(ExperimentalCoroutinesApi::class)
class RealTimeTest {
    enum class Kind(val open: (Duration) -> Transport) {
        JAVA_HTTP({ JavaHttpTransport(timeout = it) }),
        OKHTTP({ OkHttpTransport(timeout = it) }),
        KTOR({ KtorTransport(HttpClient(CIO), it) }),
    }

    private val queued = """{"status":"queued","message_id":"m-1"}"""
    private val message = SendMessage(to = "+15551234567", message = "hi", sessionId = "s-1")

    private fun millisOf(run: () -> Unit): Long = System.nanoTime().let { begun -> run(); (System.nanoTime() - begun) / 1_000_000 }

    @ParameterizedTest
    @EnumSource
    fun `a call in runTest gets its response`(kind: Kind) = Listener { Thread.sleep(100); answer("201 Created", queued) }.use { server ->
        runTest {
            val zagely = Zagely("pk_test", "sk_test", kind.open(Duration.ofSeconds(30)), server.origin)
            assertEquals("m-1", zagely.messages.send(message).messageId)
            assertEquals(0L, currentTime)
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `the time limit of an attempt in runTest is real`(kind: Kind) = Listener { Thread.sleep(5000) }.use { server ->
        val took = millisOf {
            runTest {
                val once = Settings(retry = RetryPolicy(1))
                val zagely = Zagely("pk_test", "sk_test", kind.open(Duration.ofMillis(300)), server.origin, settings = once)
                val late = runCatching { zagely.messages.send(message) }.exceptionOrNull() as HudhudException.Transport
                assertTrue(late.failure.transportReason!!.endsWith(": no complete response within the time limit"), late.failure.transportReason)
            }
        }
        assertTrue(took in 250..4000, "$took ms")
    }

    @Test
    fun `waits of retries and of the limiter in runTest are real`() {
        val limits = mapOf("X-RateLimit-Limit" to "60", "Content-Type" to "application/json")
        val transport = FakeTransport().respond(429, "{}", mapOf("Retry-After" to "1")).respond(201, queued, limits)
        val took = millisOf {
            runTest {
                assertEquals("m-1", Zagely("pk_test", "sk_test", transport).messages.send(message).messageId)
                assertEquals(0L, currentTime)
            }
        }
        assertEquals(2, transport.requests.size)
        assertTrue(took >= 1000, "$took ms")
    }

    @Test
    fun `a cancellation in runTest ends a wait and a request`() = runTest {
        val far = FakeTransport().respond(429, "{}", mapOf("Retry-After" to "20"))
        val ended = CompletableDeferred<Unit>()
        val begun = CompletableDeferred<Unit>()
        val silent = Transport {
            begun.complete(Unit)
            try { awaitCancellation() } finally { ended.complete(Unit) }
        }
        for (transport in listOf<Transport>(far, silent)) {
            val call = async { Zagely("pk_test", "sk_test", transport).messages.send(message) }
            withContext(Dispatchers.Default) { if (transport === far) delay(200) else begun.await() }
            call.cancel()
            assertTrue(runCatching { call.await() }.exceptionOrNull() is CancellationException)
        }
        ended.await()
    }

    @Test
    fun `a block that is late is cancelled, and an outer cancellation passes through`(): Unit = runBlocking {
        var isCancelled = false
        assertThrows<TimeoutException> {
            runBlocking { withinRealTime(Duration.ofMillis(50)) { try { awaitCancellation() } finally { isCancelled = true } } }
        }
        assertTrue(isCancelled)
        assertEquals(5, withinRealTime(Duration.ofSeconds(Long.MAX_VALUE)) { 5 })
        assertNull(withTimeoutOrNull(50) { withinRealTime(Duration.ofSeconds(5)) { awaitCancellation() } })
        assertThrows<IllegalStateException> { runBlocking { withinRealTime(Duration.ofSeconds(5)) { error("no") } } }
    }
}
