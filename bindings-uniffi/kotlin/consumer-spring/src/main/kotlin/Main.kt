// A Spring Boot application with a webhook receiver and a fake vendor. It sends deliveries and calls to itself.
package com.example

import dev.hudhud.*
import dev.hudhud.okhttp.OkHttpTransport
import java.net.ServerSocket
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration
import java.util.concurrent.CopyOnWriteArrayList
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.springframework.boot.autoconfigure.SpringBootApplication
import org.springframework.boot.runApplication
import org.springframework.context.ConfigurableApplicationContext
import org.springframework.context.annotation.Bean
import org.springframework.http.ResponseEntity
import org.springframework.web.bind.annotation.ExceptionHandler
import org.springframework.web.bind.annotation.GetMapping
import org.springframework.web.bind.annotation.PostMapping
import org.springframework.web.bind.annotation.RestController
import org.springframework.web.bind.annotation.RestControllerAdvice

const val SECRET = "whsec_test"

/** The calls of the clients that come from properties. */
val observed = CopyOnWriteArrayList<String>()

@SpringBootApplication
class Application {
    @Bean
    fun observer(): Observer = Observer { call ->
        observed += call.call
        null
    }
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

    @GetMapping("/api/v1/health")
    fun health() = mapOf("data" to mapOf("status" to "ok")).also { healthRequests++ }

    @GetMapping("/api/v1/contacts/c-1")
    fun contact() = mapOf("id" to "c-1", "name" to "Jane")

    @GetMapping("/api/v1/contacts/c-2")
    fun limited(): ResponseEntity<Map<String, String>> =
        ResponseEntity.ok().header("X-RateLimit-Limit", "60").body(mapOf("id" to "c-2"))
}

@Volatile var healthRequests = 0

/** Runs the application, whose clients and webhook come from properties. */
fun <T> run(vararg changes: Pair<String, String>, check: (ConfigurableApplicationContext, origin: String) -> T): T {
    val port = ServerSocket(0).use { it.localPort }
    val origin = "http://127.0.0.1:$port"
    val properties = mapOf(
        "server.port" to "$port", "hudhud.zagely.public-key" to "pk_test", "hudhud.zagely.secret-key" to "sk_test",
        "hudhud.zagely.base-url" to origin, "hudhud.webhook.secret" to SECRET, "management.endpoint.health.show-details" to "always",
    ) + changes
    val arguments = properties.map { (name, value) -> "--$name=$value" }.toTypedArray()
    return runApplication<Application>(*arguments).use { check(it, origin) }
}

fun get(url: String): HttpResponse<String> =
    HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI(url)).build(), HttpResponse.BodyHandlers.ofString())

fun main() {
    run { context, origin -> use(context, origin) }
    run("hudhud.health.request" to "true") { _, origin ->
        check(get("$origin/actuator/health").statusCode() == 200)
        check(healthRequests == 1) { "the health indicator made $healthRequests requests" }
    }
    run("hudhud.health.request" to "true", "hudhud.zagely.base-url" to "http://127.0.0.1:9") { _, origin ->
        val health = get("$origin/actuator/health")
        check(health.statusCode() == 503 && "127.0.0.1:9: the connection was refused" in health.body()) { health.body() }
    }
    check(hasLimiter() && !hasLimiter("hudhud.zagely.rate-limiter" to "false"))
    // An error at the start names the property's field.
    val fault = runCatching { run("hudhud.zagely.secret-key" to "") { _, _ -> } }.exceptionOrNull()
    check(generateSequence(fault) { it.cause }.any { "secretKey" in it.message.orEmpty() }) { "$fault" }
    println("the artifacts work with Kotlin ${KotlinVersion.CURRENT}")
}

/** Returns true if the client from properties has a rate limiter. */
fun hasLimiter(vararg changes: Pair<String, String>): Boolean = run(*changes) { context, _ ->
    val contacts = context.getBean(Zagely::class.java).blocking.contacts
    try {
        repeat(20) { contacts.get("c-2", CallOptions(deadline = Duration.ofMillis(900))) }
        false
    } catch (_: HudhudException.WaitTooLong) {
        true
    }
}

fun use(context: ConfigurableApplicationContext, origin: String) {
    val health = get("$origin/actuator/health")
    check(health.statusCode() == 200 && "Zagely(baseUrl=$origin, publicKey=pk_…)" in health.body()) { health.body() }
    check(healthRequests == 0) { "the health indicator made a request" }
    check(context.getBean(Zagely::class.java).blocking.contacts.get("c-1").name == "Jane")
    check(observed == listOf("contacts.get")) { "$observed" }
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
}
