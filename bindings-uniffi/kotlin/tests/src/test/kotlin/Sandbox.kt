// Both services on this machine: `cargo xtask test` starts them and hands over what they say of themselves.
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
    private val says: JsonNode = JsonMapper().readTree(
        checkNotNull(System.getenv("HUDHUD_SANDBOX")) { "HUDHUD_SANDBOX is not set: run `cargo xtask test Kotlin`" },
    )
    private val quick = Settings(retry = RetryPolicy(4, Duration.ofMillis(5), Duration.ofMillis(10), Duration.ofSeconds(3)))

    fun says(name: String): String = says[name].asString()

    fun zagely(transport: Transport = JavaHttpTransport(), settings: Settings = quick) = Zagely(
        says("public_key"), says("secret_key"), transport, says("zagely_base_url"),
        AppRoutes(token = says("app_token")), settings,
    )

    fun wazaj(transport: Transport = JavaHttpTransport()) =
        Wazaj(says("wazaj_key"), says("wazaj_base_url"), transport, settings = quick)

    /** Asks for what only the world outside can do. */
    fun admin(method: String, path: String, body: String = ""): String {
        val request = HttpRequest.newBuilder(URI(says("zagely_base_url") + "/_sandbox" + path))
            .header("Authorization", "Bearer " + says("admin_token"))
            .method(method, HttpRequest.BodyPublishers.ofString(body)).build()
        val response = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString())
        check(response.statusCode() < 300) { "${response.statusCode()}: ${response.body()}" }
        return response.body()
    }

    /** Lets the next requests of a call fail. */
    fun fault(call: String, fault: String, times: Int = 1) =
        admin("POST", "/faults", """{"fault":"$fault","match":{"call":"$call"},"times":$times}""")

    /** How often a call came in. */
    fun count(call: String): Int = JsonMapper().readTree(admin("GET", "/calls")).let { calls ->
        calls.findValues("call").count { it.asString().endsWith(call) }
    }
}
