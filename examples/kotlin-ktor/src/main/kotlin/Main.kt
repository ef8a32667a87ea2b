// Receives Zagely's webhooks, and replies to each message that asks for help, once.
//
// The inbox stores a lease before the reply and a mark after it, and then the response is sent. If the process stops before the mark,
// the vendor delivers the event again. The reply is sent again with the same idempotency key, so there is no second message.
import dev.hudhud.CallOptions
import dev.hudhud.LeasedInbox
import dev.hudhud.SendMessage
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import dev.hudhud.Zagely
import dev.hudhud.jdbc.JdbcInboxStore
import dev.hudhud.ktor.zagelyWebhook
import io.ktor.server.application.Application
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import io.ktor.server.routing.routing
import java.time.Duration
import org.sqlite.SQLiteDataSource

fun main() {
    val database = SQLiteDataSource().apply { url = "jdbc:sqlite:${System.getenv("DATABASE") ?: "inbox.db"}" }
    val inbox = LeasedInbox(JdbcInboxStore(database))
    embeddedServer(CIO, port = 8080) { receiver(Webhook.fromEnv(), Zagely.fromEnv(), inbox) }.start(wait = true)
}

/** Adds the receiver. */
fun Application.receiver(webhook: Webhook, zagely: Zagely, inbox: LeasedInbox) {
    routing {
        zagelyWebhook("/webhooks/zagely", webhook, inbox) { event, lease ->
            val message = (event as? WebhookEvent.MessageReceived)?.data ?: return@zagelyWebhook
            val number = message.contact?.phoneNumber ?: return@zagelyWebhook
            if ("help" !in message.content.orEmpty()) return@zagelyWebhook
            val reply = SendMessage(to = number, message = "We are on it.")
            // The vendor waits 10 seconds for the response. An exception becomes the status 503, and the vendor delivers again.
            zagely.messages.send(reply, CallOptions(idempotencyKey = "reply-${lease.idempotencyKey}", deadline = Duration.ofSeconds(8)))
        }
    }
}
