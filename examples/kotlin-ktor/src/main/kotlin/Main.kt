// Receives Zagely's webhooks, and answers who asks for help.
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

/** The receiver: the vendor has its answer at once, the reply goes out behind it. */
fun Application.receiver(webhook: Webhook, zagely: Zagely) {
    // In a real program this outlives a restart: the vendor sends a delivery again until it has its answer.
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
