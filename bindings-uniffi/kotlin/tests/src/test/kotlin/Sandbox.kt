// Both services on this machine. `cargo xtask test` starts them, and passes their addresses and keys in HUDHUD_SANDBOX.
package dev.hudhud.tests

import dev.hudhud.AppRoutes
import dev.hudhud.JavaHttpTransport
import dev.hudhud.RetryPolicy
import dev.hudhud.Settings
import dev.hudhud.Transport
import dev.hudhud.Wazaj
import dev.hudhud.Zagely
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.time.Duration
import tools.jackson.databind.JsonNode
import tools.jackson.databind.json.JsonMapper

object Sandbox {
    private val readyText: JsonNode = JsonMapper().readTree(
        checkNotNull(System.getenv("HUDHUD_SANDBOX")) { "HUDHUD_SANDBOX is not set: run `cargo xtask test Kotlin`" },
    )
    private val quick = Settings(retry = RetryPolicy(4, Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofSeconds(3)))

    fun readyText(name: String): String = readyText[name].asString()

    fun zagely(transport: Transport = JavaHttpTransport(), settings: Settings = quick) = Zagely(
        readyText("public_key"), readyText("secret_key"), transport, readyText("zagely_base_url"),
        AppRoutes(token = readyText("app_token")), settings,
    )

    fun wazaj(transport: Transport = JavaHttpTransport()) =
        Wazaj(readyText("wazaj_key"), readyText("wazaj_base_url"), transport, settings = quick)

    /** Calls the sandbox's own API, for events from outside, such as an incoming message. */
    fun admin(method: String, path: String, body: String = ""): String {
        val request = HttpRequest.newBuilder(URI(readyText("zagely_base_url") + "/_sandbox" + path))
            .header("Authorization", "Bearer " + readyText("admin_token"))
            .method(method, HttpRequest.BodyPublishers.ofString(body)).build()
        val response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString())
        check(response.statusCode() < 300) { "${response.statusCode()}: ${response.body()}" }
        return response.body()
    }

    /** Makes the next requests of a call fail. */
    fun fault(call: String, fault: String, times: Int = 1) =
        admin("POST", "/faults", """{"fault":"$fault","match":{"call":"$call"},"times":$times}""")

    /** Returns the number of received requests of a call. */
    fun count(call: String): Int = JsonMapper().readTree(admin("GET", "/calls")).let { calls ->
        calls.findValues("call").count { it.asString().endsWith(call) }
    }
}
