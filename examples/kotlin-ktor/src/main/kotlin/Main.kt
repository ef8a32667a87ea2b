// Receives Zagely's webhooks, and replies to each message that asks for help, once.
//
// The response ends the vendor's attempts, so a request is stored in a database before the response is sent. Another
// coroutine answers the stored requests, and marks each one after its reply was sent. If the process stops between the two,
// the request is answered again, and the idempotency key prevents a second message.
import dev.hudhud.CallOptions
import dev.hudhud.HudhudException
import dev.hudhud.SendMessage
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import dev.hudhud.Zagely
import dev.hudhud.ktor.zagelyWebhook
import io.ktor.server.application.Application
import io.ktor.server.cio.CIO
import io.ktor.server.engine.embeddedServer
import io.ktor.server.routing.routing
import java.time.Instant
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext

fun main() {
    val inbox = Inbox(System.getenv("DATABASE") ?: "inbox.db")
    embeddedServer(CIO, port = 8080) { receiver(Webhook.fromEnv(), Zagely.fromEnv(), inbox) }.start(wait = true)
}

/** Adds the receiver, and answers the requests that are stored. */
fun Application.receiver(webhook: Webhook, zagely: Zagely, inbox: Inbox) {
    val arrived = Channel<Unit>(Channel.CONFLATED)
    launch(Dispatchers.IO) { answerAll(zagely, inbox, arrived) }
    routing {
        zagelyWebhook("/webhooks/zagely", webhook) { _, delivery ->
            val message = (delivery.event as? WebhookEvent.MessageReceived)?.data ?: return@zagelyWebhook
            val number = message.contact?.phoneNumber ?: return@zagelyWebhook
            if ("help" !in message.content.orEmpty()) return@zagelyWebhook
            // An exception becomes the status 500, so that the vendor delivers the event again.
            withContext(Dispatchers.IO) { inbox.store(delivery.replayKey, number, delivery.deduplicateUntil) }
            arrived.send(Unit)
        }
    }
}

private suspend fun answerAll(zagely: Zagely, inbox: Inbox, arrived: Channel<Unit>) {
    while (true) {
        val request = inbox.next()
        if (request == null) {
            inbox.forget(Instant.now().epochSecond)
            arrived.receive()
            continue
        }
        try {
            val reply = SendMessage(to = request.number, message = "We are on it.")
            zagely.messages.send(reply, CallOptions(idempotencyKey = "reply-${request.key}"))
        } catch (error: HudhudException) {
            // The text of an exception contains nothing private, so it may be logged.
            println(error)
            if (error.failure.safeToRetry) {
                delay(5_000)
                continue
            }
        }
        inbox.finish(request.key)
    }
}
