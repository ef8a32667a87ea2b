// The two ways into the native library: UniFFI's, over JNA, and a faster one for what runs often, over JNI.
//
// JNA costs tens of microseconds a call. The faster door carries the same bytes, read and written by the same generated
// converters, in one JNI call. It goes when UniFFI's own generator speaks JNI; `src/jni.rs` is its other half.
package dev.hudhud

import java.lang.ref.Cleaner
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

/** The native methods, in bytes. */
internal object Jni {
    @JvmStatic external fun decode(head: ByteArray, body: ByteArray): ByteArray

    @JvmStatic external fun render(arguments: ByteArray): ByteArray

    @JvmStatic external fun newVerifier(arguments: ByteArray): ByteArray

    @JvmStatic external fun freeVerifier(verifier: Long)

    @JvmStatic external fun verify(verifier: Long, headers: ByteArray, body: ByteArray, now: Long): ByteArray
}

/** The faster way. */
internal object JniDoor : Door {
    private val cleaner = Cleaner.create()

    /** Whether this platform's library has it. */
    fun opens(): Boolean = try {
        System.load(LibraryFile.path)
        true
    } catch (_: UnsatisfiedLinkError) {
        false
    }

    override fun decode(vendor: String, call: String, response: Response, key: String?): Decoded {
        val size = FfiConverterString.allocationSize(vendor) + FfiConverterString.allocationSize(call) +
            FfiConverterUShort.allocationSize(response.status) +
            FfiConverterSequenceTypeHeader.allocationSize(response.headers) +
            FfiConverterOptionalString.allocationSize(key)
        val head = bytes(size) {
            text(vendor, it)
            text(call, it)
            FfiConverterUShort.write(response.status, it)
            headers(response.headers, it)
            FfiConverterOptionalString.write(key, it)
        }
        return valueOf(Jni.decode(head, response.body), FfiConverterTypeDecoded::read)
    }

    override fun render(template: String, values: Map<String, JsonValue>, missing: Missing): String {
        val size = FfiConverterString.allocationSize(template) + FfiConverterTypeObject.allocationSize(values) +
            FfiConverterTypeMissing.allocationSize(missing)
        val arguments = bytes(size) {
            FfiConverterString.write(template, it)
            FfiConverterTypeObject.write(values, it)
            FfiConverterTypeMissing.write(missing, it)
        }
        return valueOf(Jni.render(arguments), FfiConverterString::read)
    }

    override fun verifier(secrets: List<String>, tolerance: Long?): Verifier {
        val size = FfiConverterSequenceString.allocationSize(secrets) + 9UL
        val arguments = bytes(size) {
            FfiConverterSequenceString.write(secrets, it)
            FfiConverterOptionalULong.write(tolerance?.toULong(), it)
        }
        val number = valueOf(Jni.newVerifier(arguments), FfiConverterLong::read)
        val verifier = Verifier { headers, body, now ->
            val wire = bytes(FfiConverterSequenceTypeHeader.allocationSize(headers)) {
                headers(headers, it)
            }
            FfiConverterTypeVerification.read(ByteBuffer.wrap(Jni.verify(number, wire, body, now)))
        }
        cleaner.register(verifier) { Jni.freeVerifier(number) }
        return verifier
    }

    /** Text as UniFFI writes it, without the encoder that it makes for each. */
    private fun text(text: String, buffer: ByteBuffer) {
        val bytes = text.toByteArray()
        buffer.putInt(bytes.size).put(bytes)
    }

    private fun headers(headers: List<Header>, buffer: ByteBuffer) {
        buffer.putInt(headers.size)
        for (header in headers) {
            text(header.name, buffer)
            text(header.value, buffer)
        }
    }

    /** Arguments as UniFFI writes them, cut to what was written: its sizes are upper bounds. */
    private inline fun bytes(size: ULong, write: (ByteBuffer) -> Unit): ByteArray {
        val buffer = ByteBuffer.allocate(size.toInt())
        write(buffer)
        return buffer.array().copyOf(buffer.position())
    }

    /** A value, or the error that stands in its place. */
    private inline fun <T> valueOf(bytes: ByteArray, read: (ByteBuffer) -> T): T {
        val buffer = ByteBuffer.wrap(bytes)
        if (buffer.get() != 0.toByte()) throw FfiConverterTypeHudhudError.read(buffer)
        return read(buffer)
    }
}
