// A request for help gets one reply before it is acknowledged. A forged delivery gets none.
import dev.hudhud.InboxStore
import dev.hudhud.LeasedInbox
import dev.hudhud.Webhook
import dev.hudhud.Zagely
import dev.hudhud.jdbc.JdbcInboxStore
import dev.hudhud.testing.FakeTransport
import dev.hudhud.testing.deliveries
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.nio.file.Path
import java.time.Clock
import java.time.Duration
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import org.sqlite.SQLiteDataSource

class ReceiverTest {
    @TempDir
    private lateinit var folder: Path
    private val transport = FakeTransport()
    private val delivery = deliveries("whsec_test").first { it.event == "message.received" }
    private val queued = """{"status":"queued","message_id":"m-1"}"""

    private fun store(name: String = "inbox.db") = JdbcInboxStore(SQLiteDataSource().apply { url = "jdbc:sqlite:${folder.resolve(name)}" })

    /** Runs the receiver with a new inbox. [run] gets a function that posts a body and returns the status. */
    private fun serve(store: InboxStore = store(), after: Duration = Duration.ZERO, run: (post: (ByteArray) -> Int) -> Unit) {
        val zagely = Zagely("pk_test", "sk_test", transport)
        val inbox = LeasedInbox(store, clock = Clock.offset(Clock.systemUTC(), after))
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

    private fun keys() = transport.requests.map { request -> request.headers.first { it.name == "Idempotency-Key" }.value }

    private fun expectedKey() = "reply-${Webhook("whsec_test").receive(delivery.headers, delivery.body).replayKey}"

    @Test
    fun `a request for help that is delivered three times gets one reply, also after a restart`() {
        transport.respond(201, queued)
        serve { post ->
            repeat(2) { assertEquals(200, post(delivery.body)) }
            assertEquals(401, post(delivery.body + 32))
        }
        serve { post -> assertEquals(200, post(delivery.body)) }
        assertEquals(listOf(expectedKey()), keys())
    }

    @Test
    fun `a reply that fails is sent again with the same key`() {
        transport.respond(422, """{"error":{"code":"validation_failed","message":"no"}}""")
        serve { post ->
            assertEquals(503, post(delivery.body))
            // Too early.
            assertEquals(503, post(delivery.body))
        }
        transport.respond(201, queued)
        serve(after = Duration.ofMinutes(1)) { post -> assertEquals(200, post(delivery.body)) }
        assertEquals(List(2) { expectedKey() }, keys())
    }

    @Test
    fun `a delivery whose mark cannot be stored is not acknowledged`() {
        serve(store("no such folder/inbox.db")) { post -> assertEquals(500, post(delivery.body)) }
        assertEquals(emptyList<String>(), keys())
    }
}
