// A request for help is stored before it is acknowledged, and gets one reply. A forged delivery gets none.
import dev.hudhud.Webhook
import dev.hudhud.Zagely
import dev.hudhud.testing.FakeTransport
import dev.hudhud.testing.deliveries
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Path
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class ReceiverTest {
    @TempDir
    private lateinit var folder: Path
    private val transport = FakeTransport()
    private val delivery = deliveries("whsec_test").first { it.event == "message.received" }

    private fun inbox() = Inbox("${folder.resolve("inbox.db")}")

    /** Runs the receiver. [run] gets a function that posts a body and returns the status. */
    private fun serve(inbox: Inbox, run: (post: (ByteArray) -> Int) -> Unit) {
        val zagely = Zagely("pk_test", "sk_test", transport)
        val server = embeddedServer(CIO, port = 0) { receiver(Webhook("whsec_test"), zagely, inbox) }.start()
        try {
            val port = runBlocking { server.engine.resolvedConnectors().first().port }
            run { body ->
                val request = HttpRequest.newBuilder(URI("http://127.0.0.1:$port/webhooks/zagely"))
                delivery.headers.forEach { (name, value) -> request.header(name, value) }
                request.POST(HttpRequest.BodyPublishers.ofByteArray(body))
                HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode()
            }
        } finally {
            server.stop(0, 0)
        }
    }

    private fun waitUntil(condition: () -> Boolean) {
        repeat(500) { if (!condition()) Thread.sleep(20) }
    }

    @Test
    fun `a request for help that is delivered twice gets one reply`() = inbox().use { inbox ->
        transport.respond(201, """{"status":"queued","message_id":"m-1"}""")
        serve(inbox) { post ->
            repeat(2) { assertEquals(204, post(delivery.body)) }
            assertEquals(401, post(delivery.body + 32))
            waitUntil { transport.requests.isNotEmpty() && inbox.next() == null }
            assertEquals(204, post(delivery.body))
            assertEquals(listOf("messages.send"), transport.requests.map { it.call })
            val key = transport.requests[0].headers.first { it.name == "Idempotency-Key" }.value
            assertEquals("reply-${Webhook("whsec_test").receive(delivery.headers, delivery.body).replayKey}", key)
        }
    }

    @Test
    fun `a request that cannot be stored is not acknowledged`() {
        val inbox = inbox()
        serve(inbox) { post ->
            // Stands for a full disk.
            inbox.close()
            assertEquals(500, post(delivery.body))
        }
        assertEquals(emptyList<String>(), transport.requests.map { it.call })
    }

    @Test
    fun `a request that was stored before a restart is answered after it`() {
        inbox().use { it.store("k-1", "+15551234567", null) }
        transport.respond(201, """{"status":"queued","message_id":"m-1"}""")
        inbox().use { inbox ->
            serve(inbox) { waitUntil { inbox.next() == null } }
            assertEquals(listOf("messages.send"), transport.requests.map { it.call })
            assertEquals(null, inbox.next())
        }
    }
}
