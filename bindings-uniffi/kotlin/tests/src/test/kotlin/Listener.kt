// A server for tests. It records the complete requests, and runs a given function for each response.
package dev.hudhud.tests

import java.io.InputStream
import java.net.ServerSocket
import java.net.Socket
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread

/** A received request: [write] sends bytes, and then the connection is closed unless [keep] is set. */
class Exchanged(private val socket: Socket, private val server: Listener) {
    var keep = false

    fun write(text: String) = write(text.toByteArray())

    fun write(bytes: ByteArray) = socket.getOutputStream().run { write(bytes); flush() }

    /** Answers with a body, and keeps the connection. */
    fun answer(status: String, body: String = "{}", headers: String = "") {
        write("HTTP/1.1 $status\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n$headers\r\n$body")
        keep = true
    }

    /** Stops accepting connections. */
    fun stopListening() = server.stopListening()
}

class Listener(private val answer: Exchanged.(number: Int) -> Unit) : AutoCloseable {
    private val server = ServerSocket(0)
    private val sockets = CopyOnWriteArrayList<Socket>()

    /** The request lines and headers of the complete requests. */
    val requests = CopyOnWriteArrayList<String>()

    /** The number of connections that were opened. */
    val connections: Int get() = sockets.size
    val origin = "http://127.0.0.1:${server.localPort}"

    init {
        thread(isDaemon = true) {
            while (true) {
                val socket = runCatching { server.accept() }.getOrNull() ?: break
                sockets.add(socket)
                thread(isDaemon = true) { runCatching { serve(socket) } }
            }
        }
    }

    private fun serve(socket: Socket) = socket.use {
        val input = socket.getInputStream()
        while (true) {
            val head = head(input) ?: break
            val length = Regex("(?i)content-length: *(\\d+)").find(head)?.groupValues?.get(1)?.toInt() ?: 0
            if (input.readNBytes(length).size < length) break
            requests.add(head)
            val exchanged = Exchanged(socket, this)
            exchanged.answer(requests.size)
            if (!exchanged.keep) break
        }
    }

    private fun head(input: InputStream): String? {
        val head = StringBuilder()
        while (!head.endsWith("\r\n\r\n")) {
            val byte = input.read()
            if (byte < 0) return null
            head.append(byte.toChar())
        }
        return head.toString()
    }

    fun stopListening() = server.close()

    override fun close() {
        server.close()
        sockets.forEach { it.close() }
    }
}
