// Every transport sends a request at most once, even if its HTTP client, an interceptor or a plugin would repeat it.
package dev.hudhud.tests

import dev.hudhud.*
import dev.hudhud.ktor.KtorTransport
import dev.hudhud.ktor.sendOnce
import dev.hudhud.okhttp.OkHttpTransport
import io.ktor.client.HttpClient
import io.ktor.client.engine.HttpClientEngineFactory
import io.ktor.client.engine.ProxyBuilder
import io.ktor.client.engine.android.FakeAndroid
import io.ktor.client.engine.apache.FakeApache
import io.ktor.client.engine.apache5.Apache5
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.http
import io.ktor.client.engine.java.Java
import io.ktor.client.engine.jetty.FakeJetty
import io.ktor.client.engine.okhttp.OkHttp
import io.ktor.client.plugins.HttpRequestRetry
import io.ktor.client.plugins.api.Send
import io.ktor.client.plugins.api.createClientPlugin
import io.ktor.client.request.HttpRequestBuilder
import io.ktor.client.request.setBody
import io.ktor.client.request.takeFrom
import io.ktor.http.ContentType
import io.ktor.http.content.OutgoingContent
import io.ktor.http.content.TextContent
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.lang.reflect.Proxy
import java.net.ConnectException
import java.net.ServerSocket
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration
import java.util.concurrent.CompletableFuture
import java.util.concurrent.Future
import java.util.concurrent.TimeUnit
import java.util.concurrent.TimeoutException
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream
import java.util.zip.GZIPOutputStream
import javax.net.ssl.SSLHandshakeException
import kotlin.concurrent.thread
import kotlinx.coroutines.runBlocking
import okhttp3.Interceptor
import okhttp3.OkHttpClient
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.assertThrows
import org.junit.jupiter.api.io.TempDir
import org.junit.jupiter.params.ParameterizedTest
import org.junit.jupiter.params.provider.EnumSource

class SendOnceTest {
    enum class Kind(val open: (timeout: Duration, maxResponseBytes: Int) -> Transport) {
        JAVA_HTTP({ timeout, most -> JavaHttpTransport(timeout = timeout, maxResponseBytes = most) }),
        OKHTTP({ timeout, most -> OkHttpTransport(OkHttpClient(), timeout, most) }),
        KTOR_CIO({ timeout, most -> KtorTransport(HttpClient(CIO), timeout, most) }),
        KTOR_APACHE5({ timeout, most -> KtorTransport(HttpClient(Apache5), timeout, most) }),
        KTOR_OKHTTP({ timeout, most -> KtorTransport(HttpClient(OkHttp) { engine { sendOnce() } }, timeout, most) });

        fun open() = open(Duration.ofSeconds(10), ResponseCollector.DEFAULT_LIMIT)
    }

    private val methods = listOf("GET", "POST", "DELETE", "PUT with a body")

    private fun request(server: Listener, method: String, path: String = "/") = Request(
        "account.me", method.substringBefore(' '), server.origin + path, emptyList(),
        if (method.endsWith("body")) "{}".toByteArray() else null,
    )

    private fun send(transport: Transport, request: Request) = runBlocking { transport.send(request) }

    private fun fault(transport: Transport, request: Request) = assertThrows<TransportException> { send(transport, request) }.fault

    /** Returns the status, or `null` if the fault is [TransportFault.CLOSED]. */
    private fun statusOrClosed(transport: Transport, request: Request): Int? = try {
        send(transport, request).status
    } catch (error: TransportException) {
        assertEquals(TransportFault.CLOSED, error.fault)
        null
    }

    @ParameterizedTest
    @EnumSource
    fun `a status after which HTTP clients repeat a request is returned`(kind: Kind) {
        for (method in methods) for (status in listOf("503 Later", "408 Slow", "429 Many", "401 Who", "421 Other", "307 There")) {
            Listener { answer(status, headers = "Retry-After: 0\r\nLocation: /there\r\nWWW-Authenticate: Basic\r\n") }.use { server ->
                val response = send(kind.open(), request(server, method))
                assertEquals(status.take(3).toInt(), response.status, "$method, $status")
                assertEquals(listOf("0"), response.headers.filter { it.name.equals("Retry-After", true) }.map { it.value })
                assertEquals(1, server.requests.size, "$method, $status: ${server.requests}")
                assertFalse("hudhud" in server.requests.single().lowercase(), "the guard's own header was sent: ${server.requests}")
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `no response on a kept connection is closed, also if the server then stops`(kind: Kind) {
        for (method in methods) for (isGone in listOf(false, true)) {
            Listener { number -> if (number == 1) answer("200 OK") else if (isGone) stopListening() }.use { server ->
                val transport = kind.open()
                send(transport, request(server, "GET"))
                assertEquals(TransportFault.CLOSED, fault(transport, request(server, method)), "$method, gone: $isGone")
                assertEquals(2, server.requests.size, "$method, gone: $isGone: ${server.requests}")
                // OkHttp does not try another connection.
                if (kind.name.endsWith("OKHTTP")) assertEquals(1, server.connections, "$method, gone: $isGone")
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a slow response is a timeout, and a refused connection is connect`(kind: Kind) {
        Listener { number ->
            if (number == 1) {
                answer("200 OK")
            } else {
                write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
                repeat(1000) { write(" "); Thread.sleep(100) }
            }
        }.use { server ->
            // The first request loads classes, which takes time.
            send(kind.open(), request(server, "GET"))
            val transport = kind.open(Duration.ofSeconds(3), 1000)
            assertEquals(TransportFault.TIMEOUT, fault(transport, request(server, "GET")))
        }
        val port = ServerSocket(0).use { it.localPort }
        val refused = Request("account.me", "POST", "http://127.0.0.1:$port/", emptyList(), null)
        assertEquals(TransportFault.CONNECT, fault(kind.open(), refused))
    }

    @ParameterizedTest
    @EnumSource
    fun `a connection that ends in the TLS handshake is connect`(kind: Kind) {
        ServerSocket(0).use { server ->
            thread(isDaemon = true) {
                while (true) runCatching { server.accept() }.getOrNull()?.use { runCatching { it.getInputStream().read() } } ?: break
            }
            for (method in methods) {
                val body = if (method.endsWith("body")) "{}".toByteArray() else null
                val request = Request("account.me", method.substringBefore(' '), "https://127.0.0.1:${server.localPort}/", emptyList(), body)
                // java.net.http repeats a GET. The repetition is refused, and the reason of the first failure is lost.
                val isForgotten = kind == Kind.JAVA_HTTP && method == "GET"
                assertEquals(if (isForgotten) TransportFault.CLOSED else TransportFault.CONNECT, fault(kind.open(), request), method)
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a response up to the limit is accepted and a larger one refused, also after decompression`(kind: Kind) {
        Listener { answer("200 OK", "x".repeat(2000)) }.use { server ->
            assertEquals(2000, send(kind.open(Duration.ofSeconds(10), 2000), request(server, "GET")).body.size)
            val error = assertThrows<TransportException> { send(kind.open(Duration.ofSeconds(10), 1999), request(server, "GET")) }
            assertEquals(TransportFault.CLOSED, error.fault)
            val messages = generateSequence<Throwable>(error) { it.cause }.map { it.message.orEmpty() }.toList()
            assertTrue(messages.any { "the response is larger than 1999 bytes; raise maxResponseBytes" in it }, "$messages")
        }
        Listener {
            write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n")
            write(gzip(" ".repeat(1_000_000)))
        }.use { server ->
            assertEquals(TransportFault.CLOSED, fault(kind.open(Duration.ofSeconds(10), 100_000), request(server, "GET")))
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `gzip and deflate are decoded without Accept-Encoding`(kind: Kind) {
        val text = """{"data":"${"x".repeat(100)}"}"""
        fun deflate(isRaw: Boolean) = ByteArrayOutputStream().also { out ->
            DeflaterOutputStream(out, Deflater(6, isRaw)).use { it.write(text.toByteArray()) }
        }.toByteArray()
        val packed = listOf("gzip" to gzip(text), "deflate" to deflate(false), "deflate" to deflate(true), "identity" to text.toByteArray())
        for ((encoding, bytes) in packed) {
            Listener {
                write("HTTP/1.1 200 OK\r\nContent-Encoding: $encoding\r\nContent-Length: ${bytes.size}\r\n\r\n")
                write(bytes)
            }.use { server ->
                val response = send(kind.open(), request(server, "GET"))
                assertEquals(text, String(response.body), encoding)
                assertTrue(response.headers.none { it.name.equals("Content-Encoding", true) && it.value != "identity" }, encoding)
            }
        }
    }

    private fun gzip(text: String) = ByteArrayOutputStream().also { out -> GZIPOutputStream(out).use { it.write(text.toByteArray()) } }.toByteArray()

    @ParameterizedTest
    @EnumSource
    fun `a URL that the HTTP client refuses is connect`(kind: Kind) {
        for (url in listOf("http://a|b/", "http://a_b.invalid/", "http://[::1/", "http://%/", "nonsense", "http://host:99999/")) {
            val error = assertThrows<TransportException>(url) { send(kind.open(), Request("account.me", "GET", url, emptyList(), null)) }
            assertEquals(TransportFault.CONNECT, error.fault, url)
        }
    }

    @ParameterizedTest
    @EnumSource
    fun `a cause is set and repeats nothing of the request`(kind: Kind) {
        val transport = kind.open(Duration.ofMillis(400), 1000)
        val port = ServerSocket(0).use { it.localPort }
        Listener { number -> if (number == 1) Thread.sleep(2000) else write("nonsense +15551234567\r\n\r\n") }.use { silent ->
            for (origin in listOf(silent.origin, silent.origin, "http://127.0.0.1:$port", "http://no-such-host.invalid")) {
                // Zagely accepts a URL without TLS only on loopback, so the transport replaces it.
                val elsewhere = Transport { transport.send(it.copy(url = it.url.replace("http://127.0.0.1:1/", "$origin/"))) }
                val once = Settings(retry = RetryPolicy(1))
                val zagely = Zagely("pk_secret1", "sk_secret2", elsewhere, "http://127.0.0.1:1", settings = once)
                val error = assertThrows<HudhudException.Transport> {
                    zagely.blocking.contacts.list(ListContacts(search = "+15551234567")).first()
                }
                assertTrue(error.cause != null, origin)
                val shown = error.stackTraceToString()
                for (secret in listOf("5551234567", "pk_secret1", "sk_secret2", "%2B1555")) assertFalse(secret in shown, shown)
            }
        }
    }

    @Test
    fun `an interceptor and a plugin cannot repeat a request`() {
        Listener { answer("503 Later") }.use { server ->
            val client = OkHttpClient.Builder().addInterceptor { chain ->
                chain.proceed(chain.request()).close()
                chain.proceed(chain.request())
            }.build()
            assertEquals(TransportFault.CLOSED, fault(OkHttpTransport(client), request(server, "POST")))
            assertEquals(1, server.requests.size)
        }
        for (engine in listOf(CIO, OkHttp)) Listener { answer("503 Later") }.use { server ->
            val client = if (engine == CIO) HttpClient(CIO) { install(HttpRequestRetry) { retryOnServerErrors(3) } }
            else HttpClient(OkHttp) { engine { sendOnce() }; install(HttpRequestRetry) { retryOnServerErrors(3) } }
            assertEquals(503, send(KtorTransport(client), request(server, "POST")).status)
            assertEquals(1, server.requests.size)
        }
        val repeating = createClientPlugin("Repeating") { on(Send) { request -> proceed(request); proceed(request) } }
        for (engine in listOf(CIO, Apache5, OkHttp)) for (method in methods) Listener { answer("503 Later") }.use { server ->
            val client = if (engine == OkHttp) HttpClient(OkHttp) { engine { sendOnce() }; install(repeating) } else HttpClient(engine) { install(repeating) }
            assertEquals(TransportFault.CLOSED, fault(KtorTransport(client), request(server, method)), "$engine, $method")
            assertEquals(1, server.requests.size, "$engine, $method")
        }
    }

    @Test
    fun `no response to a request whose body a plugin replaced is closed`() {
        val replacing = createClientPlugin("Replacing") {
            on(Send) { request -> request.setBody(TextContent("[]", ContentType.Application.Json)); proceed(request) }
        }
        for (engine in listOf(CIO, Apache5, OkHttp)) for (method in methods - "GET") Listener { }.use { server ->
            val client = if (engine == OkHttp) HttpClient(OkHttp) { engine { sendOnce() }; install(replacing) } else HttpClient(engine) { install(replacing) }
            assertEquals(TransportFault.CLOSED, fault(KtorTransport(client), request(server, method)), "$engine, $method")
            assertEquals(1, server.requests.size, "$engine, $method: ${server.requests}")
        }
    }

    @Test
    fun `no response to a request whose length a plugin has set is closed`() {
        val measuring = createClientPlugin("Measuring") {
            on(Send) { request -> request.headers.append("Content-Length", if (request.method.value == "PUT") "2" else "0"); proceed(request) }
        }
        for (method in methods) Listener { }.use { server ->
            assertEquals(TransportFault.CLOSED, fault(KtorTransport(HttpClient(CIO) { install(measuring) }), request(server, method)), method)
        }
    }

    @Test
    fun `a refused connection is connect, also if a plugin has read the length of the body`() {
        val reading = createClientPlugin("Reading") {
            on(Send) { request -> (request.body as OutgoingContent).contentLength; proceed(request) }
        }
        val port = ServerSocket(0).use { it.localPort }
        for (method in methods) {
            val refused = Request("account.me", method.substringBefore(' '), "http://127.0.0.1:$port/", emptyList(), null)
            assertEquals(TransportFault.CONNECT, fault(KtorTransport(HttpClient(CIO) { install(reading) }), refused), method)
        }
    }

    @Test
    fun `an engine that this library does not know writes a body once, and its refused second connection is closed`() {
        for (attempts in 0..2) for (body in listOf(null, "{}".toByteArray())) {
            val engine = FakeEngine(attempts)
            val request = Request("account.me", "POST", "http://127.0.0.1:1/", emptyList(), body)
            val expected = if (attempts == 0) TransportFault.CONNECT else TransportFault.CLOSED
            assertEquals(expected, fault(KtorTransport(HttpClient(engine)), request), "$attempts")
            assertEquals(minOf(attempts, 1), engine.written)
        }
    }

    @Test
    fun `engines that repeat requests, and CIO with pipelining, are refused`() {
        val java = assertThrows<IllegalArgumentException> { KtorTransport(HttpClient(Java)) }
        assertTrue("JavaHttpTransport" in java.message!!)
        val okHttp = assertThrows<IllegalArgumentException> { KtorTransport(HttpClient(OkHttp)) }
        assertTrue("sendOnce()" in okHttp.message!!)
        for (engine in listOf(FakeApache(), FakeAndroid(), FakeJetty())) {
            val name = engine.javaClass.simpleName
            assertTrue("cannot be prevented" in assertThrows<IllegalArgumentException>(name) { KtorTransport(HttpClient(engine)) }.message!!)
        }
        val proxy = assertThrows<IllegalArgumentException> {
            KtorTransport(HttpClient(Apache5) { engine { proxy = ProxyBuilder.http("http://127.0.0.1:1") } })
        }
        assertTrue("proxy" in proxy.message!!)
        val pipelining = assertThrows<IllegalArgumentException> { KtorTransport(HttpClient(CIO) { engine { pipelining = true } }) }
        assertTrue("pipelining" in pipelining.message!!)
    }

    @Test
    fun `an authenticator does not repeat a request`() {
        val user = okhttp3.Authenticator { _, response -> response.request.newBuilder().header("Authorization", "Basic eDp5").build() }
        val okHttp = OkHttpClient.Builder().authenticator(user).build()
        val jdk = java.net.http.HttpClient.newBuilder().authenticator(object : java.net.Authenticator() {
            override fun getPasswordAuthentication() = java.net.PasswordAuthentication("x", "y".toCharArray())
        }).build()
        val ktor = HttpClient(OkHttp) { engine { preconfigured = okHttp; sendOnce() } }
        for (method in methods) for (transport in listOf(OkHttpTransport(okHttp), JavaHttpTransport(jdk), KtorTransport(ktor))) {
            Listener { answer("401 Who", headers = "WWW-Authenticate: Basic realm=\"x\"\r\n") }.use { server ->
                val name = "${transport.javaClass.simpleName}, $method"
                // OkHttpTransport switches the authenticator off. The others refuse the second attempt.
                val status = if (transport is OkHttpTransport) send(transport, request(server, method)).status
                else statusOrClosed(transport, request(server, method))
                assertEquals(401, status ?: 401, name)
                assertEquals(1, server.requests.size, "$name: ${server.requests}")
            }
        }
    }

    @Test
    fun `a client that follows redirects is refused or does not follow them`() {
        val jdk = java.net.http.HttpClient.newBuilder().followRedirects(java.net.http.HttpClient.Redirect.NORMAL).build()
        assertThrows<IllegalArgumentException> { JavaHttpTransport(jdk) }
        val ktor = HttpClient(OkHttp) { followRedirects = true; engine { sendOnce() } }
        val okHttp = OkHttpClient.Builder().followRedirects(true).build()
        for (transport in listOf(KtorTransport(ktor), OkHttpTransport(okHttp), KtorTransport(HttpClient(CIO) { followRedirects = true }))) {
            for (method in methods) Listener { answer("307 There", headers = "Location: /there\r\n") }.use { server ->
                assertEquals(307, send(transport, request(server, method)).status, method)
                assertEquals(1, server.requests.size, "$method: ${server.requests}")
            }
        }
        val byEngine = KtorTransport(HttpClient(OkHttp) { engine { config { followRedirects(true) }; sendOnce() } })
        for (method in methods) Listener { answer("307 There", headers = "Location: /there\r\n") }.use { server ->
            assertEquals(307, statusOrClosed(byEngine, request(server, method)) ?: 307, method)
            assertEquals(1, server.requests.size, "$method: ${server.requests}")
        }
    }

    @Test
    fun `a network interceptor that removes Retry-After does not let OkHttp repeat a request`() {
        val okHttp = OkHttpClient.Builder().addNetworkInterceptor { chain ->
            chain.proceed(chain.request()).newBuilder().removeHeader("Retry-After").build()
        }.build()
        val ktor = HttpClient(OkHttp) { engine { preconfigured = okHttp; sendOnce() } }
        for (transport in listOf(OkHttpTransport(okHttp), KtorTransport(ktor))) for (method in methods) {
            Listener { answer("408 Slow") }.use { server ->
                assertEquals(408, send(transport, request(server, method)).status, method)
                assertEquals(1, server.requests.size, method)
            }
        }
    }

    @Test
    fun `OkHttp gets a body that it does not repeat for all methods but GET`() {
        val bodies = mutableListOf<Boolean?>()
        val client = OkHttpClient.Builder().addInterceptor { chain ->
            bodies.add(chain.request().body?.isOneShot())
            chain.proceed(chain.request())
        }.build()
        val ktor = HttpClient(OkHttp) { engine { preconfigured = client; sendOnce() } }
        Listener { answer("200 OK") }.use { server ->
            for (transport in listOf(OkHttpTransport(client), KtorTransport(ktor))) {
                methods.forEach { send(transport, request(server, it)) }
                assertEquals(listOf(null, true, true, true), bodies)
                bodies.clear()
            }
        }
    }

    @Test
    fun `an interceptor whose request was given up does not pass it on`() {
        val chain = Proxy.newProxyInstance(javaClass.classLoader, arrayOf(Interceptor.Chain::class.java)) { _, method, _ ->
            throw AssertionError("called ${method.name}")
        } as Interceptor.Chain
        val once = dev.hudhud.okhttp.SendOnce()
        assertTrue(once.giveUp())
        assertThrows<IOException> { once.intercept(chain) }
    }

    @Test
    fun `a cache of the client keeps no response`(@TempDir folder: File) {
        Listener { answer("200 OK", headers = "Cache-Control: max-age=600\r\n") }.use { server ->
            val transport = OkHttpTransport(OkHttpClient.Builder().cache(okhttp3.Cache(folder, 1_000_000)).build())
            repeat(2) { send(transport, request(server, "GET")) }
            assertEquals(2, server.requests.size)
        }
    }

    @Test
    fun `a request that was reported as not sent is not sent later`() {
        for (method in methods) Listener { answer("200 OK") }.use { server ->
            for (transport in listOf(lateOkHttp(), lateJdk(), lateKtor(CIO), lateKtor(Apache5), lateKtor(OkHttp))) {
                val (sender, late) = transport
                assertEquals(TransportFault.CONNECT, fault(sender, request(server, method)), "${sender.javaClass.simpleName}, $method")
                // The sender is refused. How, the HTTP library decides.
                runCatching { late.get(30, TimeUnit.SECONDS) }.onFailure { assertFalse(it is TimeoutException, "no second attempt") }
                assertEquals(0, server.requests.size, "${sender.javaClass.simpleName}, $method: ${server.requests}")
            }
        }
    }

    @Test
    fun `a failed handshake of a second attempt is closed`() {
        val client = object : Delegating() {
            override fun <T> sendAsync(request: HttpRequest, handler: HttpResponse.BodyHandler<T>): CompletableFuture<HttpResponse<T>> {
                repeat(2) { runCatching { inner.send(request, handler) } }
                return CompletableFuture.failedFuture(SSLHandshakeException("no certificate"))
            }
        }
        for (method in methods) Listener { }.use { server ->
            assertEquals(TransportFault.CLOSED, fault(JavaHttpTransport(client), request(server, method)), method)
            assertEquals(1, server.requests.size, method)
        }
    }

    /** Fails, and sends a little later. */
    private fun lateOkHttp(): Pair<Transport, Future<*>> {
        val late = CompletableFuture<Any>()
        val client = OkHttpClient.Builder().addInterceptor { chain ->
            thread { Thread.sleep(200); late.completeWith { chain.proceed(chain.request()).close() } }
            throw IOException("too early")
        }.build()
        return OkHttpTransport(client) to late
    }

    private fun lateJdk(): Pair<Transport, Future<*>> {
        val late = CompletableFuture<Any>()
        val client = object : Delegating() {
            override fun <T> sendAsync(request: HttpRequest, handler: HttpResponse.BodyHandler<T>): CompletableFuture<HttpResponse<T>> {
                thread { Thread.sleep(200); late.completeWith { inner.send(request, HttpResponse.BodyHandlers.discarding()) } }
                return CompletableFuture.failedFuture(IOException("too early"))
            }
        }
        return JavaHttpTransport(client) to late
    }

    private fun lateKtor(engine: HttpClientEngineFactory<*>): Pair<Transport, Future<*>> {
        val late = CompletableFuture<Any>()
        val plugin = createClientPlugin("Late") {
            on(Send) { request ->
                val again = HttpRequestBuilder().takeFrom(request)
                thread { Thread.sleep(200); late.completeWith { runBlocking { proceed(again) } } }
                throw ConnectException("too early")
            }
        }
        val client = if (engine == OkHttp) HttpClient(OkHttp) { engine { sendOnce() }; install(plugin) } else HttpClient(engine) { install(plugin) }
        return KtorTransport(client) to late
    }

    private fun CompletableFuture<Any>.completeWith(send: () -> Any?) {
        try {
            send()
            complete(Unit)
        } catch (error: Throwable) {
            completeExceptionally(error)
        }
    }

    /** A JDK client that passes requests on, as those of metrics libraries do. */
    private abstract class Delegating : java.net.http.HttpClient() {
        val inner: java.net.http.HttpClient = newHttpClient()
        override fun cookieHandler() = inner.cookieHandler()
        override fun connectTimeout() = inner.connectTimeout()
        override fun followRedirects() = inner.followRedirects()
        override fun proxy() = inner.proxy()
        override fun sslContext() = inner.sslContext()
        override fun sslParameters() = inner.sslParameters()
        override fun authenticator() = inner.authenticator()
        override fun version() = inner.version()
        override fun executor() = inner.executor()
        override fun <T> send(request: HttpRequest, handler: HttpResponse.BodyHandler<T>) = inner.send(request, handler)
        override fun <T> sendAsync(
            request: HttpRequest, handler: HttpResponse.BodyHandler<T>, push: HttpResponse.PushPromiseHandler<T>?,
        ) = inner.sendAsync(request, handler, push)
    }
}
