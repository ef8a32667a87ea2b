// Receives Zagely's webhooks, and replies to messages that ask for help.
import dev.hudhud.SendMessage
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import dev.hudhud.Zagely
import dev.hudhud.ktor.zagelyWebhook
import io.ktor.server.application.Application
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import io.ktor.server.routing.routing
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.launch

fun main() {
    val zagely = Zagely(System.getenv("ZAGELY_PUBLIC_KEY"), System.getenv("ZAGELY_SECRET_KEY"))
    embeddedServer(CIO, port = 8080) { receiver(Webhook(System.getenv("WEBHOOK_SECRET")), zagely) }.start(wait = true)
}

/** Adds the receiver. It answers the vendor at once, and sends the reply afterwards. */
fun Application.receiver(webhook: Webhook, zagely: Zagely) {
    // Keep this set in a database in a real program: the vendor retries a delivery until it is answered.
    val handled = ConcurrentHashMap.newKeySet<String>()
    routing {
        zagelyWebhook("/webhooks/zagely", webhook) { _, delivery ->
            val message = (delivery.event as? WebhookEvent.MessageReceived)?.data ?: return@zagelyWebhook
            val number = message.contact?.phoneNumber ?: return@zagelyWebhook
            if ("help" in message.content.orEmpty() && handled.add(delivery.replayKey)) {
                launch { zagely.messages.send(SendMessage(to = number, message = "We are on it.")) }
            }
        }
    }
}
