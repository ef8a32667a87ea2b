// `cargo xtask bench kotlin`: compares the hot paths with hand-written code, as ratios.
//
// Each turn runs a batch of both sides, and the ratio is the median over the turns: a slow phase of the machine affects
// both sides of a turn. A ratio above 1 means that Hudhud is faster.
package dev.hudhud.bench

import dev.hudhud.BlockingZagelyCalls
import dev.hudhud.CallEnd
import dev.hudhud.CallEvent
import dev.hudhud.CallObserver
import dev.hudhud.Header
import dev.hudhud.ListContacts
import dev.hudhud.Observer
import dev.hudhud.Response
import dev.hudhud.Webhook
import dev.hudhud.WebhookVerifier
import dev.hudhud.Zagely
import dev.hudhud.decodeResponse
import dev.hudhud.signDelivery
import dev.hudhud.testing.FakeTransport
import java.security.MessageDigest
import javax.crypto.Mac
import javax.crypto.spec.SecretKeySpec
import kotlinx.serialization.Serializable
import kotlinx.serialization.json.Json
import tools.jackson.databind.DeserializationFeature
import tools.jackson.module.kotlin.jsonMapper
import tools.jackson.module.kotlin.kotlinModule
import tools.jackson.module.kotlin.readValue

@Serializable
data class EventContact(val id: String?, val name: String?, val phone_number: String?, val email: String?)

@Serializable
data class EventData(val contact: EventContact?, val channel: String?, val content: String?)

@Serializable
data class Event(
    val event: String, val tenant_id: String?, val delivery_id: String?, val occurred_at: String?, val data: EventData?,
)

@Serializable
data class Group(val id: String?, val name: String?)

@Serializable
data class Contact(
    val id: String?, val name: String?, val phone_number: String?, val email: String?, val tags: List<String>,
    val is_blocked: Boolean?, val opted_out_at: String?, val custom_fields: Map<String, String>,
    val groups: List<Group>, val created_at: String?,
)

@Serializable
data class Page(val current_page: Long?, val data: List<Contact>, val total: Long?, val per_page: Long?)

internal const val SECRET = "whsec_5b2f9e3c7b8d4a1e9f1b12ab34cd56ef"
private val jackson = jsonMapper {
    addModule(kotlinModule())
    disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
}
private val kotlinx = Json { ignoreUnknownKeys = true }
private val key = SecretKeySpec(SECRET.toByteArray(), "HmacSHA256")

/** Hand-written verification: checks the signature in constant time, then parses the body. */
internal fun verifiedByHand(headers: Map<String, String>, body: ByteArray): Event = byHand(headers, body) { jackson.readValue<Event>(it) }

/** Hand-written verification with any parser. */
private inline fun <T> byHand(headers: Map<String, String>, body: ByteArray, parse: (ByteArray) -> T): T {
    val timestamp = checkNotNull(headers["X-Zagely-Timestamp"])
    check(Math.abs(System.currentTimeMillis() / 1000 - timestamp.toLong()) <= 300)
    val mac = Mac.getInstance("HmacSHA256")
    mac.init(key)
    mac.update(timestamp.toByteArray())
    mac.update('.'.code.toByte())
    mac.update(body)
    val hex = checkNotNull(headers["X-Zagely-Signature"]).removePrefix("sha256=")
    check(MessageDigest.isEqual(mac.doFinal(), java.util.HexFormat.of().parseHex(hex)))
    return parse(body)
}

/** Measures all, or with the argument `pairs`, `observers` or `inbox` only this part. */
fun main(arguments: Array<String>) {
    val parts = mapOf("pairs" to ::measurePairs, "observers" to ::measureObservers, "inbox" to ::measureInbox)
    for ((name, measure) in parts) if (arguments.isEmpty() || name in arguments) measure()
}

private fun measurePairs() {
    println("%-58s %10s %10s %7s".format("Hudhud against hand-written code", "Hudhud", "other", "ratio"))
    val webhook = Webhook(SECRET)
    for ((size, length) in listOf("0.3 kB" to 0, "4 kB" to 4096, "64 kB" to 65536)) {
        val body = event(length)
        val headers = signDelivery(SECRET, body, (System.currentTimeMillis() / 1000).toULong()).associate { it.name to it.value }
        val ours = { webhook.receive(headers, body) }
        pair("verify and parse $size: javax.crypto.Mac and Jackson", ours) { byHand(headers, body) { jackson.readValue<Event>(it) } }
        pair("verify and parse $size: Mac and kotlinx.serialization", ours) {
            byHand(headers, body) { kotlinx.decodeFromString<Event>(it.decodeToString()) }
        }
    }
    val small = event(0)
    val signed = signDelivery(SECRET, small, (System.currentTimeMillis() / 1000).toULong())
    val byHeaders = signed.associate { it.name to it.value }
    val uniffi = WebhookVerifier(listOf(SECRET), 300u)
    pair("verify and parse 0.3 kB: the same over UniFFI's JNA", { webhook.receive(byHeaders, small) }) {
        uniffi.verify(signed, small, (System.currentTimeMillis() / 1000).toULong())
    }
    val page = contacts()
    val zagely = Zagely("pk_bench", "sk_bench", FakeTransport())
    val list = ListContacts().call()
    val response = Response(200, listOf(Header("Content-Type", "application/json")), page)
    val ours = { zagely.decode(list, response) }
    pair("decode 50 contacts: Jackson", ours) { jackson.readValue<Page>(page) }
    pair("decode 50 contacts: kotlinx.serialization", ours) { kotlinx.decodeFromString<Page>(page.decodeToString()) }
    pair("decode 50 contacts: the same over UniFFI's JNA", ours) { decodeResponse("zagely", "contacts.list", response, null) }
}

private var sink: Any? = null

private fun pair(name: String, ours: () -> Any?, theirs: () -> Any?) {
    fun nanos(count: Int, run: () -> Any?): Double {
        val begun = System.nanoTime()
        repeat(count) { sink = run() }
        return (System.nanoTime() - begun).toDouble() / count
    }
    val warm = System.nanoTime() + 2_000_000_000
    while (System.nanoTime() < warm) {
        nanos(100, ours)
        nanos(100, theirs)
    }
    val batch = (5_000_000 / nanos(200, ours)).toInt().coerceIn(1, 100_000)
    val rounds = List(61) { nanos(batch, ours) to nanos(batch, theirs) }
    fun median(of: (Pair<Double, Double>) -> Double) = rounds.map(of).sorted()[rounds.size / 2]
    println("%-58s %7.2f us %7.2f us %7.2f".format(name, median { it.first } / 1000, median { it.second } / 1000, median { it.second / it.first }))
}

/** Measures a call over a socket on loopback with an observer against the same call without one. */
private fun measureObservers() {
    val url = System.getenv("HUDHUD_LOOPBACK")
    if (url == null) {
        println("cost of an observer: not measured; `cargo xtask bench kotlin` starts the loopback server")
        return
    }
    fun client(observer: Observer?) = Zagely("pk_bench", "sk_bench", baseUrl = url, observer = observer).blocking
    val idle = object : CallObserver {
        override fun event(event: CallEvent) {}
        override fun end(end: CallEnd) {}
    }
    val plain = client(null)
    println("\ncost of an observer, contacts.get over loopback: with it, without it, ratio")
    val sides = mapOf(
        "no observer on either side: the error of this measurement" to client(null),
        "an observer that does nothing" to client { idle },
    )
    val batch = 8
    fun micros(client: BlockingZagelyCalls): Double {
        val begun = System.nanoTime()
        repeat(batch) { sink = client.contacts.get("c-1") }
        return (System.nanoTime() - begun) / 1000.0 / batch
    }
    val warm = System.nanoTime() + 15_000_000_000
    while (System.nanoTime() < warm) (sides.values + plain).forEach(::micros)
    for ((name, observed) in sides) {
        val rounds = List(1200) { round ->
            // The order alternates too.
            if (round % 2 == 0) micros(observed) to micros(plain) else micros(plain).let { micros(observed) to it }
        }
        fun median(of: (Pair<Double, Double>) -> Double) = rounds.map(of).sorted()[rounds.size / 2]
        println("%-58s %7.1f us %7.1f us %7.3f".format(name, median { it.first }, median { it.second }, median { it.first / it.second }))
    }
}

private fun event(length: Int): ByteArray {
    val text = "Hello, I need help with my order. "
    val content = text.repeat(maxOf(1, (length - 270) / text.length))
    return """{"event":"message.received","tenant_id":"uuid-of-tenant","delivery_id":"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee","occurred_at":"2026-04-21T10:30:00Z","data":{"contact":{"id":"...","name":"Jane Doe","phone_number":"+15551234567","email":null},"channel":"whatsapp","content":"$content"}}""".toByteArray()
}

private fun contacts(): ByteArray {
    val all = (0 until 50).joinToString(",") {
        """{"id":"aaaaaaaa-bbbb-cccc-dddd-%012d","name":"Jane Doe %d","phone_number":"+1555123%04d","email":"jane%d@example.com","tags":["vip","active"],"is_blocked":false,"opted_out_at":null,"custom_fields":{"city":"New York","plan":"gold"},"groups":[{"id":"bbbbbbbb-cccc-dddd-eeee-%012d","name":"VIP Customers"}],"created_at":"2026-01-15T09:00:00Z"}""".format(it, it, it, it, it)
    }
    return """{"current_page":1,"data":[$all],"total":842,"per_page":50}""".toByteArray()
}
