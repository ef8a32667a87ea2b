// The two ways into the native library: UniFFI's, over JNA, and a faster one for what runs often, over JNI.
//
// JNA costs tens of microseconds a call. The faster door is one JNI call: texts go in as bytes, and what comes back is a
// tape (`Tape.kt`), of which the values are made. It goes when UniFFI's own generator speaks JNI; `src/jni.rs` is its
// other half.
package dev.hudhud

import com.sun.jna.Platform
import java.lang.ref.Reference
import java.nio.ByteBuffer

/** What runs often enough to need a fast way. */
internal interface Door {
    fun decode(vendor: String, call: String, response: Response, key: String?): Decoded

    fun render(template: String, values: Map<String, JsonValue>, missing: Missing): String

    fun verifier(secrets: List<String>, tolerance: Long?): Verifier

    companion object {
        /** The fast one where it opens: `-Ddev.hudhud.door=uniffi` keeps it shut. */
        val usual: Door by lazy {
            val isShut = System.getProperty("dev.hudhud.door") == "uniffi"
            if (!isShut && JniDoor.opens()) JniDoor else UniffiDoor
        }
    }
}

/** One webhook's secrets, behind a door. */
internal fun interface Verifier {
    fun verify(headers: List<Header>, body: ByteArray, now: Long): Verification
}

/** UniFFI's own way. */
internal object UniffiDoor : Door {
    override fun decode(vendor: String, call: String, response: Response, key: String?): Decoded =
        decodeReply(vendor, call, response, key)

    override fun render(template: String, values: Map<String, JsonValue>, missing: Missing): String =
        renderTemplate(template, values, missing)

    override fun verifier(secrets: List<String>, tolerance: Long?): Verifier {
        val verifier = WebhookVerifier(secrets, tolerance?.toULong())
        return Verifier { headers, body, now -> verifier.verify(headers, body, now.toULong()) }
    }
}

/** The native methods: what comes back is a tape, bytes, or an array around the bytes of an error. */
internal object Jni {
    @JvmStatic external fun decode(head: ByteArray, body: ByteArray): Any

    @JvmStatic external fun render(arguments: ByteArray): Any

    @JvmStatic external fun newVerifier(tolerance: Long, secrets: ByteArray): Any

    @JvmStatic external fun freeVerifier(verifier: Long)

    @JvmStatic external fun verify(verifier: Long, headers: ByteArray, body: ByteArray, now: Long): Any
}

/** The faster way. */
internal object JniDoor : Door {
    /** Whether this platform's library has it. */
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
        return Tape(told(Jni.decode(head, response.body)), response.body).decoded(vendor, call)
    }

    override fun render(template: String, values: Map<String, JsonValue>, missing: Missing): String {
        val size = FfiConverterString.allocationSize(template) + FfiConverterTypeObject.allocationSize(values) +
            FfiConverterTypeMissing.allocationSize(missing)
        val buffer = ByteBuffer.allocate(size.toInt())
        FfiConverterString.write(template, buffer)
        FfiConverterTypeObject.write(values, buffer)
        FfiConverterTypeMissing.write(missing, buffer)
        // UniFFI's sizes are upper bounds.
        val text: ByteArray = told(Jni.render(buffer.array().copyOf(buffer.position())))
        return String(text, Charsets.UTF_8)
    }

    override fun verifier(secrets: List<String>, tolerance: Long?): Verifier {
        val number = ByteBuffer.wrap(told(Jni.newVerifier(tolerance ?: -1, bytes(secrets)))).getLong()
        val verifier = JniVerifier(number)
        UniffiLib.CLEANER.register(verifier) { Jni.freeVerifier(number) }
        return verifier
    }

    private class JniVerifier(private val number: Long) : Verifier {
        override fun verify(headers: List<Header>, body: ByteArray, now: Long): Verification {
            val texts = ArrayList<String>(2 * headers.size)
            headers.forEach { texts.add(it.name); texts.add(it.value) }
            try {
                return Tape(told(Jni.verify(number, bytes(texts), body, now)), body).verification()
            } finally {
                // Whoever holds nothing but this may lose it while it verifies, and the number with it.
                Reference.reachabilityFence(this)
            }
        }
    }

    /** Texts, each behind its length, and what stands before them. */
    private inline fun bytes(texts: List<String>, before: Int = 0, write: (ByteBuffer) -> Unit = {}): ByteArray {
        val all = Array(texts.size) { texts[it].toByteArray() }
        val buffer = ByteBuffer.allocate(before + all.sumOf { it.size + 4 })
        write(buffer)
        for (text in all) buffer.putInt(text.size).put(text)
        return buffer.array()
    }

    /** A value, or the error that stands in its place. */
    private inline fun <reified T> told(told: Any): T {
        if (told is Array<*>) throw FfiConverterTypeHudhudError.read(ByteBuffer.wrap(told[0] as ByteArray))
        return told as T
    }
}
