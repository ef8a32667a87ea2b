// A Spring Boot application with a webhook receiver and a fake vendor. It sends deliveries and calls to itself.
package com.example

import dev.hudhud.*
import dev.hudhud.okhttp.OkHttpTransport
import dev.hudhud.spring.WebhookArgument
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.context.annotation.Bean
import org.springframework.http.ResponseEntity
import org.springframework.web.bind.annotation.ExceptionHandler
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.PostMapping
import org.springframework.web.bind.annotation.RestController
import org.springframework.web.bind.annotation.RestControllerAdvice

const val SECRET = "whsec_test"

@SpringBootApplication
class Application {
    @Bean fun zagelyWebhook() = WebhookArgument(Webhook(SECRET))
}

/** A handler of all exceptions, as many applications have. */
@RestControllerAdvice
class CatchAll {
    @ExceptionHandler(Exception::class)
    fun everything(error: Exception): ResponseEntity<String> = ResponseEntity.status(500).body(error.toString())
}

@RestController
class Routes {
    @PostMapping("/webhooks/zagely")
    fun receive(event: WebhookEvent) = mapOf("from" to (event as WebhookEvent.MessageReceived).data.contact?.name)

    /** A response like the vendor's. */
    @GetMapping("/api/v1/contacts")
    fun contacts() = mapOf("current_page" to 1, "last_page" to 1, "data" to listOf(mapOf("id" to "c-1", "name" to "Jane")))

    @GetMapping("/api/v1/contacts/c-1")
    fun contact() = mapOf("id" to "c-1", "name" to "Jane")
}

fun main() = runApplication<Application>("--server.port=0").use { context ->
    val origin = "http://127.0.0.1:" + context.environment.getProperty("local.server.port")
    val body = sampleDelivery("message.received")
    fun deliver(secret: String): HttpResponse<String> {
        val request = HttpRequest.newBuilder(URI("$origin/webhooks/zagely")).POST(HttpRequest.BodyPublishers.ofByteArray(body))
        signDelivery(secret, body, (System.currentTimeMillis() / 1000).toULong()).forEach { request.header(it.name, it.value) }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString())
    }
    check(deliver(SECRET).run { statusCode() to body() } == 200 to """{"from":"Jane Doe"}""")
    check(deliver("another").run { statusCode() to body() } == 401 to "")
    for (transport in listOf(JavaHttpTransport(), OkHttpTransport())) {
        val zagely = Zagely("pk_test", "sk_test", transport, baseUrl = origin)
        check(runBlocking { zagely.contacts.list().toList() }.single().name == "Jane")
        check(FromJava.names(zagely) == listOf("Jane"))
    }
    println("the artifacts work with Kotlin ${KotlinVersion.CURRENT}")
}
