// The ways in which Ktor's engines repeat requests.
package dev.hudhud.ktor

import io.ktor.client.HttpClient
import io.ktor.client.engine.HttpClientEngineConfig
import java.util.Collections
import java.util.WeakHashMap

/** The engines, grouped by how they are kept from sending a request twice. */
internal enum class Engine {
    /** Other engines, which are not known to repeat requests. */
    PLAIN,

    /**
     * CIO does not repeat requests. It reads the length of the body before it writes the first byte, also if the request has no body.
     */
    CIO,

    /** Apache5 repeats requests without a body. Each request therefore gets a body. */
    APACHE5,

    /** OkHttp repeats requests unless an interceptor prevents it, see [sendOnce]. */
    OKHTTP;

    /** Returns true if a request without a body gets an empty one. */
    fun takesBody(method: String): Boolean = this == APACHE5 || (method != "GET" && method != "HEAD")

    /** True if the engine reads the body only once it has a connection. */
    val readsLengthLate: Boolean get() = this != APACHE5

    companion object {
        /** The configurations for which [sendOnce] was called. They compare by identity. */
        private val guarded = Collections.synchronizedMap(WeakHashMap<HttpClientEngineConfig, Unit>())

        /** Records that [sendOnce] was called for this configuration. */
        fun guard(config: HttpClientEngineConfig) {
            guarded[config] = Unit
        }

        /** Returns the engine of a client, by the name of its class, because the engines are not dependencies. */
        fun of(client: HttpClient): Engine {
            val name = client.engine.javaClass.name
            fun isOf(engine: String) = name.startsWith("io.ktor.client.engine.$engine.")
            REFUSED.entries.firstOrNull { (engine, _) -> isOf(engine) }?.let { (_, why) -> throw IllegalArgumentException(why) }
            if (isOf("okhttp")) {
                require(client.engine.config in guarded.keys) {
                    "client: the engine OkHttp sends some requests a second time; create the client as " +
                        "HttpClient(OkHttp) { engine { sendOnce() } }, or use OkHttpTransport from dev.hudhud:hudhud-okhttp"
                }
                return OKHTTP
            }
            if (isOf("cio")) {
                require(!client.engine.config.pipelining) {
                    "client: with pipelining, the engine CIO assigns a response after a 1xx to another request; set pipelining = false"
                }
                return CIO
            }
            if (!isOf("apache5")) return PLAIN
            require(client.engine.config.proxy == null) {
                "client: the engine Apache5 returns a proxy's response as if it were the vendor's; use CIO, or OkHttp with sendOnce()"
            }
            return APACHE5
        }

        private fun why(engine: String, instead: String) =
            "client: the engine $engine sends some requests a second time, which cannot be prevented; use $instead"

        private val REFUSED = mapOf(
            "java" to why("Java", "JavaHttpTransport, which uses the same HTTP client, or the engine CIO"),
            "apache" to why("Apache", "the engine Apache5 or CIO"),
            "android" to why("Android", "the engine CIO, or OkHttp with sendOnce()"),
            "jetty" to why("Jetty", "the engine CIO"),
        )
    }
}
