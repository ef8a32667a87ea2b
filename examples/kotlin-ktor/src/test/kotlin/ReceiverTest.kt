// A signed delivery gets one reply; a forged delivery gets none.
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
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test

class ReceiverTest {
    @Test
    fun `a request for help that is delivered twice gets one reply`() {
        val transport = FakeTransport().respond(201, """{"status":"queued","message_id":"m-1"}""")
        val server = embeddedServer(CIO, port = 0) {
            receiver(Webhook("whsec_test"), Zagely("pk_test", "sk_test", transport))
        }.start()
        try {
            val port = runBlocking { server.engine.resolvedConnectors().first().port }
            val delivery = deliveries("whsec_test").first { it.event == "message.received" }
            fun post(body: ByteArray): Int {
                val request = HttpRequest.newBuilder(URI("http://127.0.0.1:$port/webhooks/zagely"))
                delivery.headers.forEach { (name, value) -> request.header(name, value) }
                request.POST(HttpRequest.BodyPublishers.ofByteArray(body))
                return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode()
            }
            repeat(2) { assertEquals(204, post(delivery.body)) }
            assertEquals(401, post(delivery.body + 32))
            // The reply is sent after the delivery is answered.
            repeat(100) { if (transport.requests.isEmpty()) Thread.sleep(20) }
            assertEquals(listOf("messages.send"), transport.requests.map { it.call })
        } finally {
            server.stop(0, 0)
        }
    }
}
