// Signed deliveries from the sandbox to Ktor and to Spring Boot.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.ktor.ZagelyWebhook
import dev.hudhud.ktor.zagelyWebhook
import dev.hudhud.spring.WebhookArgument
import dev.hudhud.testing.Delivery
import dev.hudhud.testing.deliveries
import io.ktor.server.cio.CIO
import io.ktor.server.application.install
import io.ktor.server.application.serverConfig
import io.ktor.server.config.MapApplicationConfig
import io.ktor.server.engine.applicationEnvironment
import io.ktor.server.engine.connector
import io.ktor.server.engine.embeddedServer
import io.ktor.server.routing.routing
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.springframework.boot.SpringApplication
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.web.server.context.WebServerApplicationContext
import org.springframework.context.annotation.Bean
import org.springframework.web.bind.annotation.PostMapping
import org.springframework.web.bind.annotation.RestController

private const val SECRET = "whsec_receivers"
private val received = LinkedBlockingQueue<WebhookEvent>()

@SpringBootApplication
open class Receiver {
    @Bean
    open fun zagelyWebhook() = WebhookArgument(Webhook(SECRET))
}

@RestController
open class Deliveries {
    @PostMapping("/webhooks/zagely")
    open fun receive(delivery: VerifiedDelivery) {
        received.add(delivery.event)
    }

    private val inbox = LeasedInbox(ForgetfulInboxStore())

    @PostMapping("/webhooks/inbox")
    open fun handle(delivery: VerifiedDelivery): InboxReceipt =
        inbox.receive(delivery) { event, _ -> check(event !is WebhookEvent.MessageReceived) { "the handler fails" } }

    @PostMapping("/webhooks/events")
    open fun receive(event: WebhookEvent) {
        received.add(event)
    }
}

/** A handler of all exceptions, as many applications have. It must not answer a forged delivery. */
@org.springframework.web.bind.annotation.RestControllerAdvice
@org.springframework.core.annotation.Order(org.springframework.core.Ordered.HIGHEST_PRECEDENCE)
open class CatchAll {
    @org.springframework.web.bind.annotation.ExceptionHandler(Exception::class)
    open fun everything(error: Exception) = org.springframework.http.ResponseEntity.status(500).body(error.toString())
}

class ReceiversTest {
    @Test
    fun `Ktor accepts signed deliveries and refuses forged ones`() {
        val server = embeddedServer(CIO, port = 0) {
            routing { zagelyWebhook("/webhooks/zagely", Webhook(SECRET)) { _, delivery -> received.add(delivery.event) } }
        }.start()
        try {
            val port = runBlocking { server.engine.resolvedConnectors().first().port }
            receives("http://127.0.0.1:$port/webhooks/zagely")
        } finally {
            server.stop(0, 0)
        }
    }

    @Test
    fun `Ktor responds with the receipt of an inbox`() {
        val leased = LeasedInbox(ForgetfulInboxStore())
        var fails = true
        val server = embeddedServer(CIO, port = 0) {
            routing { zagelyWebhook("/webhooks/zagely", Webhook(SECRET), leased) { _, _ -> check(!fails) { "the handler fails" } } }
        }.start()
        try {
            val url = "http://127.0.0.1:${runBlocking { server.engine.resolvedConnectors().first().port }}/webhooks/zagely"
            val (failed, other) = deliveries(SECRET)
            fun post(delivery: Delivery): HttpResponse<String> {
                val request = HttpRequest.newBuilder(URI(url)).POST(HttpRequest.BodyPublishers.ofByteArray(delivery.body))
                delivery.headers.forEach { (name, value) -> request.header(name, value) }
                return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString())
            }
            val refused = post(failed)
            assertEquals(listOf(503, "5", ""), listOf(refused.statusCode(), refused.headers().firstValue("Retry-After").orElse(null), refused.body()))
            fails = false
            assertEquals(listOf(200, 200), List(2) { post(other).statusCode() })
        } finally {
            server.stop(0, 0)
        }
    }

    @Test
    fun `the plugin of Ktor takes its secret from the configuration`() {
        for (secret in listOf(MapApplicationConfig("hudhud.webhook.secret" to SECRET, "hudhud.webhook.path" to "/hooks"), MapApplicationConfig())) {
            val environment = applicationEnvironment { config = secret }
            val module = serverConfig(environment) {
                module {
                    install(ZagelyWebhook) {
                        if (secrets.isEmpty()) secrets = listOf("old", SECRET)
                        handle { delivery -> received.add(delivery.event) }
                    }
                }
            }
            val server = embeddedServer(CIO, module) { connector { port = 0 } }.start()
            try {
                val port = runBlocking { server.engine.resolvedConnectors().first().port }
                receives("http://127.0.0.1:$port" + if (secret.keys().isEmpty()) "/webhooks/zagely" else "/hooks")
            } finally {
                server.stop(0, 0)
            }
        }
    }

    @Test
    fun `Spring Boot accepts signed deliveries and refuses forged ones`() {
        val application = SpringApplication(Receiver::class.java, Deliveries::class.java, CatchAll::class.java)
        application.setDefaultProperties(mapOf("server.port" to "0", "spring.main.banner-mode" to "off"))
        application.run().use { context ->
            val port = (context as WebServerApplicationContext).webServer!!.port
            // The first controller has a VerifiedDelivery as its parameter, the second a WebhookEvent.
            for (path in listOf("zagely", "events")) receives("http://127.0.0.1:$port/webhooks/$path")
            val samples = deliveries(SECRET)
            fun respond(event: String): List<Any?> {
                val sample = samples.first { it.event == event }
                val request = HttpRequest.newBuilder(URI("http://127.0.0.1:$port/webhooks/inbox"))
                sample.headers.forEach { (name, value) -> request.header(name, value) }
                request.POST(HttpRequest.BodyPublishers.ofByteArray(sample.body))
                val response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString())
                return listOf(response.statusCode(), response.headers().firstValue("Retry-After").orElse(null), response.body())
            }
            assertEquals(List(2) { listOf(200, null, "") }, List(2) { respond("message.sent") })
            assertEquals(listOf(503, "5", ""), respond("message.received"))
        }
    }

    private fun receives(url: String): Unit = runBlocking {
        received.clear()
        val zagely = Sandbox.zagely()
        val webhook = zagely.webhooks.create(CreateWebhook(url = url, secret = SECRET, events = listOf(EventName.WebhookTest, EventName.MessageReceived)))
        try {
            zagely.webhooks.test(webhook.id!!)
            val test = checkNotNull(received.poll(10, TimeUnit.SECONDS)) { "no delivery came" }
            assertTrue(test is WebhookEvent.WebhookTest)
            Sandbox.admin("POST", "/inbound", """{"from":"+15557654321","content":"Hello there"}""")
            val message = checkNotNull(received.poll(10, TimeUnit.SECONDS)) { "no delivery came" }
            assertEquals("Hello there", (message as WebhookEvent.MessageReceived).data.content)
            val forged = HttpRequest.newBuilder(URI(url)).header("X-Zagely-Timestamp", "1776767400")
                .header("X-Zagely-Signature", "sha256=" + "0".repeat(64))
                .POST(HttpRequest.BodyPublishers.ofString("{}")).build()
            val answer = HttpClient.newHttpClient().send(forged, HttpResponse.BodyHandlers.ofString())
            assertEquals(401 to "", answer.statusCode() to answer.body())
            assertEquals(null, received.poll())
            boundsBodies(url)
        } finally {
            zagely.webhooks.delete(webhook.id!!)
        }
    }

    private val signed = mapOf("X-Zagely-Timestamp" to "1776767400", "X-Zagely-Signature" to "sha256=" + "0".repeat(64))

    /** Checks the answers to bodies over the limit, with and without Content-Length, and to bodies that never arrive. */
    private fun boundsBodies(url: String) {
        val tooLong = ByteArray((1 shl 20) + 1)
        assertEquals(413, post(url, signed, tooLong, isAnnounced = true))
        assertEquals(413, post(url, signed, tooLong, isAnnounced = false))
        assertEquals(401, post(url, signed, ByteArray(1 shl 20), isAnnounced = false))
        // The body never arrives: a receiver that reads it would wait until the timeout.
        val uri = URI(url)
        for ((headers, length, status) in listOf(Triple(emptyMap(), 300_000_000, 400), Triple(signed, 300_000_000, 413))) {
            java.net.Socket(uri.host, uri.port).use { socket ->
                socket.soTimeout = 10_000
                val lines = listOf("POST ${uri.path} HTTP/1.1", "Host: localhost", "Content-Length: $length") + headers.map { "${it.key}: ${it.value}" }
                socket.getOutputStream().run { write(lines.joinToString("\r\n", postfix = "\r\n\r\n").toByteArray()); flush() }
                assertEquals("HTTP/1.1 $status", socket.getInputStream().bufferedReader().readLine().take(12))
            }
        }
    }

    private fun post(url: String, headers: Map<String, String>, body: ByteArray, isAnnounced: Boolean): Int {
        val publisher = if (isAnnounced) HttpRequest.BodyPublishers.ofByteArray(body)
        else HttpRequest.BodyPublishers.ofInputStream { body.inputStream() }
        val request = HttpRequest.newBuilder(URI(url)).POST(publisher)
        headers.forEach { (name, value) -> request.header(name, value) }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode()
    }
}
