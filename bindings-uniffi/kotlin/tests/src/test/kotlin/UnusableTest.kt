// Responses that would arrive again: too large, or with an invalid status. Their calls end at once.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.ktor.KtorTransport
import dev.hudhud.okhttp.OkHttpTransport
import io.ktor.client.HttpClient
import io.ktor.client.engine.cio.CIO
import java.io.ByteArrayOutputStream
import java.util.concurrent.atomic.AtomicInteger
import java.util.zip.GZIPOutputStream
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

class UnusableTest {
    enum class Kind(val open: (Int) -> Transport) {
        JAVA_HTTP({ JavaHttpTransport(maxResponseBytes = it) }),
        OKHTTP({ OkHttpTransport(maxResponseBytes = it) }),
        KTOR({ KtorTransport(HttpClient(CIO), maxResponseBytes = it) }),
    }

    private val message = SendMessage(to = "+15551234567", message = "hi", sessionId = "s-1")

    @ParameterizedTest
    @EnumSource
    fun `a response that is too large ends the call and names the limit`(kind: Kind) {
        val packed = ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(ByteArray(5_000_000)) } }.toByteArray()
        val bodies = listOf<Exchanged.() -> Unit>(
            { answer("201 Created", " ".repeat(2_000_000)) },
            {
                write("HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.size}\r\n\r\n")
                write(packed)
            },
        )
        for (body in bodies) Listener { body() }.use { server ->
            val recorder = Recorder()
            val zagely = Zagely("pk_test", "sk_test", kind.open(1_000_000), server.origin, observer = recorder)
            val error = assertThrows<HudhudException.Transport> { zagely.blocking.messages.send(message) }
            assertEquals(1, server.requests.size)
            val host = server.origin.substringAfter("//")
            error.failure.run {
                assertEquals("$host: the response is larger than 1000000 bytes; raise maxResponseBytes", transportReason)
                assertTrue(transportReason!! in summary, summary)
                assertEquals(TransportFault.CLOSED, transportFault)
                assertFalse(safeToRetry)
                assertTrue(mayHaveHappened)
                assertNotNull(idempotencyKey)
                assertEquals("messages.send" to 1, call to attempts)
            }
            assertTrue(error.cause is ResponseTooLargeException, "${error.cause}")
            assertEquals("transport" to TransportFault.CLOSED, (recorder.recorded.last() as CallEnd).let { it.error to it.fault })
            // A call that only reads has no effect, and would get the same response again.
            val read = assertThrows<HudhudException.Transport> { zagely.blocking.account.me() }.failure
            assertEquals(2, server.requests.size)
            assertEquals(false to false, read.mayHaveHappened to read.safeToRetry)
            assertNull(read.idempotencyKey)
        }
    }

    @Test
    fun `an invalid status ends the call and is named`() {
        for (status in listOf(70_000, -1, 0, 99, 600)) {
            val sent = AtomicInteger()
            val zagely = Zagely("pk_test", "sk_test", { sent.incrementAndGet(); Response(status, emptyList(), ByteArray(0)) })
            val error = assertThrows<HudhudException.Transport> { zagely.blocking.messages.send(message) }
            assertEquals(1, sent.get())
            assertTrue("the transport returned the status $status; expected 100 to 599" in error.message!!, error.message)
            assertNotNull(error.failure.idempotencyKey)
            val odd = Response(status, emptyList(), ByteArray(0))
            val expected = "response: expected a status from 100 to 599, not $status"
            assertEquals(expected, assertThrows<IllegalArgumentException> { zagely.decode("account.me", odd) }.message)
            assertEquals(expected, assertThrows<IllegalArgumentException> { zagely.decode(GetAccount(), odd) }.message)
            zagely.exchange(message).use { exchange ->
                exchange.step(0)
                assertEquals(expected, assertThrows<IllegalArgumentException> { exchange.receive(odd, 0) }.message)
            }
        }
    }
}
