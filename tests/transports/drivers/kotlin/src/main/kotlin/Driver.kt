// The driver of the host `kotlin`: a case a line comes in, its outcome goes out, with the real clients over each transport.
package dev.hudhud.transports

import dev.hudhud.Client
import dev.hudhud.HudhudException
import dev.hudhud.JavaHttpTransport
import dev.hudhud.ResponseCollector
import dev.hudhud.RetryPolicy
import dev.hudhud.Settings
import dev.hudhud.Transport
import dev.hudhud.Wazaj
import dev.hudhud.Zagely
import dev.hudhud.outputAsJson
import dev.hudhud.ktor.KtorTransport
import dev.hudhud.ktor.sendOnce
import dev.hudhud.okhttp.OkHttpTransport
import io.ktor.client.HttpClient
import io.ktor.client.engine.ProxyBuilder
import io.ktor.client.engine.apache5.Apache5
import io.ktor.client.engine.cio.CIO
import io.ktor.client.engine.http
import io.ktor.client.engine.okhttp.OkHttp
import java.io.File
import java.io.PrintWriter
import java.io.StringWriter
import java.net.InetSocketAddress
import java.net.Proxy
import java.net.ProxySelector
import java.net.URI
import java.security.KeyStore
import java.security.cert.CertificateFactory
import java.time.Duration
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManagerFactory
import javax.net.ssl.X509TrustManager
import kotlinx.coroutines.runBlocking
import okhttp3.OkHttpClient
import tools.jackson.databind.JsonNode
import tools.jackson.databind.json.JsonMapper

private val json = JsonMapper()

/** The connection settings of a case. */
private class Given(case: JsonNode) {
    val timeout: Duration = Duration.ofMillis(case["timeout_ms"].asLong())
    val maxResponseBytes: Int = case.text("max_response_bytes")?.toInt() ?: ResponseCollector.DEFAULT_LIMIT
    val proxy: URI? = case.text("proxy")?.let(::URI)
    val proxyAddress: InetSocketAddress? get() = proxy?.let { InetSocketAddress(it.host, it.port) }
    val trust: X509TrustManager? = case.text("ca_file")?.let { file ->
        val store = KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null) }
        File(file).inputStream().use { store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(it)) }
        val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm()).apply { init(store) }
        factory.trustManagers.filterIsInstance<X509TrustManager>().single()
    }
    val tls: SSLContext? get() = trust?.let { SSLContext.getInstance("TLS").apply { init(null, arrayOf(it), null) } }
}

/** A transport, and what ends it. */
private class Opened(val transport: Transport, val close: () -> Unit = {})

private class Kind(
    val name: String,
    val version: String,
    val takesProxy: Boolean = true,
    /** The behaviours of which the library cannot make what is expected, each with the reason. */
    val limits: Map<String, String> = emptyMap(),
    val open: (Given) -> Opened,
)

/** One reason for several behaviours. */
private fun limit(reason: String, vararg behaviours: String): Map<String, String> = behaviours.associateWith { reason }

private val kinds = listOf(
    Kind(
        "java.net.http", System.getProperty("java.version"),
        limits = limit(
            "the client repeats a GET whose connection ends in the handshake. The repetition is refused, and the reason of the first failure is lost.",
            "TLS closes",
        ),
    ) { given ->
        val builder = java.net.http.HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10))
        given.tls?.let { builder.sslContext(it) }
        given.proxyAddress?.let { builder.proxy(ProxySelector.of(it)) }
        Opened(JavaHttpTransport(builder.build(), given.timeout, given.maxResponseBytes))
    },
    Kind("OkHttp", okhttp3.OkHttp.VERSION) { given ->
        val client = okHttp(given)
        Opened(OkHttpTransport(client, given.timeout, given.maxResponseBytes)) {
            client.dispatcher.executorService.shutdown()
            client.connectionPool.evictAll()
        }
    },
    Kind(
        "Ktor over CIO", version(HttpClient::class.java),
        limits = limit("CIO stops reading after a 1xx.", "1xx first", "drip, 1xx") +
            limit(
                "CIO treats the end of the connection as the last chunk. Incomplete JSON is still an error.",
                "chunks cut off",
            ),
    ) { given ->
        ktor(given, HttpClient(CIO) {
            engine {
                given.trust?.let { https { trustManager = it } }
                given.proxy?.let { proxy = ProxyBuilder.http(it.toString()) }
            }
        })
    },
    Kind("Ktor over Apache5", version(HttpClient::class.java), takesProxy = false) { given ->
        ktor(given, HttpClient(Apache5) {
            engine {
                sslContext = given.tls
            }
        })
    },
    Kind("Ktor over OkHttp", version(HttpClient::class.java)) { given ->
        ktor(given, HttpClient(OkHttp) {
            engine {
                preconfigured = okHttp(given)
                sendOnce()
            }
        })
    },
)

private fun okHttp(given: Given): OkHttpClient {
    val builder = OkHttpClient.Builder()
    given.trust?.let { builder.sslSocketFactory(given.tls!!.socketFactory, it) }
    given.proxyAddress?.let { builder.proxy(Proxy(Proxy.Type.HTTP, it)) }
    return builder.build()
}

private fun ktor(given: Given, client: HttpClient) =
    Opened(KtorTransport(client, given.timeout, given.maxResponseBytes), client::close)

/** The version in the name of the jar that a class is from. */
private fun version(of: Class<*>): String =
    Regex("""-(\d[^/]*)\.jar""").find(of.protectionDomain.codeSource.location.path)!!.groupValues[1]

fun main() {
    val output = PrintWriter(System.out, true)
    fun say(what: Any) = synchronized(output) { output.println(json.writeValueAsString(what)) }
    say(mapOf("ready" to true, "transports" to kinds.map { mapOf("name" to it.name, "version" to it.version, "limits" to it.limits) }))
    val threads = Executors.newCachedThreadPool()
    generateSequence(::readLine).forEach { line ->
        threads.execute {
            val case = json.readTree(line)
            say(mapOf("id" to case["id"].asInt()) + run(case))
        }
    }
    threads.shutdown()
    threads.awaitTermination(1, TimeUnit.MINUTES)
    // Engines leave threads behind.
    System.exit(0)
}

private fun run(case: JsonNode): Map<String, Any?> = try {
    val kind = kinds.single { it.name == case["transport"].asString() }
    val given = Given(case)
    if (given.proxy != null && !kind.takesProxy) {
        mapOf("outcome" to "unsupported")
    } else {
        val opened = kind.open(given)
        try {
            runBlocking { call(case, opened.transport) }
        } finally {
            opened.close()
        }
    }
} catch (foreign: Throwable) {
    mapOf("outcome" to "foreign", "shown" to shown(foreign))
}

private suspend fun call(case: JsonNode, transport: Transport): Map<String, Any?> {
    val retry = RetryPolicy(case["max_attempts"].asInt(), Duration.ofMillis(20), Duration.ofMillis(50), Duration.ofSeconds(1))
    val settings = Settings(retry = retry)
    val url = case["base_url"].asString()
    fun zagely(base: String) = Zagely("pk_transports", "sk_transports", transport, base, settings = settings)
    val origin = URI(url).let { "${it.scheme}://${it.authority}" }
    repeat(case["warm_up"]?.asInt() ?: 0) {
        try {
            zagely(origin).account.health()
        } catch (error: HudhudException) {
            return mapOf("outcome" to "error", "warm_up_failed" to shown(error))
        }
    }
    return if (case["vendor"].asString() == "wazaj") outcome(case, Wazaj("wzj_transports", url, transport, settings = settings))
    else outcome(case, zagely(url))
}

private suspend fun <V> outcome(case: JsonNode, client: Client<V>): Map<String, Any?> {
    val (call, options) = client.callByName(case["call"].asString(), case["input"].toString())
    val began = System.nanoTime()
    fun elapsed() = (System.nanoTime() - began) / 1_000_000
    return try {
        val reply = client.withResponse(call, options)
        mapOf(
            "outcome" to "ok", "status" to reply.meta.status, "elapsed_ms" to elapsed(),
            "output" to json.readTree(outputAsJson(reply.output)),
        )
    } catch (error: HudhudException) {
        val failure = error.failure
        mapOf(
            "outcome" to "error", "kind" to failure.kind, "fault" to failure.transportFault?.name?.lowercase(),
            "status" to failure.meta?.status, "elapsed_ms" to elapsed(), "shown" to shown(error),
        )
    }
}

private fun shown(error: Throwable): String = StringWriter().also { error.printStackTrace(PrintWriter(it, true)) }.toString()

private fun JsonNode.text(name: String): String? = get(name)?.takeIf { !it.isNull }?.asString()
