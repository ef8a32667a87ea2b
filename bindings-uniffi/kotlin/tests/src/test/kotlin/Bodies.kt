// Random bodies, valid and invalid, for the answers of all calls. The shapes come from the generated `answers.json`, so
// that new calls of the catalog are tested without changes here.
package dev.hudhud

import java.io.File
import kotlin.random.Random
import tools.jackson.databind.JsonNode
import tools.jackson.databind.json.JsonMapper

/** The shapes of the answers, of the vendors' errors and of a delivery. */
internal object Shapes {
    private val all = JsonMapper().readTree(File("../hudhud/target/answers.json"))

    /** A call with the shape of its output. */
    class Call(val vendor: String, val name: String, val output: JsonNode)

    val calls: List<Call> = all["calls"].values().map { Call(it["vendor"].asString(), it["call"].asString(), it["output"]) }
    val failure: JsonNode = all["failure"]
    val delivery: JsonNode = all["delivery"]
}

/** Generates bodies from a seed, so that a failure can be repeated. */
internal class Bodies(private val random: Random) {
    private fun oneIn(count: Int) = random.nextInt(count) == 0

    /** Returns a response to a call. Most of them can be decoded. */
    fun response(answer: JsonNode): Response {
        val status = listOf(200, 200, 200, 201, 202, 204, 302, 401, 404, 422, 429, 500, 503).random(random)
        val shape = if (status >= 400 && !oneIn(4)) Shapes.failure else answer
        val headers = listOf(
            Header("Content-Type", "application/json"), Header("Retry-After", "7"), Header("x-ratelimit-limit", "60"),
            Header("X-RateLimit-Remaining", "many"), Header("Idempotent-Replayed", "true"),
        ).filter { !oneIn(3) }
        return Response(status, headers, body(shape))
    }

    /** Returns a body of this shape. Some bodies have another shape, and some are damaged. */
    fun body(shape: JsonNode): ByteArray {
        val bare = write(shape)
        return when (random.nextInt(16)) {
            0 -> any(4).toByteArray()
            1, 2 -> broken(bare.toByteArray())
            3, 4 -> """{"data":$bare,"beside":${any(1)}}""".toByteArray()
            5 -> " \n$bare\t".toByteArray()
            6 -> ByteArray(0)
            else -> bare.toByteArray()
        }
    }

    /** Returns a damaged copy of the bytes. */
    fun broken(bytes: ByteArray): ByteArray {
        if (bytes.isEmpty()) return random.nextBytes(3)
        val at = random.nextInt(bytes.size)
        return when (random.nextInt(4)) {
            0 -> bytes.copyOf(at)
            1 -> bytes.copyOf().also { it[at] = random.nextInt(256).toByte() }
            2 -> bytes.copyOf(at) + bytes.copyOfRange(minOf(at + 1 + random.nextInt(8), bytes.size), bytes.size)
            else -> bytes.copyOf(at) + bytes.copyOfRange(random.nextInt(at + 1), bytes.size)
        }
    }

    private fun write(shape: JsonNode): String = if (oneIn(24)) any(2) else when (val kind = shape["kind"].asString()) {
        "model" -> {
            val fields = shape["fields"].values().filter { !oneIn(6) }.map { "${name(it["name"].asString())}:${write(it["shape"])}" }
            val others = List(if (oneIn(4)) random.nextInt(3) else 0) { "${name("new_$it")}:${any(2)}" }
            val again = if (fields.isNotEmpty() && oneIn(12)) listOf(fields.random(random)) else emptyList()
            (fields + others + again).let { if (oneIn(3)) it.shuffled(random) else it }.joinToString(",", "{", "}")
        }
        "list" -> List(random.nextInt(4)) { write(shape["item"]) }.joinToString(",", "[", "]")
        "enum" -> if (oneIn(4)) leaf("text") else "\"${shape["values"].values().map { it.asString() }.random(random)}\""
        "json" -> any(3)
        "object" -> List(random.nextInt(4)) { "${name("m$it")}:${any(2)}" }.joinToString(",", "{", "}")
        else -> leaf(kind)
    }

    /** Returns a leaf of a kind. Invalid JSON is rare, because a decoder stops at it. */
    private fun leaf(kind: String) = (if (oneIn(300)) NONSENSE else LEAVES.getValue(kind)).random(random)

    /** Returns a name as JSON, sometimes with an escape sequence. */
    private fun name(name: String) = if (oneIn(16)) "\"\\u%04x%s\"".format(name[0].code, name.drop(1)) else "\"$name\""

    /** Returns arbitrary JSON, with the vendors' field names and other names. */
    fun any(depth: Int): String = when (random.nextInt(if (depth == 0) 5 else 9)) {
        0 -> "null"
        1 -> random.nextBoolean().toString()
        2 -> leaf("integer")
        3 -> random.nextDouble().toString()
        4 -> leaf("text")
        5, 6 -> List(random.nextInt(4)) { any(depth - 1) }.joinToString(",", "[", "]")
        else -> List(random.nextInt(5)) { "\"${NAMES.random(random)}\":" + any(depth - 1) }.joinToString(",", "{", "}")
    }

    private companion object {
        val NAMES = listOf("data", "id", "name", "tags", "current_page", "custom_fields", "event", "extra", "é\\u00e9", "groups")
        val NONSENSE = listOf("1e400", "\"\\ud83d\"", "01", "nul", "\"\u0001\"", "'c-1'")
        val LEAVES = mapOf(
            "text" to listOf(
                "\"\"", "\"Jane Doe\"", "\"+15551234567\"", "\"message.received\"", "\"👋 é\"", "\"a\\\"b\\\\c\\n\"",
                "\"\\ud83d\\udc4b\\u0000\"", "\" x \"", "null", "5",
            ),
            "id" to listOf("\"c-1\"", "\"11111111-2222-3333-4444-555555555555\"", "\"\"", "7", "null", "\"\\u0063-1\""),
            "timestamp" to listOf("\"2026-04-21T10:30:00Z\"", "\"2026-04-21T10:30:00.123456+02:00\"", "\"soon\"", "null", "0"),
            "date" to listOf("\"2026-04-21\"", "\"0000-00-00\"", "null"),
            "integer" to listOf(
                "0", "1", "-1", "60", "9223372036854775807", "9223372036854775808", "18446744073709551615",
                "-9223372036854775809", "5.0", "5.5", "1e3", "\"5\"", "null", "123456789012345678901234567890",
            ),
            "number" to listOf("0", "-0.0", "1.5", "1e-7", "0.1234567890123456789", "99.9", "\"1.5\"", "null"),
            "boolean" to listOf("true", "false", "0", "1", "\"1\"", "\"yes\"", "null"),
        )
    }
}
