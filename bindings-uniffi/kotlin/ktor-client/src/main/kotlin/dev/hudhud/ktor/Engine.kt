// The habits of Ktor's engines.
package dev.hudhud.ktor

import io.ktor.client.HttpClient
import io.ktor.client.engine.HttpClientEngineConfig
import java.util.Collections
import java.util.WeakHashMap

/** The ways to keep an engine from sending a request twice. */
internal enum class Engine {
    /** It never does, as far as is known: engines that this library does not know. */
    PLAIN,

    /** It never does. It asks a request how long its body is, also if it has none, before it writes the first byte. */
    CIO,

    /** It does with a request that has no body, so that each gets one. */
    APACHE5,

    /** It does unless an interceptor keeps it from it, see [sendOnce]. */
    OKHTTP;

    /** Decides if a request without a body gets an empty one. */
    fun takesBody(method: String): Boolean = this == APACHE5 || (method != "GET" && method != "HEAD")

    /** True if it asks for a body only when it has a connection. */
    val asksLate: Boolean get() = this != APACHE5

    companion object {
        /** The configurations for which [sendOnce] was called, which compare by identity. */
        private val guarded = Collections.synchronizedMap(WeakHashMap<HttpClientEngineConfig, Unit>())

        /** Remembers that this engine is kept from it. */
        fun guard(config: HttpClientEngineConfig) {
            guarded[config] = Unit
        }

        /** The engine of a client, by the name of its class: none of them is a dependency. */
        fun of(client: HttpClient): Engine {
            val name = client.engine.javaClass.name
            fun isOf(engine: String) = name.startsWith("io.ktor.client.engine.$engine.")
            REFUSED.entries.firstOrNull { (engine, _) -> isOf(engine) }?.let { (_, why) -> throw IllegalArgumentException(why) }
            if (isOf("okhttp")) {
                require(client.engine.config in guarded.keys) {
                    "The engine OkHttp sends some requests a second time: create the client as " +
                        "HttpClient(OkHttp) { engine { sendOnce() } }, or use OkHttpTransport from dev.hudhud:hudhud-okhttp."
                }
                return OKHTTP
            }
            if (isOf("cio")) {
                require(!client.engine.config.pipelining) {
                    "With pipelining, the engine CIO gives the response that comes after a 1xx to another request: leave it switched off."
                }
                return CIO
            }
            if (!isOf("apache5")) return PLAIN
            require(client.engine.config.proxy == null) {
                "The engine Apache5 hands on what a proxy answers as if it were the vendor's answer: use CIO, or OkHttp with sendOnce()."
            }
            return APACHE5
        }

        private fun why(engine: String, instead: String) =
            "The engine $engine sends some requests a second time and cannot be kept from it: use $instead."

        private val REFUSED = mapOf(
            "java" to why("Java", "JavaHttpTransport, which has the same HTTP client, or the engine CIO"),
            "apache" to why("Apache", "the engine Apache5 or CIO"),
            "android" to why("Android", "the engine CIO, or OkHttp with sendOnce()"),
            "jetty" to why("Jetty", "the engine CIO"),
        )
    }
}
