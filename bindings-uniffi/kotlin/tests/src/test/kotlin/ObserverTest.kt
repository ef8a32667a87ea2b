// Views of calls from outside: observers, spans, timers and the logger `hudhud`. Nothing of it is private.
package dev.hudhud.tests

import ch.qos.logback.classic.Level
import ch.qos.logback.classic.Logger
import ch.qos.logback.classic.spi.ILoggingEvent
import ch.qos.logback.core.read.ListAppender
import dev.hudhud.*
import dev.hudhud.micrometer.MicrometerObserver
import dev.hudhud.opentelemetry.OpenTelemetryObserver
import dev.hudhud.testing.FakeTransport
import io.micrometer.core.instrument.simple.SimpleMeterRegistry
import io.opentelemetry.api.trace.StatusCode
import io.opentelemetry.sdk.OpenTelemetrySdk
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter
import io.opentelemetry.sdk.trace.SdkTracerProvider
import io.opentelemetry.sdk.trace.data.SpanData
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor
import java.io.File
import java.time.Duration
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.slf4j.LoggerFactory
import tools.jackson.databind.JsonNode
import tools.jackson.databind.json.JsonMapper

/** A program that repeats a call, in a separate JVM. */
object CallTwice {
    @JvmStatic
    fun main(arguments: Array<String>) {
        val transport = FakeTransport().respond(503).respond(200, """{"id":"k-1"}""")
        val retry = RetryPolicy(base = Duration.ofMillis(1))
        Zagely("pk_a", "sk_b", transport, settings = Settings(retry = retry)).blocking.account.me()
    }
}

class ObserverTest {
    private val quick = Settings(retry = RetryPolicy(base = Duration.ZERO))
    private val number = "+15558675309"
    private val text = "meet at the old bridge"
    private val name = "Scheherazade"
    private val secret = "sk_secretkey123"
    private val private = listOf("5558675309", "old bridge", "old+bridge", "old%20bridge", name, "secretkey", "publickey")
    private val send = SendMessage(to = number, message = text, sessionId = "s-1")

    private val logger = LoggerFactory.getLogger("hudhud") as Logger
    private val lines = ListAppender<ILoggingEvent>().apply { start() }

    private fun log(level: Level) {
        logger.level = level
        logger.addAppender(lines)
    }

    @AfterEach
    fun `stop the log`() {
        logger.level = Level.OFF
        logger.detachAppender(lines)
    }

    /** Returns a client whose first message is refused for the limit per minute. */
    private fun client(observer: Observer? = null): Zagely {
        val limits = mapOf("X-RateLimit-Limit" to "120", "X-RateLimit-Remaining" to "0", "X-Request-Id" to "req-1", "Retry-After" to "0")
        val transport = FakeTransport().respond(429, """{"message":"$name $number $text"}""", limits)
            // This id is a phone number, so it is left out.
            .respond(201, """{"message_id":"m-1","status":"queued"}""", mapOf("X-Request-Id" to number))
        return Zagely("pk_publickey1234", secret, transport, settings = quick, observer = observer)
    }

    private val logged: List<Pair<String, String>> get() = lines.list.map { "${it.level}" to it.formattedMessage }

    @Test
    fun `the log states calls, attempts and waits`() {
        log(Level.DEBUG)
        client().blocking.messages.send(send)
        val url = "POST /api/v1/messages/send to zagely.com:443"
        assertEquals(
            listOf(
                "DEBUG" to "messages.send: attempt 1: $url: rate_limited (HTTP 429), 0 of 120 left this minute, request id req-1",
                "WARN" to "messages.send: attempt 1 failed: rate_limited (HTTP 429); waiting 0.0 s",
                "DEBUG" to "messages.send: attempt 2: $url: 201",
            ),
            logged.dropLast(1),
        )
        val (level, last) = logged.last()
        assertEquals("INFO", level)
        assertTrue(Regex("messages\\.send: 201 after 2 attempts, \\d+ ms").matches(last), last)
        lines.list.clear()
        logger.level = Level.INFO
        client().blocking.messages.send(send)
        assertEquals(listOf("WARN", "INFO"), logged.map { it.first })
    }

    @Test
    fun `the log states a long wait for the rate limiter once`(): Unit = runBlocking {
        log(Level.WARN)
        val limits = mapOf("X-RateLimit-Limit" to "1", "X-RateLimit-Remaining" to "0", "Content-Type" to "application/json")
        val zagely = Zagely("pk_a", secret, FakeTransport().respond(201, """{"message_id":"m-1"}""", limits))
        zagely.messages.send(send)
        val calls = List(3) { launch { zagely.messages.send(send) } }
        delay(300)
        calls.forEach { it.cancelAndJoin() }
        val (level, line) = logged.single()
        assertEquals("WARN", level)
        val form = "messages\\.send: waiting \\d+ s or longer for the rate limiter: the limit of the key is used up, or a response asked to wait"
        assertTrue(Regex(form).matches(line), line)
    }

    @Test
    fun `the log states failures`() {
        log(Level.INFO)
        val transport = FakeTransport().respond(404, """{"message":"$name"}""").fail(TransportFault.CONNECT)
        val zagely = Zagely("pk_a", secret, transport, settings = Settings(retry = RetryPolicy(1))).blocking
        assertThrows<HudhudException.NotFound> { zagely.contacts.get(number) }
        assertThrows<HudhudException.Transport> { zagely.account.me() }
        val texts = logged.map { (level, line) -> level to line.substringBeforeLast(", ") }
        val expected = listOf("contacts.get: not_found (HTTP 404) after 1 attempt", "account.me: transport (connect) after 1 attempt")
        assertEquals(expected.map { "WARN" to it }, texts)
    }

    @Test
    fun `a call that the program cancels is no failure`(): Unit = runBlocking {
        log(Level.INFO)
        val hasBegun = CompletableDeferred<Unit>()
        val transport = Transport { hasBegun.complete(Unit); awaitCancellation() }
        val call = launch { Zagely("pk_a", secret, transport).account.me() }
        hasBegun.await()
        call.cancelAndJoin()
        assertEquals(listOf("INFO"), logged.map { it.first })
    }

    @Test
    fun `the variable HUDHUD_LOG shows the log on standard error`() {
        fun run(level: String): List<String> {
            val path = System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path")
            val java = File(System.getProperty("java.home"), "bin/java").path
            val process = ProcessBuilder(java, "-cp", path, CallTwice::class.java.name).apply { environment()["HUDHUD_LOG"] = level }.start()
            val shown = process.errorStream.bufferedReader().readLines()
            assertEquals(0, process.waitFor())
            // JDK 25 warns about native libraries.
            return shown.filter { "hudhud " in it || "HUDHUD_LOG" in it }
        }
        assertEquals(4, run("debug").size)
        val info = run("INFO")
        assertEquals(2, info.size)
        assertTrue(info.last().contains(" hudhud INFO account.me: 200 after 2 attempts, "), info.last())
        assertEquals(1, run("warning").size)
        assertEquals(emptyList<String>(), run(""))
        assertEquals(listOf("HUDHUD_LOG: expected debug, info or warning"), run("loud"))
    }

    @Test
    fun `an observer follows a call`(): Unit = runBlocking {
        val recorder = Recorder()
        client(recorder).messages.send(send)
        val (call, first, refused, second, done) = recorder.recorded
        assertEquals(CallDescription("zagely", "messages.send", "POST", "/api/v1/messages/send", "zagely.com", 443), call)
        assertEquals(CallEvent.AttemptBegan(1, "POST") to CallEvent.AttemptBegan(2, "POST"), first to second)
        val limits = RateLimit(120, 0)
        val failed = Attempt(1, 429, "rate_limited", null, Duration.ZERO, Duration.ZERO, limits, "req-1", false)
        assertEquals(failed, (refused as CallEvent.AttemptEnded).attempt)
        assertEquals(Attempt(2, 201, null, null, null, null, RateLimit(), null, false), (done as CallEvent.AttemptEnded).attempt)
        val end = recorder.recorded[5] as CallEnd
        assertEquals(CallEnd(2, end.elapsed, 201, null, null, false), end)
        assertTrue(end.elapsed >= refused.elapsed + done.elapsed, "$end")
        assertEquals(6, recorder.recorded.size)
    }

    @Test
    fun `an observer follows pages, failures and cancellations`(): Unit = runBlocking {
        val recorder = Recorder()
        val transport = FakeTransport().respond(200, """{"data":[{"id":"c-1"}],"current_page":1,"last_page":2}""")
            .respond(200, """{"data":[{"id":"c-2"}],"current_page":2,"last_page":2}""").fail(TransportFault.TIMEOUT)
        val zagely = Zagely("pk_a", secret, transport, settings = Settings(retry = RetryPolicy(1)), observer = recorder)
        assertEquals(2, zagely.contacts.list().toList().size)
        assertEquals(listOf("contacts.list", "contacts.list"), recorder.recorded.filterIsInstance<CallDescription>().map { it.call })
        recorder.recorded.clear()
        assertThrows<HudhudException.Transport> { zagely.blocking.account.me() }
        val ended = (recorder.recorded[2] as CallEvent.AttemptEnded).attempt
        assertEquals(listOf(TransportFault.TIMEOUT, "transport", null), listOf(ended.fault, ended.error, ended.status))
        assertEquals("transport", (recorder.recorded[3] as CallEnd).error)
        recorder.recorded.clear()
        val sent = CompletableDeferred<Unit>()
        val silent = Zagely("pk_a", secret, { sent.complete(Unit); awaitCancellation() }, observer = recorder)
        val call = launch { silent.messages.send(send) }
        sent.await()
        call.cancelAndJoin()
        assertEquals(listOf(CallDescription::class, CallEvent.AttemptBegan::class, CallEnd::class), recorder.recorded.map { it::class })
        assertEquals("CallCancelledException", (recorder.recorded[2] as CallEnd).error)
        recorder.recorded.clear()
        // A call that was not sent is not observed.
        assertThrows<HudhudException.InvalidRequest> { zagely.blocking.messages.send(send.copy(to = "x")) }
        assertEquals(emptyList<Any>(), recorder.recorded)
    }

    @Test
    fun `an exception of an observer does not affect the call`() {
        log(Level.ERROR)
        for (method in listOf("begin", "event", "end")) {
            lines.list.clear()
            fun fail(at: String) {
                if (at == method) throw IllegalStateException("nothing here")
            }
            class Broken : Observer {
                override fun begin(call: CallDescription): CallObserver {
                    fail("begin")
                    return object : CallObserver {
                        override fun event(event: CallEvent) = fail("event")
                        override fun end(end: CallEnd) = fail("end")
                    }
                }
            }
            val broken = Broken()
            assertEquals("m-1", client(broken).blocking.messages.send(send).messageId)
            val line = "observer ${Broken::class.java.name}: $method() threw java.lang.IllegalStateException; correct it. " +
                "Its later exceptions are not logged."
            assertEquals(listOf("ERROR" to line), logged)
        }
    }

    @Test
    fun `a call that is not to be followed is sent, and a transport's mistake ends a call`() {
        assertEquals("m-1", client(Observer { null }).blocking.messages.send(send).messageId)
        val recorder = Recorder()
        val wrong = Zagely("pk_a", secret, { throw UnsupportedOperationException("$number $text") }, observer = recorder)
        val error = assertThrows<HudhudException.Transport> { wrong.blocking.messages.send(send) }
        assertEquals(emptyList<String>(), private.filter { it in "$error ${error.cause}" })
        assertTrue("UnsupportedOperationException" in "${error.cause}", "${error.cause}")
        assertEquals("transport", (recorder.recorded.last() as CallEnd).error)
        assertEquals(emptyList<String>(), private.filter { it in recorder.recorded.toString() })
    }

    @Test
    fun `nothing is collected if nobody looks`() {
        client().exchange(send).use { exchange ->
            log(Level.ERROR)
            assertNull(Watch.of(null, exchange))
            log(Level.WARN)
            assertNotNull(Watch.of(null, exchange))
        }
    }

    private val finished = InMemorySpanExporter.create()
    private val telemetry = OpenTelemetryObserver(
        OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(finished)).build()).build(),
    )

    /** Returns a span with its children, in the form of `tests/spans.json`. */
    private fun tree(span: SpanData): Map<String, Any> = buildMap {
        fun attributes(of: io.opentelemetry.api.common.Attributes) = of.asMap().entries.associate { (key, value) -> key.key to value }
        put("name", span.name)
        put("kind", span.kind.name.lowercase())
        put("attributes", attributes(span.attributes))
        if (span.events.isNotEmpty()) put("events", span.events.map { mapOf("name" to it.name, "attributes" to attributes(it.attributes)) })
        val children = finished.finishedSpanItems.filter { it.parentSpanId == span.spanId }.map(::tree)
        if (children.isNotEmpty()) put("children", children)
    }

    /** Returns a copy in which whole numbers have no decimal point, because the file has none. */
    private fun plain(value: Any?): Any? = when (value) {
        is Map<*, *> -> value.mapValues { plain(it.value) }
        is List<*> -> value.map(::plain)
        is Number -> value.toDouble()
        else -> value
    }

    @Test
    fun `spans are those of all hosts`() {
        val json = JsonMapper()
        val expected: JsonNode = json.readTree(File("../../../tests/spans.json"))
        val transport = FakeTransport()
        for (answer in expected["answers"].values()) {
            val fault = answer["fault"]
            if (fault != null) {
                transport.fail(TransportFault.valueOf(fault.asString().uppercase()))
            } else {
                val headers = answer["headers"].properties().associate { (name, value) -> name to value.asString() }
                transport.respond(answer["status"].asInt(), answer["body"].asString(), headers)
            }
        }
        val zagely = Zagely("pk_publickey1234", secret, transport, settings = quick, observer = telemetry)
        assertEquals("c-1", zagely.blocking.contacts.get(expected["id"].asString()).id)
        val spans = finished.finishedSpanItems
        assertEquals(plain(json.convertValue(expected["span"], Map::class.java)), plain(tree(spans.last())))
        val error = StatusCode.ERROR
        val unset = StatusCode.UNSET
        assertEquals(listOf(error, error, unset, unset), spans.map { it.status.statusCode })
        assertTrue(spans.last().parentSpanContext.let { !it.isValid })
    }

    @Test
    fun `the spans of a cancelled call end`(): Unit = runBlocking {
        val sent = CompletableDeferred<Unit>()
        val silent = Zagely("pk_a", secret, { sent.complete(Unit); awaitCancellation() }, observer = telemetry)
        val call = launch { silent.account.me() }
        sent.await()
        call.cancelAndJoin()
        assertEquals(listOf("GET /api/v1/me", "account.me"), finished.finishedSpanItems.map { it.name })
        assertTrue(finished.finishedSpanItems.all { it.status.statusCode == StatusCode.ERROR })
    }

    @Test
    fun `timers record calls, attempts and waits`() {
        val registry = SimpleMeterRegistry()
        client(MicrometerObserver(registry)).blocking.messages.send(send)
        fun count(timer: String, vararg tags: String) = registry.get(timer).tags("vendor", "zagely", "call", "messages.send", *tags).timer().count()
        assertEquals(1L, count("hudhud.call", "error", "none"))
        assertEquals(1L, count("hudhud.attempt", "error", "rate_limited", "status", "429"))
        assertEquals(1L, count("hudhud.attempt", "error", "none", "status", "201"))
        assertEquals(1L, count("hudhud.wait", "error", "rate_limited"))
        assertEquals(4, registry.meters.size)
    }

    @Test
    fun `nothing private is seen`() {
        log(Level.DEBUG)
        val shown = """{"message":"$name at $number: $text","error":{"code":"$name","message":"$text"}}"""
        val hidden = mapOf("X-Request-Id" to secret, "X-RateLimit-Limit" to text, "X-RateLimit-Remaining" to name, "Retry-After" to "0")
        val recorder = Recorder()
        val registry = SimpleMeterRegistry()
        var failed = 0
        for (observer in listOf(recorder, telemetry, MicrometerObserver(registry))) {
            var status = 0
            val transport = Transport { Response(status, hidden.map { (name, value) -> Header(name, value) }, shown.toByteArray()) }
            // The limiter would wait for minutes after the errors 429.
            val zagely = Zagely("pk_publickey1234", secret, transport, settings = quick, rateLimiter = null, observer = observer).blocking
            fun fails(with: Int, call: () -> Unit) {
                status = with
                val error = assertThrows<HudhudException> { call() }
                assertEquals(with, error.failure.meta?.status)
                failed++
            }
            fails(404) { zagely.contacts.get(number) }
            fails(422) { zagely.contacts.create(CreateContact(number, name, notes = text)) }
            fails(500) { zagely.contacts.list(ListContacts(search = name)).toList() }
            fails(429) { zagely.messages.send(send, CallOptions("order-${number.drop(1)}")) }
            fails(405) { zagely.contacts.update(UpdateContact(name, name = Change.Set(text))) }
        }
        assertEquals(15, failed)
        assertTrue(recorder.recorded.size > 15 && finished.finishedSpanItems.size > 10 && lines.list.size > 30)
        val recorded = recorder.recorded.joinToString() + finished.finishedSpanItems.joinToString() + logged.joinToString() +
            registry.meters.joinToString { "${it.id}" }
        assertEquals(emptyList<String>(), private.filter { it in recorded })
    }
}
