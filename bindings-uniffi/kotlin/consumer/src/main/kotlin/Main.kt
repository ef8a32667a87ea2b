// Uses the artifact like a user's program: a message over a transport in memory, a webhook, a template.
import dev.hudhud.*
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking

fun main() = runBlocking {
    val zagely = Zagely("pk_test", "sk_test", transport = { request ->
        val body = when (request.call) {
            "messages.send" -> """{"status":"queued","message_id":"m-1"}"""
            else -> """{"current_page":1,"last_page":1,"data":[{"id":"c-1","name":"Jane"}]}"""
        }
        Response(201, listOf(Header("Content-Type", "application/json")), body.toByteArray())
    })
    val sent = zagely.messages.send(SendMessage(to = "+15551234567", message = "hi"))
    check(sent.messageId == "m-1" && sent.status == MessageStatus.Queued)
    check(zagely.contacts.list(ListContacts(tags = listOf("vip"))).toList().single().name == "Jane")

    val body = sampleDelivery("message.received")
    val headers = signDelivery("whsec_test", body, (System.currentTimeMillis() / 1000).toULong())
    when (val event = Webhook("whsec_test").verify(headers.associate { it.name to it.value }, body)) {
        is WebhookEvent.MessageReceived -> check(event.data.contact?.name == "Jane Doe")
        else -> error("expected MessageReceived")
    }
    check(Template("Hi {{ name }}!").render(mapOf("name" to "Jane")) == "Hi Jane!")
    println("the artifact works")
}
