// Clients from environment variables, options of one call, and calls to routes that the catalog lacks.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.ktor.KtorTransport
import dev.hudhud.okhttp.OkHttpTransport
import dev.hudhud.testing.FakeTransport
import dev.hudhud.testing.deliveries
import io.ktor.client.HttpClient
import io.ktor.client.engine.cio.CIO
import java.time.Duration
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

class OptionsTest {
    private val variables = mapOf(
        "ZAGELY_PUBLIC_KEY" to "pk_publickey1234", "ZAGELY_SECRET_KEY" to "sk_b", "ZAGELY_SESSION_ID" to "s-1",
        "ZAGELY_BASE_URL" to "https://a.example", "ZAGELY_APP_TOKEN" to "t-1", "PATH" to "/bin",
    )
    private val send = SendMessage(to = "+15551234567", message = "hi")

    private fun header(request: Request, name: String) = request.headers.find { it.name.equals(name, ignoreCase = true) }?.value

    private fun body(request: Request) = request.body?.toString(Charsets.UTF_8)

    private fun zagely(transport: Transport = FakeTransport()) =
        Zagely("pk_a", "sk_b", transport, settings = Settings(retry = RetryPolicy(base = Duration.ZERO)))

    @Test
    fun `an error of a program's own transport has the call, the attempt, the key and that error`() {
        class VpnException : Exception("my vpn is down")
        for ((name, thrown) in listOf("VpnException" to VpnException(), "IllegalStateException" to IllegalStateException("no vpn"))) {
            val zagely = Zagely("pk_a", "sk_b", Transport { throw thrown }, rateLimiter = null)
            val error = assertThrows<HudhudException.Transport> { zagely.blocking.messages.send(send) }
            assertEquals(listOf("messages.send", 1, true), error.failure.run { listOf(call, attempts.toInt(), mayHaveHappened) })
            assertNotNull(error.failure.idempotencyKey)
            assertTrue(generateSequence<Throwable>(error) { it.cause }.any { it === thrown }, "${error.cause}")
            assertTrue("messages.send: transport: The transport threw " in error.message!! && name in error.message!!, error.message)
            assertTrue(error.message!!.endsWith("correct this, then repeat it with its idempotency key."), error.message)
        }
    }

    @Test
    fun `a number that JSON lacks is named with its field and its call`() {
        val zagely = Zagely("pk_a", "sk_b", FakeTransport(), rateLimiter = null).blocking
        val contact = CreateContact(phoneNumber = "+15551234567", customFields = jsonObject("a" to mapOf("b" to listOf(1, Double.NaN))))
        val extra = CallOptions(extra = jsonObject("a" to Double.POSITIVE_INFINITY))
        for ((run, expected) in listOf<Pair<() -> Any, String>>(
            { zagely.contacts.create(contact) } to "contacts.create: invalid_request: The call is invalid and was not sent. customFields.a.b.1: ",
            { zagely.account.me(options = extra) } to "account.me: invalid_request: The call is invalid and was not sent. extra.a: ",
            { zagely.request(Method.POST, "/api/v1/x", mapOf("a" to mapOf("b" to Double.NaN))) } to
                "request: invalid_request: The call is invalid and was not sent. a.b: ",
        )) {
            val error = assertThrows<HudhudException.InvalidRequest> { run() }
            assertTrue("${expected}expected a finite number, because JSON has no NaN and no infinity" in error.message!!, error.message)
        }
    }

    @Test
    fun `settings, limits and webhooks show what identifies them`() {
        val limits = RateLimit(limit = 120, remaining = 7)
        assertEquals("RateLimit(limit=120, remaining=7)", "$limits")
        val meta = Meta(status = 201, rateLimit = limits, idempotencyKey = "k-1")
        assertEquals("Meta(status=201, rateLimit=$limits, idempotentReplay=false, idempotencyKey=k-1)", "$meta")
        val settings = Settings(sessionId = "+15551234567", retry = RetryPolicy(2))
        assertEquals(
            "Settings(sessionId=…, methodOverride=false, textualBooleans=false, validate=true, retry=RetryPolicy(maxAttempts=2))", "$settings",
        )
        assertEquals("Webhook(tolerance=PT5M)", "${Webhook("whsec_secret")}")
    }

    @Test
    fun `an error of an option has the name of the call`() {
        val zagely = Zagely("pk_a", "sk_b", FakeTransport(), rateLimiter = null).blocking
        val options = CallOptions(idempotencyKey = "not a key")
        for ((run, call) in listOf<Pair<() -> Any, String>>(
            { zagely.messages.send(send, options) } to "messages.send",
            { zagely.request(Method.POST, "/api/v1/x", options = options) } to "request",
        )) {
            val error = assertThrows<HudhudException.InvalidRequest> { run() }
            assertEquals(call, error.failure.call)
            assertTrue("$call: invalid_request: The call is invalid and was not sent. idempotencyKey: " in error.message!!, error.message)
        }
    }

    @Test
    fun `a client is created from variables and arguments replace them`() {
        val zagely = Zagely.fromEnv(variables)
        val request = zagely.request(send)
        assertEquals("https://a.example/api/v1/messages/send", request.url)
        assertEquals("sk_b", header(request, "X-Secret-Key"))
        assertTrue("\"session_id\":\"s-1\"" in body(request)!!)
        assertEquals("Bearer t-1", header(zagely.request(ListAutomations()), "Authorization"))
        assertEquals("Zagely(baseUrl=https://a.example, publicKey=pk_…1234)", zagely.toString())

        val other = Zagely.fromEnv(variables, appRoutes = AppRoutes(token = "t-2"), settings = Settings(sessionId = "s-2"))
        assertTrue("\"session_id\":\"s-2\"" in body(other.request(send))!!)
        assertEquals("Bearer t-2", header(other.request(ListAutomations()), "Authorization"))

        val wazaj = Wazaj.fromEnv(mapOf("WAZAJ_API_KEY" to "wzj_a", "WAZAJ_BASE_URL" to "https://a.example/api/wazaj/business"))
        assertEquals("https://a.example/api/wazaj/business/messages/text", wazaj.request(SendText("+50912345678", "hi")).url)
    }

    @Test
    fun `a missing variable is named with what to set it to`() {
        val error = assertThrows<HudhudException.InvalidRequest> { Zagely.fromEnv(mapOf("ZAGELY_SECRET_KEY" to "")) }
        assertEquals(listOf("ZAGELY_PUBLIC_KEY", "ZAGELY_SECRET_KEY"), error.failure.fieldErrors.map { it.field })
        assertEquals(
            listOf("The variable is not set: set it to the public key from the dashboard (pk_…)."),
            error.failure.fieldErrors[0].messages,
        )
        assertThrows<HudhudException.InvalidRequest> { Wazaj.fromEnv(mapOf("WAZAJ_API_KEY" to "wzj_a")) }
        val base = assertThrows<HudhudException.InvalidRequest> { Zagely.fromEnv(variables + ("ZAGELY_BASE_URL" to "http://a.example")) }
        assertEquals(listOf("baseUrl"), base.failure.fieldErrors.map { it.field })
        // The process of the tests has no such variable.
        val unset = assertThrows<HudhudException.InvalidRequest> { Webhook.fromEnv() }
        assertEquals(listOf("ZAGELY_WEBHOOK_SECRET"), unset.failure.fieldErrors.map { it.field })
    }

    @Test
    fun `a webhook takes several secrets from its variable`() {
        val webhook = Webhook.fromEnv(mapOf("ZAGELY_WEBHOOK_SECRET" to " whsec_new whsec_old\n"))
        for (secret in listOf("whsec_new", "whsec_old")) {
            val delivery = deliveries(secret).first()
            assertEquals(delivery.event, webhook.receive(delivery.headers, delivery.body).name)
        }
    }

    @Test
    fun `a call sends its headers and its time limit`() = runBlocking {
        val transport = FakeTransport().respond(200, """{"id":"c-1"}""").respond(200, """{"data":[]}""")
        val options = CallOptions(
            headers = mapOf("X-Trace" to "t-1", "X-Another" to "a"), timeout = Duration.ofSeconds(2), deadline = Duration.ofMinutes(1),
        )
        zagely(transport).contacts.get("c-1", options)
        zagely(transport).contacts.list(options = options).toList()
        for (request in transport.requests) {
            assertEquals("t-1", header(request, "X-Trace"))
            assertEquals(Duration.ofSeconds(2), request.timeout)
        }
        assertNull(zagely().request(CheckHealth()).timeout)
        assertEquals("CallOptions(headers=…, timeout=PT2S, deadline=PT1M)", options.toString())
    }

    @Test
    fun `headers of the library and limits of zero are refused`() {
        val headers = mapOf("Authorization" to "Bearer x", "X-Name" to "a\r\nb", "a b" to "c", "x_y" to "é")
        val options = CallOptions(headers = headers, timeout = Duration.ZERO, deadline = Duration.ZERO)
        val error = assertThrows<HudhudException.InvalidRequest> { zagely().request(CheckHealth(), options) }
        assertEquals(
            setOf("headers.Authorization", "headers.X-Name", "headers.a b", "headers.x_y", "timeout", "deadline"),
            error.failure.fieldErrors.map { it.field }.toSet(),
        )
        assertFalse("Bearer x" in error.toString())
        val negative = assertThrows<IllegalArgumentException> { CallOptions(timeout = Duration.ofSeconds(-1)) }
        assertEquals("timeout: expected a duration > 0", negative.message)
        val half = assertThrows<HudhudException.InvalidRequest> {
            zagely().request(CheckHealth(), CallOptions(headers = mapOf("X-Name" to "\ud83d")))
        }
        assertEquals(listOf("headers.X-Name"), half.failure.fieldErrors.map { it.field })
    }

    @Test
    fun `a wait beyond the deadline ends the call at once`() = runBlocking {
        val wait = mapOf("Retry-After" to "30")
        val transport = FakeTransport().respond(429, "{}", wait)
        val error = assertThrows<HudhudException.RateLimited> {
            zagely(transport).account.me(options = CallOptions(deadline = Duration.ofSeconds(5)))
        }
        assertEquals(1, error.failure.attempts)
        assertEquals(1, transport.requests.size)
        assertTrue(transport.requests[0].timeout!! <= Duration.ofSeconds(5))
    }

    enum class Kind(val open: () -> Transport) {
        JAVA_HTTP({ JavaHttpTransport() }),
        OKHTTP({ OkHttpTransport() }),
        KTOR({ KtorTransport(HttpClient(CIO)) }),
    }

    @ParameterizedTest
    @EnumSource
    fun `a transport ends an attempt at the time limit of the call`(kind: Kind) = runBlocking {
        Listener { Thread.sleep(60_000) }.use { server ->
            val zagely = Zagely("pk_a", "sk_b", kind.open(), server.origin)
            val error = assertThrows<HudhudException.Transport> {
                zagely.messages.send(send.copy(sessionId = "s-1"), CallOptions(timeout = Duration.ofMillis(300), retry = RetryPolicy(1)))
            }
            // On a busy machine the time may be over before the connection is made.
            assertTrue(error.failure.transportFault in setOf(TransportFault.TIMEOUT, TransportFault.CONNECT), "$error")
            // The transport's own limit is 30 seconds.
            assertTrue(error.failure.elapsed < Duration.ofSeconds(20), "${error.failure.elapsed}")
            assertTrue(server.requests.size <= 1)
        }
    }

    @Test
    fun `a route that the catalog lacks is called with retries and keys`() = runBlocking {
        val transport = FakeTransport().respond(503).respond(200, """{"id":7,"n":12345678901234567890123,"a":[true,null,"é\u0041"]}""")
        val zagely = zagely(transport)
        val label = zagely.request(Method.POST, "/api/v1/labels/{label_id}", mapOf("label_id" to "l/1", "color" to "red", "n" to 2))
        assertEquals(7L, label.integer("id"))
        assertEquals(JsonValue.Digits("12345678901234567890123"), label["n"])
        assertEquals(jsonOf(listOf(true, null, "éA")), label["a"])
        val (first, second) = transport.requests
        assertEquals("https://zagely.com/api/v1/labels/l%2F1", first.url)
        assertEquals("""{"color":"red","n":2}""", body(first))
        assertEquals("request", first.call)
        assertTrue(header(first, "Idempotency-Key") != null)
        assertEquals(header(first, "Idempotency-Key"), header(second, "Idempotency-Key"))
    }

    @Test
    fun `a call by route has a response and errors like every call`() = runBlocking {
        val limits = mapOf("X-RateLimit-Remaining" to "7")
        val transport = FakeTransport().respond(204, "", limits).respond(404, """{"message":"No label Scheherazade."}""")
        val zagely = zagely(transport)
        val call = zagely.callByRoute(Method.GET, "/api/v1/labels/{id}", mapOf("id" to "Scheherazade", "page" to 2))
        val response = zagely.withResponse(call, CallOptions(headers = mapOf("X-Trace" to "t-1")))
        assertEquals(JsonValue.Null, response.output)
        assertEquals(7L, response.meta.rateLimit.remaining)
        assertEquals("https://zagely.com/api/v1/labels/Scheherazade?page=2", zagely.request(call).url)
        assertEquals("t-1", header(transport.requests[0], "X-Trace"))
        val missing = assertThrows<HudhudException.NotFound> { zagely.withResponse(call) }
        assertFalse("Scheherazade" in missing.toString(), "$missing")
        assertThrows<HudhudException.InvalidRequest> { zagely.decode(call, Response(200, emptyList(), "[1]".toByteArray())) }

        for (path in listOf("api/v1/x", "//evil.example/x", "/api/../x", "/{id}")) {
            val error = assertThrows<HudhudException.InvalidRequest> { zagely.request(Method.GET, path) }
            assertEquals("request", error.failure.call, path)
        }
        val half = assertThrows<HudhudException.InvalidRequest> {
            zagely.request(Method.POST, "/api/v1/labels", mapOf("name" to "\ud83d"))
        }
        assertEquals(listOf("name"), half.failure.fieldErrors.map { it.field })
        assertEquals("Call(request)", call.toString())
    }
}
