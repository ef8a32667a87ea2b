// The JNI and the UniFFI interface return the same results for arbitrary input. Tests of webhooks and of redaction.
package dev.hudhud

import dev.hudhud.testing.FakeTransport
import dev.hudhud.testing.deliveries
import dev.hudhud.testing.sign
import java.io.File
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.time.ZoneOffset
import java.util.Base64
import kotlin.random.Random
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import net.jqwik.api.Arbitraries
import net.jqwik.api.Arbitrary
import net.jqwik.api.ForAll
import net.jqwik.api.Property
import net.jqwik.api.Provide
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import tools.jackson.databind.json.JsonMapper

class BridgesTest {
    private val secret = "whsec_test"
    private val now = 1_776_767_400L

    /** Returns the result or the error, with bytes as text, because arrays compare by identity. */
    private fun outcome(run: () -> Any?): Any? = try {
        run()
    } catch (error: HudhudException) {
        val body = error.failure.response?.body?.toString(Charsets.ISO_8859_1)
        Triple(error.javaClass, error.failure.copy(response = null), body)
    }

    @Test
    fun `the JNI interface is the default`() = assertSame(JniBridge, NativeBridge.default)

    /** Asserts that both interfaces decode a response to the same result. */
    private fun decodesToTheSame(vendor: String, call: String, response: Response, key: String? = null) {
        val (one, other) = listOf(UniffiBridge, JniBridge).map { bridge -> outcome { bridge.decode(vendor, call, response, key) } }
        assertEquals(one, other) { "$call, ${response.status}, ${response.headers.map { it.name }}: ${String(response.body)}" }
    }

    /** A response in the vectors with its call. */
    private class Given(val vendor: String, val call: String, val response: Response)

    @Test
    fun `every response in the vectors decodes to the same`() {
        assertTrue(given.size > 50)
        for (case in given) decodesToTheSame(case.vendor, case.call, case.response)
    }

    @Property(tries = 40, seed = SEED)
    fun `a damaged response of the vectors decodes to the same`(@ForAll seed: Long) {
        val random = Random(seed)
        for (case in given) {
            val response = case.response.copy(body = Bodies(random).broken(case.response.body))
            decodesToTheSame(case.vendor, case.call, response)
            val other = Shapes.calls.random(random)
            decodesToTheSame(other.vendor, other.name, response)
        }
    }

    @Property(tries = 300, seed = SEED)
    fun `an inbox decides the same`(@ForAll seed: Long, @ForAll replayKey: String) {
        val random = Random(seed)
        assertEquals(UniffiBridge.storageKey(replayKey), JniBridge.storageKey(replayKey))
        val rules = InboxRules(random.nextBoolean(), random.nextLong(1_000, 3_600_000), random.nextLong(1, 4))
        val until = if (random.nextBoolean()) -1 else now + random.nextLong(-100, 100_000)
        var (stored, at) = null as ByteArray? to now * 1_000
        repeat(6) {
            val holder = random.nextBytes(16)
            val steps = listOf(UniffiBridge, JniBridge).map { it.inboxClaim(rules, stored, until, holder, at) }
            assertEquals(steps[0].toList(), steps[1].toList())
            val claimed = InboxDecision(steps[1], rules.maxAttempts).change
            stored = claimed?.entry ?: stored
            if (claimed != null && random.nextBoolean()) {
                val (how, expected) = random.nextInt(3) to claimed.expected
                val ends = listOf(UniffiBridge, JniBridge).map { it.inboxEnd(how, claimed.entry, expected, rules.maxAttempts, at) }
                assertEquals(ends[0].toList(), ends[1].toList())
                stored = InboxDecision(ends[1], rules.maxAttempts).change?.entry ?: stored
            }
            at += random.nextLong(100_000)
        }
        val damaged = random.nextBytes(random.nextInt(60))
        val (one, other) = listOf(UniffiBridge, JniBridge).map { bridge -> outcome { bridge.inboxClaim(rules, damaged, until, ByteArray(16), at).toList() } }
        assertEquals(one, other)
    }

    @Property(tries = 200, seed = SEED)
    fun `a random response to any call decodes to the same`(@ForAll seed: Long) {
        val bodies = Bodies(Random(seed))
        for (call in Shapes.calls) {
            decodesToTheSame(call.vendor, call.name, bodies.response(call.output), "k-1".takeIf { seed % 2 == 0L })
        }
    }

    @Test
    fun `the random responses to each call are partly decodable`() {
        val bodies = Bodies(Random(20))
        for (call in Shapes.calls) {
            val outcomes = List(60) { outcome { JniBridge.decode(call.vendor, call.name, bodies.response(call.output), null) } }
            val read = outcomes.filterIsInstance<Decoded>().map { it.output }.distinct().size
            assertTrue(read in 5..55, "${call.name}: $read different answers from 60 responses")
        }
    }

    @Test
    fun `an endless number costs no other member of a delivery`() {
        val data = """"data":{"campaign":{"id":"c-1"},"stats":{"sent_count":3,"read_rate":1e400}}"""
        val event = """"event":"campaign.completed""""
        for (members in listOf("$event,$data", "$data,$event", "$data,\"event\":\"x\",$event")) {
            val bytes = "{$members}".toByteArray()
            val headers = signDelivery(secret, bytes, now.toULong())
            val (one, other) = listOf(UniffiBridge, JniBridge).map { it.verifier(listOf(secret), 300).verify(headers, bytes, now) }
            assertEquals(one, other)
            assertTrue("sentCount=3" in one.toString(), one.toString())
        }
    }

    @Property(tries = 300, seed = SEED)
    fun `a random delivery verifies to the same, and a changed one is refused`(@ForAll seed: Long) {
        val bytes = Bodies(Random(seed)).body(Shapes.delivery)
        val headers = signDelivery(secret, bytes, now.toULong())
        val secrets = listOf("old", secret)
        val ways = listOf(UniffiBridge, JniBridge).map { it.verifier(secrets, 300) }
        fun verify(headers: List<Header>, bytes: ByteArray, now: Long): Verification {
            val (one, other) = ways.map { it.verify(headers, bytes, now) }
            assertEquals(one, other)
            return one
        }
        val genuine = verify(headers, bytes, now)
        assertTrue(genuine is Verification.Verified || (genuine as Verification.Refused).reason == WebhookErrorReason.MALFORMED_PAYLOAD)
        val forged = verify(headers, bytes + 32, now) as Verification.Refused
        assertEquals(WebhookErrorReason.SIGNATURE_MISMATCH, forged.reason)
        assertEquals(WebhookErrorReason.TIMESTAMP_TOO_OLD, (verify(headers, bytes, now + 301) as Verification.Refused).reason)
        assertEquals(WebhookErrorReason.MISSING_HEADER, (verify(emptyList(), bytes, now) as Verification.Refused).reason)
    }

    @Property(tries = 300, seed = SEED)
    fun `arbitrary templates render to the same`(@ForAll("braces") template: String, @ForAll value: String) {
        val values = mapOf("a" to JsonValue.Text(value), "b" to JsonValue.Null, "c" to JsonValue.Int(5))
        for (missing in MissingPolicy.entries) {
            assertEquals(
                outcome { UniffiBridge.render(template, values, missing) },
                outcome { JniBridge.render(template, values, missing) },
            )
        }
    }

    @Provide
    fun braces(): Arbitrary<String> = Arbitraries.of("{{", "}}", "{{a}}", "{{ b }}", "{{c}}", " ", "x", "é", "{").list().ofMaxSize(12).map { it.joinToString("") }

    @Test
    fun `an invalid number is an InvalidRequest through both interfaces`() {
        val zagely = Zagely("pk_test", "sk_test", FakeTransport())
        for (none in listOf(JsonValue.Digits("five"), jsonOf(Double.NaN), jsonOf(listOf(Double.POSITIVE_INFINITY)))) {
            val values = mapOf("a" to none)
            for (bridge in listOf(UniffiBridge, JniBridge)) {
                assertThrows<HudhudException.InvalidRequest> { bridge.render("{{ a }}", values, MissingPolicy.ERROR) }
            }
            val options = CallOptions(extra = values)
            assertThrows<HudhudException.InvalidRequest> { zagely.request(GetContact("c-1"), options) }
        }
    }

    @Test
    fun `deduplicateUntil is null without a tolerance through both interfaces`() {
        val bytes = """{"event":"webhook.test"}""".toByteArray()
        val headers = signDelivery(secret, bytes, now.toULong())
        for (bridge in listOf(UniffiBridge, JniBridge)) {
            fun until(tolerance: Long?): Long? {
                val verification = bridge.verifier(listOf(secret), tolerance).verify(headers, bytes, now)
                return (verification as Verification.Verified).delivery.deduplicateUntil
            }
            assertEquals(now + 86_400, until(300))
            assertEquals(null, until(null))
            assertThrows<HudhudException.InvalidRequest> { bridge.verifier(listOf(secret, " \u200b\n"), 300) }
        }
    }

    @Test
    fun `a negative tolerance is refused, and a part of a second counts as one`() {
        assertThrows<IllegalArgumentException> { Webhook(secret, Duration.ofSeconds(-1)) }
        val delivery = deliveries(secret, Instant.ofEpochSecond(now))[0]
        fun at(seconds: Long) = Webhook(secret, Duration.ofMillis(1500), Clock.fixed(Instant.ofEpochSecond(now + seconds), ZoneOffset.UTC))
        at(2).verify(delivery.headers, delivery.body)
        assertThrows<WebhookException> { at(3).verify(delivery.headers, delivery.body) }
    }

    @Test
    fun `a header is text, or a list or an array of text`() {
        val delivery = deliveries(secret, Instant.ofEpochSecond(now))[0]
        val webhook = Webhook(secret, clock = Clock.fixed(Instant.ofEpochSecond(now), ZoneOffset.UTC))
        webhook.verify(delivery.headers.mapValues { listOf(it.value) }, delivery.body)
        webhook.verify(delivery.headers.mapValues { arrayOf(it.value) }, delivery.body)
        for (wrong in listOf(null, 5, listOf(null))) {
            val error = assertThrows<IllegalArgumentException> { webhook.verify(mapOf("X-Zagely-Timestamp" to wrong), delivery.body) }
            assertEquals("headers: X-Zagely-Timestamp: expected text or a list of text", error.message)
        }
    }

    @Test
    fun `all events are decoded to their types`() {
        val webhook = Webhook(secret, clock = Clock.fixed(Instant.ofEpochSecond(now), ZoneOffset.UTC))
        val all = deliveries(secret, Instant.ofEpochSecond(now))
        assertEquals(14, all.size)
        for (delivery in all) {
            val event = webhook.verify(delivery.headers, delivery.body)
            assertFalse(event is WebhookEvent.Unknown, delivery.event)
        }
        val received = webhook.verify(all[0].headers, all[0].body) as WebhookEvent.MessageReceived
        assertEquals("Jane Doe", received.data.contact?.name)
        val events = all.associate { it.event to webhook.verify(it.headers, it.body) }
        val failed = (events["message.failed"] as WebhookEvent.MessageFailed).data
        assertEquals(MessageStatus.Failed to "The recipient could not be reached.", failed.status to failed.error)
        assertEquals("Jane Doe" to Channel.Whatsapp, failed.contact?.name to failed.channel)
        val completed = (events["campaign.completed"] as WebhookEvent.CampaignCompleted).data
        assertEquals(CampaignStatus.Completed to 1380L, completed.campaign?.status to completed.stats?.deliveredCount)
        val updated = (events["contact.updated"] as WebhookEvent.ContactUpdated).data
        assertEquals(listOf("vip", "active"), updated.contact?.tags)
        val connected = (events["session.connected"] as WebhookEvent.SessionConnected).data
        assertEquals(SessionStatus.Connected, connected.session?.status)
        val test = (events["webhook.test"] as WebhookEvent.WebhookTest).data
        assertEquals("This is a test event.", test.message)
        // Data that is missing or has another form is empty.
        for (data in listOf("", ",\"data\":null", ",\"data\":[1]", ",\"data\":\"x\"", ",\"data\":{\"contact\":7,\"status\":[]}")) {
            val odd = """{"event":"message.failed"$data}""".toByteArray()
            val event = webhook.verify(sign(secret, odd, Instant.ofEpochSecond(now)), odd) as WebhookEvent.MessageFailed
            assertEquals(null to null, event.data.contact to event.data.status)
        }
        val body = """{"event":"moon.landed","data":{"n":1}}""".toByteArray()
        val unknown = webhook.verify(sign(secret, body, Instant.ofEpochSecond(now)), body) as WebhookEvent.Unknown
        assertEquals("moon.landed" to jsonOf(mapOf("n" to 1)), unknown.name to unknown.json)
        val refused = assertThrows<WebhookException> { webhook.verify(emptyMap<String, String>(), body) }
        assertEquals(WebhookErrorReason.MISSING_HEADER to 400, refused.reason to refused.httpStatus)
    }

    @Test
    fun `each sample is the one that core declares`() {
        val declared = JsonMapper().readTree(File("../../../tests/webhook-samples.json"))
        val samples = eventNames().associateWith { JsonMapper().readTree(sampleDelivery(it)) }
        assertEquals(declared.properties().associate { (event, body) -> event to body }, samples)
        val ids = deliveries(secret).map { JsonMapper().readTree(it.body).get("delivery_id").asText() }
        assertEquals(samples.keys.size, ids.toSet().size)
    }

    @Test
    fun `an unexpected second response is refused and changes nothing`() {
        val exchange = Zagely("pk_test", "sk_test", FakeTransport()).exchange(GetContact("c-1"))
        val answer = { id: String -> Response(200, emptyList(), """{"id":"$id","name":"Jane"}""".toByteArray()) }
        assertTrue(exchange.step(0) is Step.Send)
        exchange.receive(answer("c-1"), 0)
        val refused = assertThrows<HudhudException.InvalidRequest> { exchange.receive(answer("another-one-which-is-longer"), 0) }
        assertFalse("not sent" in refused.message || "nothing was sent" in refused.message, refused.message)
        val reply = (exchange.step(0) as Step.Done).response
        assertEquals("c-1" to "Jane", reply.output.id to reply.output.name)
    }

    @Test
    fun `the text of a client and of a page identifies it`() {
        val zagely = Zagely("pk_0123456789abcdef0123456789abxgZF", "sk_test", FakeTransport())
        assertEquals("Zagely(baseUrl=https://zagely.com, publicKey=pk_…xgZF)", zagely.toString())
        assertEquals("$zagely, blocking", zagely.blocking.toString())
        val wazaj = Wazaj("wzj_test", "https://example.com/api/wazaj/business", FakeTransport())
        assertEquals("Wazaj(baseUrl=https://example.com/api/wazaj/business)", wazaj.toString())
        val page = ContactPage(listOf(Contact(id = "c-1", name = "Jane"), Contact()), currentPage = 1, lastPage = 100, total = 200)
        assertEquals("ContactPage(2 items, page 1 of 100, total=200)", page.toString())
        assertEquals("Object(1 member)", jsonOf(mapOf("to" to "+15551234567")).toString())
    }

    @Test
    fun `errors name options and fields as Kotlin does, and other names as they were written`() {
        fun fields(run: () -> Unit): List<String> {
            val failure = assertThrows<HudhudException.InvalidRequest> { run() }.failure
            failure.fieldErrors.forEach { assertTrue(it.field in failure.summary, failure.summary) }
            assertFalse(Regex("[a-z]_[a-z]") in failure.summary.substringAfter("invalid_request"), failure.summary)
            return failure.fieldErrors.map { it.field }
        }
        assertEquals(listOf("publicKey"), fields { Zagely("nonsense", "sk_test") })
        assertEquals(listOf("baseUrl"), fields { Zagely("pk_test", "sk_test", baseUrl = "nonsense") })
        assertEquals(listOf("apiKey"), fields { Wazaj("nonsense", "https://example.com/api/wazaj/business") })
        val zagely = Zagely("pk_test", "sk_test", FakeTransport())
        assertEquals(listOf("idempotencyKey"), fields { zagely.request(CheckHealth(), CallOptions("not a key")) })
        val listing = ListContacts(perPage = 1000)
        assertEquals(listOf("perPage"), fields { zagely.request(listing) })
        assertEquals(listOf("perPage"), fields { zagely.exchange(listing) })
        assertEquals(listOf("perPage"), fields { runBlocking { zagely.contacts.list(listing).toList() } })
        assertEquals(listOf("perPage"), fields { zagely.blocking.contacts.list(listing).toList() })
        val group = CreateContactGroup("New", GroupType.Dynamic, filters = GroupFilters(createdFrom = "yesterday"))
        assertEquals(listOf("filters.createdFrom"), fields { zagely.request(group) })
        val never = RetryPolicy(maxAttempts = 0)
        assertEquals(listOf("maxAttempts"), fields { zagely.request(CheckHealth(), CallOptions(retry = never)) })
        assertEquals(listOf("maxAttempts"), fields { Zagely("pk_test", "sk_test", settings = Settings(retry = never)) })
        assertEquals(listOf("updateMethod"), fields { Zagely("pk_test", "sk_test", settings = Settings(updateMethod = Method.GET)) })
        assertEquals(listOf("appRoutes.prefix"), fields { Zagely("pk_test", "sk_test", appRoutes = AppRoutes(prefix = "..")) })
        assertEquals(listOf("appRoutes.token"), fields { Zagely("pk_test", "sk_test", appRoutes = AppRoutes(token = "a\u0000b")) })
        val half = jsonObject("shoe_size" to "\ud83d")
        assertEquals(listOf("publicKey"), fields { Zagely("pk_\ud83d", "sk_test") })
        assertEquals(listOf("sessionId"), fields { zagely.request(SendMessage(to = "+15551234567", message = "hi", sessionId = "\ud83d")) })

        // These names are keys of objects that the program wrote.
        fun given(run: () -> Unit): List<String> =
            assertThrows<HudhudException.InvalidRequest> { run() }.failure.fieldErrors.map { it.field }
        val update = UpdateContact("c-1", customFields = Change.Set(half))
        assertEquals(listOf("customFields.shoe_size"), given { zagely.request(update) })
        val route = zagely.callByRoute(Method.GET, "/api/v1/labels/{label_id}")
        assertEquals(listOf("label_id", "maxAttempts"), given { zagely.request(route, CallOptions(retry = never)) })
        assertEquals(listOf("page_number"), given { zagely.callByName("contacts.list", """{"page_number":1}""") })

        // These names are the vendor's.
        val refused = Response(422, emptyList(), """{"message":"No.","errors":{"session_id":["Unknown."]}}""".toByteArray())
        val error = assertThrows<HudhudException.Validation> { zagely.decode(SendMessage(to = "+15551234567", message = "hi"), refused) }
        assertEquals(listOf("session_id"), error.failure.fieldErrors.map { it.field })
        assertTrue("as sessionId," in error.failure.hint && error.failure.summary.endsWith(error.failure.hint), error.failure.summary)
        val negative = assertThrows<IllegalArgumentException> { RetryPolicy(base = Duration.ofSeconds(-1)) }
        assertEquals("base: expected a duration >= 0", negative.message)
    }

    @Test
    fun `the text of values contains no key, phone number or message text`() {
        val transport = FakeTransport().respond(422, """{"error":{"code":"validation_failed","message":"+15551234567 is bad","details":{"errors":{"to":["+15551234567 is bad"]}}}}""")
        val zagely = Zagely("pk_hush", "sk_hush", transport)
        val call = SendMessage(to = "+15551234567", message = "a secret text")
        val error = assertThrows<HudhudException.Validation> { zagely.blocking.messages.send(call) }
        val request = transport.requests.single()
        val update = UpdateContact("c-1", name = Change.Set("a secret text"))
        val webhook = Webhook("whsec_hush", clock = Clock.fixed(Instant.ofEpochSecond(now), ZoneOffset.UTC))
        val deliveries = listOf("message.received", "message.sent", "moon.+15551234567").map { event ->
            val data = """{"content":"a secret text","channel":"+15551234567"}"""
            val body = """{"event":"$event","data":$data,"to":"+15551234567"}""".toByteArray()
            webhook.receive(sign("whsec_hush", body, Instant.ofEpochSecond(now)), body)
        }
        val shown = (deliveries + deliveries.map { it.event } + listOf(
            Channel.Other("+15551234567"), EventName.Other("a secret text"), jsonOf(mapOf("to" to listOf("a secret text"))),
            CallOptions(extra = jsonObject("to" to "+15551234567")),
            zagely, call, call.call(), error, error.failure, request, request.headers, update, AppRoutes(token = "sk_hush"),
            Contact(name = "a secret text", phoneNumber = "+15551234567"), Settings(), zagely.request(call),
        )).joinToString("\n") { it.toString() }
        for (word in listOf("hush", "5551234567", "secret text")) assertFalse(word in shown, shown)
        assertEquals("+15551234567 is bad", error.failure.reason)
        assertEquals("CallOptions(idempotencyKey=k-1, extra=…)", CallOptions("k-1", extra = jsonObject("to" to 1)).toString())
        assertEquals("whatsapp fax", "${Channel.Whatsapp} ${Channel.Other("fax")}")
    }

    private companion object {
        /** The same cases in each run, so that a change is never blamed for an older fault. Another seed tries others. */
        const val SEED = "20"

        private fun vectors(suite: String) = File("../../../tests/vectors").listFiles()!!.sorted()
            .map { JsonMapper().readTree(it) }.filter { it["suite"].asString() == suite }.flatMap { it["cases"] }

        val given = vectors("response").map { case ->
            val response = case["response"]
            val headers = response["headers"]?.properties().orEmpty().map { (name, value) -> Header(name, value.asString("")) }
            val body = response["body_base64"]?.let { Base64.getDecoder().decode(it.asString()) }
                ?: (response["body"]?.asString() ?: response["body_json"].toString()).toByteArray()
            Given(case["client"]["vendor"].asString(), case["call"].asString(), Response(response["status"].asInt(), headers, body))
        }
    }
}
