// Reading a response up to a limit, and decoding its content encoding.
package dev.hudhud

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.util.zip.GZIPInputStream
import java.util.zip.Inflater
import java.util.zip.InflaterInputStream
import java.util.zip.ZipException

/** A response is larger than the limit of its transport. Its call ends at once, because the same response would come again. */
public class ResponseTooLargeException(maxResponseBytes: Int) :
    IOException("the response is larger than $maxResponseBytes bytes; raise maxResponseBytes")

/**
 * Collects the body of one response for a [Transport]. It accepts at most [maxResponseBytes], both as received and
 * decompressed, and it decodes gzip and deflate.
 *
 * @throws IllegalArgumentException if the limit is not positive.
 */
public class ResponseCollector @JvmOverloads constructor(private val maxResponseBytes: Int = DEFAULT_LIMIT) {
    private val received = ByteArrayOutputStream()

    /** The number of bytes so far. */
    public val size: Int get() = received.size()

    init {
        require(maxResponseBytes > 0) { "maxResponseBytes: expected a number of bytes > 0" }
    }

    /**
     * Adds the next bytes of the body.
     *
     * @throws ResponseTooLargeException if the body exceeds the limit.
     */
    public fun add(bytes: ByteArray, offset: Int, length: Int): Unit = received.append(bytes, offset, length)

    /**
     * Returns the response with its body decompressed. A body in another encoding than gzip and deflate is left unchanged,
     * together with its header.
     *
     * @throws IOException if the body was cut off, is not in the encoding that its header names, or exceeds the limit once
     *   decompressed.
     */
    public fun response(status: Int, headers: List<Header>): Response {
        val body = received.toByteArray()
        requireWhole(status, headers, body)
        val encodings = headers.filter { it.name.equals("Content-Encoding", ignoreCase = true) }
            .flatMap { it.value.split(',') }.map { it.trim().lowercase() }.filter { it.isNotEmpty() && it != "identity" }
        if (encodings.isEmpty() || body.isEmpty() || encodings.any { it !in KNOWN }) return Response(status, headers, body)
        // Some libraries decompress a body and leave the header.
        val isPlain = if (encodings.last() == "deflate") body[0] in TEXT_BEGINS else !isGzip(body)
        val plain = try {
            encodings.foldRight(body) { encoding, packed -> unpack(encoding, packed) }
        } catch (error: ZipException) {
            if (isPlain) body else throw error
        }
        return Response(status, headers.filterNot { it.name.lowercase() in DESCRIBES_PACKED }, plain)
    }

    /** Compares the body with Content-Length. Not every HTTP library does, especially over HTTP/2. */
    private fun requireWhole(status: Int, headers: List<Header>, body: ByteArray) {
        if (status < 200 || status == 204 || status == 304) return
        val encoding = headers.firstOrNull { it.name.equals("Content-Encoding", ignoreCase = true) }?.value
        // If the library has already decompressed the body, its size says nothing about Content-Length.
        if (encoding != null && !(encoding.trim().lowercase() in GZIP && isGzip(body))) return
        val length = headers.firstOrNull { it.name.equals("Content-Length", ignoreCase = true) }?.value?.toLongOrNull() ?: return
        if (length != body.size.toLong()) {
            throw IOException("the response was cut off: its body has ${body.size} bytes, and Content-Length says $length")
        }
    }

    private fun isGzip(body: ByteArray): Boolean = body.size > 1 && body[0] == 0x1f.toByte() && body[1] == 0x8b.toByte()

    private fun unpack(encoding: String, packed: ByteArray): ByteArray {
        val input = ByteArrayInputStream(packed)
        if (encoding != "deflate") return GZIPInputStream(input).use(::limited)
        // Servers use the name deflate for two formats: with zlib's header, which is divisible by 31, and without it.
        val hasHeader = packed.size > 1 && packed[0].toInt() and 0x0f == 8 &&
            ((packed[0].toInt() and 0xff shl 8) or (packed[1].toInt() and 0xff)) % 31 == 0
        val inflater = Inflater(!hasHeader)
        return try {
            InflaterInputStream(input, inflater).use(::limited)
        } finally {
            inflater.end()
        }
    }

    private fun limited(input: InputStream): ByteArray {
        val plain = ByteArrayOutputStream()
        val buffer = ByteArray(8192)
        while (true) {
            val count = input.read(buffer)
            if (count < 0) return plain.toByteArray()
            plain.append(buffer, 0, count)
        }
    }

    private fun ByteArrayOutputStream.append(bytes: ByteArray, offset: Int, length: Int) {
        if (length > maxResponseBytes - size()) throw ResponseTooLargeException(maxResponseBytes)
        write(bytes, offset, length)
    }

    public companion object {
        /** The default limit of every transport: 32 MiB. */
        public const val DEFAULT_LIMIT: Int = 32 * 1024 * 1024

        private val GZIP = setOf("gzip", "x-gzip")
        private val KNOWN = GZIP + "deflate"
        private val DESCRIBES_PACKED = setOf("content-encoding", "content-length")
        /** The first bytes of JSON and HTML. */
        private val TEXT_BEGINS = "{[<\" \r\n\t".toByteArray().toSet() + 0xef.toByte()
    }
}
