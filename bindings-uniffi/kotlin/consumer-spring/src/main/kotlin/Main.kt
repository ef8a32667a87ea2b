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
import org.springframework.context.annotation.Configuration
import org.springframework.context.annotation.Profile
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

/** The beans of an application with both clients, which share its settings. */
@Configuration
@Profile("shared")
class Shared {
    @Bean
    fun settings() = Settings(sessionId = "s-1", userAgent = "shared/1")

    @Bean
    fun limiter() = RateLimiter()

    @Bean
    fun wazajRateLimiter() = RateLimiter()

    @Bean
    fun transport() = Transport { request ->
        requests += request
        Response(200, listOf(Header("X-RateLimit-Limit", "60"), Header("Content-Type", "application/json")), """{"id":"c-2","message_id":"m-1"}""".toByteArray())
    }
}

/** The requests of the clients that share a transport. */
val requests = CopyOnWriteArrayList<Request>()

/** Returns the message of the first cause of an error at the start. */
fun faultOf(vararg changes: Pair<String, String>): String =
    generateSequence(runCatching { run(*changes) { _, _ -> } }.exceptionOrNull()) { it.cause }.last().message.orEmpty()

val WAZAJ = arrayOf(
    "spring.profiles.active" to "shared", "hudhud.wazaj.api-key" to "wzj_test", "hudhud.wazaj.base-url" to "http://127.0.0.1:9/api/wazaj/business",
)

fun share(context: ConfigurableApplicationContext) {
    val message = SendMessage(to = "+15551234567", message = "hi")
    val zagely = context.getBean(Zagely::class.java)
    zagely.blocking.messages.send(message)
    check(""""session_id":"s-2"""" in requests.single().body!!.decodeToString()) { requests.single().body!!.decodeToString() }
    context.getBean(Wazaj::class.java).blocking.messages.sendText(SendText("+50912345678", "x"))
    check(requests.all { request -> request.headers.any { it.value == "shared/1" } }) { "the clients do not use the settings" }
    // The limit of Zagely's key holds in its bean, and not in that of Wazaj.
    val limiter = context.getBean("limiter", RateLimiter::class.java)
    check(!limiter.state.contentEquals(RateLimiter().state)) { "the bean is not used" }
    check(!context.getBean("wazajRateLimiter", RateLimiter::class.java).state.contentEquals(RateLimiter().state)) { "the bean of Wazaj is not used" }
    check(!limiter.state.contentEquals(context.getBean("wazajRateLimiter", RateLimiter::class.java).state))
}

/** Returns the time in which the health indicator answers while the limit of the key is used up by calls that wait. */
fun healthBesideCalls(origin: String, context: ConfigurableApplicationContext): Duration {
    val contacts = context.getBean(Zagely::class.java).async.contacts
    val calls = List(40) { contacts.get("c-2") }
    Thread.sleep(1000)
    val begun = System.nanoTime()
    get("$origin/actuator/health")
    val took = Duration.ofNanos(System.nanoTime() - begun)
    calls.forEach { it.cancel(true) }
    return took
}

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
    run("hudhud.health.request" to "true", "hudhud.health.deadline" to "2s") { context, origin ->
        val took = healthBesideCalls(origin, context)
        check(took < Duration.ofSeconds(4)) { "the health indicator took $took while calls waited" }
    }
    run("hudhud.zagely.session-id" to "s-2", *WAZAJ) { context, _ -> share(context) }
    val unset = faultOf("hudhud.webhook.secret" to "false")
    check("Routes.receive" in unset && "hudhud.webhook.secret" in unset) { unset }
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
