// Reads Kotlin values from a tape: the flat array of integers in which core describes a decoded body.
//
// The format of its cells is documented in `bindings-uniffi/src/tape/mod.rs`. This file reads simple values. The
// generated `Tapes.kt` has the readers for the types of the catalog. Texts are decoded from the bytes of the body.
package dev.hudhud

import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.time.Duration

internal class Tape(private val cells: IntArray, private val body: ByteArray) {
    /** The text that does not occur literally in the body. */
    private val more: ByteArray by lazy(LazyThreadSafetyMode.NONE) {
        val words = cells.size - cells[0]
        ByteBuffer.allocate(4 * words).order(ByteOrder.nativeOrder()).also { it.asIntBuffer().put(cells, cells[0], words) }.array()
    }

    fun slot(at: Int): Int = cells[at]

    fun text(at: Int): String? = if (at == 0) null else textAt(at)

    private fun textAt(at: Int): String {
        val from = cells[at]
        val length = cells[at + 1]
        return if (from < body.size) String(body, from, length, Charsets.UTF_8)
        else String(more, from - body.size, length, Charsets.UTF_8)
    }

    private fun long(at: Int): Long = (cells[at].toLong() shl 32) or (cells[at + 1].toLong() and 0xffff_ffffL)

    /** Returns a non-negative integer. One with 64 bits turns negative, because Kotlin's Long is signed. */
    fun count(at: Int): Long? = if (at == 0 || cells[at] != 0) null else long(at + 1)

    /** Returns an integer that fits into a Long. */
    fun whole(at: Int): Long? = if (at == 0 || (cells[at] == 0 && cells[at + 1] < 0)) null else long(at + 1)

    fun number(at: Int): Double? = if (at == 0) null else Double.fromBits(long(at + 1))

    fun flag(slot: Int): Boolean? = if (slot == 0) null else slot == 2

    inline fun <T> list(at: Int, read: Tape.(Int) -> T): List<T> {
        val count = if (at == 0) 0 else slot(at)
        if (count == 0) return emptyList()
        val list = ArrayList<T>(count)
        for (item in at + 1..at + count) list.add(read(slot(item)))
        return list
    }

    fun members(at: Int): Map<String, JsonValue> {
        val count = if (at == 0) 0 else cells[at]
        if (count == 0) return emptyMap()
        val members = LinkedHashMap<String, JsonValue>(count * 2)
        for (member in at + 1..at + 3 * count step 3) members[textAt(member)] = json(cells[member + 2]) ?: JsonValue.Null
        return members
    }

    /**
     * Returns a JSON value without a declared type. In slot 0 the value is absent: the result is null, which callers that need a value
     * replace with JSON `null`.
     */
    fun json(at: Int): JsonValue? = if (at == 0) null else when (cells[at]) {
        1 -> JsonValue.Bool(false)
        2 -> JsonValue.Bool(true)
        3 -> JsonValue.Int(long(at + 1))
        4 -> JsonValue.Double(Double.fromBits(long(at + 1)))
        5 -> JsonValue.Digits(textAt(at + 1))
        6 -> JsonValue.Text(textAt(at + 1))
        7 -> JsonValue.Array(list(cells[at + 1]) { json(it) ?: JsonValue.Null })
        else -> JsonValue.Object(members(cells[at + 1]))
    }

    /** Returns the output and the metadata of a response to a call of a vendor. */
    fun decoded(vendor: String, call: String): Decoded {
        val output = when {
            call == Client.BY_ROUTE -> Output.Json(json(cells[1]) ?: JsonValue.Null)
            vendor == "wazaj" -> wazaj(call, cells[1])
            else -> zagely(call, cells[1])
        }
        val limits = RateLimit(count(cells[3]), count(cells[4]), count(cells[5]), count(cells[6]), count(cells[7]))
        val wait = count(cells[8])?.let { Duration.ofSeconds(it, cells[9].toLong()) }
        return Decoded(output, Meta(cells[2], limits, wait, cells[10] != 0, text(cells[11])))
    }

    fun verification(): Verification {
        if (cells[1] == 0) {
            return Verification.Refused(WebhookErrorReason.entries[cells[2]], cells[3], text(cells[4])!!)
        }
        val name = text(cells[4])!!
        return Verification.Verified(
            VerifiedDelivery(
                event(cells[2], name, cells[3]), name, text(cells[5]), text(cells[6]), text(cells[7])?.let(::Timestamp),
                members(cells[8]), cells[9], count(cells[10])!!, text(cells[11])!!, count(cells[12]),
            ),
        )
    }

    companion object {
        /** Creates a tape from the bytes that UniFFI passes. */
        fun of(bytes: ByteArray, body: ByteArray): Tape {
            val cells = IntArray(bytes.size / 4)
            ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asIntBuffer().get(cells)
            return Tape(cells, body)
        }
    }
}
