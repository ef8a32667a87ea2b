// An error of a transport names the host and the reason, and keeps the cause.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.ktor.KtorTransport
import dev.hudhud.ktor.sendOnce
import dev.hudhud.okhttp.OkHttpTransport
import io.ktor.client.HttpClient
import io.ktor.client.engine.apache5.Apache5
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.okhttp.OkHttp
import java.io.File
import java.net.ServerSocket
import java.security.KeyStore
import java.time.Duration
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import kotlin.concurrent.thread
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertNotNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

class TransportReasonTest {
    enum class Kind(val open: () -> Transport) {
        JAVA_HTTP({ JavaHttpTransport(timeout = TIMEOUT) }),
        OKHTTP({ OkHttpTransport(timeout = TIMEOUT) }),
        KTOR_CIO({ KtorTransport(HttpClient(CIO), timeout = TIMEOUT) }),
        KTOR_APACHE({ KtorTransport(HttpClient(Apache5), timeout = TIMEOUT) }),
        KTOR_OKHTTP({ KtorTransport(HttpClient(OkHttp) { engine { sendOnce() } }, timeout = TIMEOUT) }),
    }

    private fun failed(kind: Kind, origin: String): HudhudException.Transport {
        val once = Settings(retry = RetryPolicy(maxAttempts = 1))
        val zagely = Zagely("pk_test", "sk_test", kind.open(), origin, settings = once)
        val error = assertThrows<HudhudException.Transport> {
            zagely.blocking.contacts.list(ListContacts(search = "+15551234567")).first()
        }
        assertNotNull(error.cause, "no cause")
        assertFalse("5551234567" in error.stackTraceToString(), error.stackTraceToString())
        assertTrue("(${error.failure.transportReason})" in error.message, error.message)
        return error
    }

    @ParameterizedTest
    @EnumSource
    fun `a refused connection and an unknown host are named`(kind: Kind) {
        val port = ServerSocket(0).use { it.localPort }
        assertEquals("127.0.0.1:$port: the connection was refused", failed(kind, "http://127.0.0.1:$port").failure.transportReason)
        assertEquals("no-such-host.invalid: the host is unknown", failed(kind, "https://no-such-host.invalid").failure.transportReason)
    }

    @ParameterizedTest
    @EnumSource
    fun `a slow response is named`(kind: Kind) {
        ServerSocket(0).use { server ->
            val error = failed(kind, "http://127.0.0.1:${server.localPort}")
            assertEquals("127.0.0.1:${server.localPort}: no complete response within the time limit", error.failure.transportReason)
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a certificate that nobody has signed is named`(kind: Kind, @TempDir folder: File) {
        val keys = File(folder, "keys")
        val tool = File(System.getProperty("java.home"), "bin/keytool").path
        val arguments = listOf("-genkeypair", "-alias", "a", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost",
            "-storetype", "PKCS12", "-storepass", "changeit", "-keystore", keys.path)
        assertEquals(0, ProcessBuilder(listOf(tool) + arguments).redirectErrorStream(true).start().apply { inputStream.readBytes() }.waitFor())
        val store = KeyStore.getInstance(keys, "changeit".toCharArray())
        val managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm()).apply { init(store, "changeit".toCharArray()) }
        val context = SSLContext.getInstance("TLS").apply { init(managers.keyManagers, null, null) }
        context.serverSocketFactory.createServerSocket(0).use { server ->
            thread(isDaemon = true) {
                runCatching { while (true) server.accept().use { runCatching { it.getInputStream().read() } } }
            }
            val error = failed(kind, "https://localhost:${server.localPort}")
            assertEquals("localhost:${server.localPort}: the certificate is not trusted", error.failure.transportReason)
        }
    }

    private companion object {
        val TIMEOUT: Duration = Duration.ofSeconds(2)
    }
}
