// The two interfaces ("bridges") to the native library: UniFFI's over JNA, and a faster one over JNI for functions that run
// often.
//
// JNA costs tens of microseconds a call. The faster interface makes one JNI call. It passes texts as bytes and gets back a
// tape (`Tape.kt`), from which the values are read. The Rust side is in `src/jni.rs`. Both files can be deleted when
// UniFFI's own generator supports JNI.
package dev.hudhud

import com.sun.jna.Platform
import java.lang.ref.Reference
import java.nio.ByteBuffer

/** The functions that run often enough to need the faster interface. */
internal interface NativeBridge {
    fun decode(vendor: String, call: String, response: Response, key: String?): Decoded

    fun render(template: String, values: Map<String, JsonValue>, missing: MissingPolicy): String

    fun verifier(secrets: List<String>, tolerance: Long?): Verifier

    /** Returns the key under which a store keeps the event of this replay key. */
    fun storageKey(replayKey: String): String

    /** Decides about a delivery, and returns the bytes of a step. `deduplicateUntil` is -1 for an unlimited time. */
    fun inboxClaim(rules: InboxRules, stored: ByteArray?, deduplicateUntil: Long, holder: ByteArray, now: Long): ByteArray

    /** Ends an attempt, and returns the bytes of a step. `how` is 0 after a success, 1 after a failure, 2 after a rejection. */
    fun inboxEnd(how: Int, entry: ByteArray, expected: ByteArray?, maxAttempts: Long, now: Long): ByteArray

    companion object {
        /** The interface in use: JNI if the library supports it, unless `-Ddev.hudhud.ffi=uniffi` is set. */
        val default: NativeBridge by lazy {
            val isShut = System.getProperty("dev.hudhud.ffi") == "uniffi"
            if (!isShut && JniBridge.opens()) JniBridge else UniffiBridge
        }
    }
}

/** A handle of the secrets of one webhook, which the native library holds. */
internal fun interface Verifier {
    fun verify(headers: List<Header>, body: ByteArray, now: Long): Verification
}

/** The settings of an inbox. The lease is in milliseconds. */
internal class InboxRules(val isTransactional: Boolean, val lease: Long, val maxAttempts: Long)

/** UniFFI's own interface, over JNA. */
internal object UniffiBridge : NativeBridge {
    override fun decode(vendor: String, call: String, response: Response, key: String?): Decoded =
        decodeResponse(vendor, call, response, key)

    override fun render(template: String, values: Map<String, JsonValue>, missing: MissingPolicy): String =
        renderTemplate(template, values, missing)

    override fun verifier(secrets: List<String>, tolerance: Long?): Verifier {
        val verifier = WebhookVerifier(secrets, tolerance?.toULong())
        return Verifier { headers, body, now -> verifier.verify(headers, body, now.toULong()) }
    }

    override fun storageKey(replayKey: String): String = dev.hudhud.inboxKey(replayKey)

    override fun inboxClaim(rules: InboxRules, stored: ByteArray?, deduplicateUntil: Long, holder: ByteArray, now: Long): ByteArray =
        dev.hudhud.inboxClaim(rules.isTransactional, rules.lease, rules.maxAttempts, stored, deduplicateUntil, holder, now)

    override fun inboxEnd(how: Int, entry: ByteArray, expected: ByteArray?, maxAttempts: Long, now: Long): ByteArray =
        dev.hudhud.inboxEnd(how, entry, expected, maxAttempts, now)
}

/** The native methods. Each returns a tape (`IntArray`), bytes, or an array that contains the bytes of an error. */
internal object Jni {
    @JvmStatic external fun decode(head: ByteArray, body: ByteArray): Any

    @JvmStatic external fun render(arguments: ByteArray): Any

    @JvmStatic external fun newVerifier(tolerance: Long, secrets: ByteArray): Any

    @JvmStatic external fun freeVerifier(verifier: Long)

    @JvmStatic external fun verify(verifier: Long, headers: ByteArray, body: ByteArray, now: Long): Any

    @JvmStatic external fun inboxKey(replayKey: ByteArray): Any

    @JvmStatic external fun inboxClaim(
        isTransactional: Boolean,
        lease: Long,
        maxAttempts: Long,
        stored: ByteArray?,
        deduplicateUntil: Long,
        holder: ByteArray,
        now: Long,
    ): Any

    @JvmStatic external fun inboxEnd(how: Int, entry: ByteArray, expected: ByteArray?, maxAttempts: Long, now: Long): Any
}

/** The faster interface, over JNI. */
internal object JniBridge : NativeBridge {
    /** Returns true if this platform's library can be loaded for JNI. */
    fun opens(): Boolean = try {
        if (Platform.isAndroid()) System.loadLibrary(LibraryFile.path) else System.load(LibraryFile.path)
        true
    } catch (_: UnsatisfiedLinkError) {
        false
    }

    override fun decode(vendor: String, call: String, response: Response, key: String?): Decoded {
        val texts = ArrayList<String>(2 * response.headers.size + 3)
        texts.add(vendor)
        texts.add(call)
        if (key != null) texts.add(key)
        response.headers.forEach { texts.add(it.name); texts.add(it.value) }
        val head = bytes(texts, 8) { it.putInt(response.status).putInt(if (key == null) 0 else 1) }
        return Tape(unwrap(Jni.decode(head, response.body)), response.body).decoded(vendor, call)
    }

    override fun render(template: String, values: Map<String, JsonValue>, missing: MissingPolicy): String {
        val size = FfiConverterString.allocationSize(template) + FfiConverterTypeObject.allocationSize(values) +
            FfiConverterTypeMissingPolicy.allocationSize(missing)
        val buffer = ByteBuffer.allocate(size.toInt())
        FfiConverterString.write(template, buffer)
        FfiConverterTypeObject.write(values, buffer)
        FfiConverterTypeMissingPolicy.write(missing, buffer)
        // UniFFI's sizes are upper bounds.
        val text: ByteArray = unwrap(Jni.render(buffer.array().copyOf(buffer.position())))
        return String(text, Charsets.UTF_8)
    }

    override fun verifier(secrets: List<String>, tolerance: Long?): Verifier {
        val number = ByteBuffer.wrap(unwrap(Jni.newVerifier(tolerance ?: -1, bytes(secrets)))).getLong()
        val verifier = JniVerifier(number)
        UniffiLib.CLEANER.register(verifier) { Jni.freeVerifier(number) }
        return verifier
    }

    override fun storageKey(replayKey: String): String = String(unwrap<ByteArray>(Jni.inboxKey(replayKey.toByteArray())), Charsets.UTF_8)

    override fun inboxClaim(rules: InboxRules, stored: ByteArray?, deduplicateUntil: Long, holder: ByteArray, now: Long): ByteArray =
        unwrap(Jni.inboxClaim(rules.isTransactional, rules.lease, rules.maxAttempts, stored, deduplicateUntil, holder, now))

    override fun inboxEnd(how: Int, entry: ByteArray, expected: ByteArray?, maxAttempts: Long, now: Long): ByteArray =
        unwrap(Jni.inboxEnd(how, entry, expected, maxAttempts, now))

    private class JniVerifier(private val number: Long) : Verifier {
        override fun verify(headers: List<Header>, body: ByteArray, now: Long): Verification {
            val texts = ArrayList<String>(2 * headers.size)
            headers.forEach { texts.add(it.name); texts.add(it.value) }
            try {
                return Tape(unwrap(Jni.verify(number, bytes(texts), body, now)), body).verification()
            } finally {
                // Without this, the cleaner could free the native verifier during the call.
                Reference.reachabilityFence(this)
            }
        }
    }

    /** Encodes texts, each after its length. `write` fills the first `before` bytes. */
    private inline fun bytes(texts: List<String>, before: Int = 0, write: (ByteBuffer) -> Unit = {}): ByteArray {
        val all = Array(texts.size) { texts[it].toByteArray() }
        val buffer = ByteBuffer.allocate(before + all.sumOf { it.size + 4 })
        write(buffer)
        for (text in all) buffer.putInt(text.size).put(text)
        return buffer.array()
    }

    /** Returns the value, or throws the error that the native library returned instead. */
    private inline fun <reified T> unwrap(result: Any): T {
        if (result is Array<*>) throw FfiConverterTypeHudhudError.read(ByteBuffer.wrap(result[0] as ByteArray))
        return result as T
    }
}
