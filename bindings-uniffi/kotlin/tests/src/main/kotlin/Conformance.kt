// The conformance driver of the host `kotlin`. It reads one case per line, and writes one outcome per line.
//
// Calls are read by name into the data classes of the public interface, and answers are written as JSON from their classes,
// so that the values cross the language boundary in both directions.
package dev.hudhud.conformance

import dev.hudhud.Output
import dev.hudhud.AppAuth
import dev.hudhud.AppRoutes
import dev.hudhud.Call
import dev.hudhud.CallOptions
import dev.hudhud.Client
import dev.hudhud.Header
import dev.hudhud.UnencodableFields
import dev.hudhud.HudhudException
import dev.hudhud.ApiKeyScheme
import dev.hudhud.Meta
import dev.hudhud.Method
import dev.hudhud.MissingPolicy
import dev.hudhud.ApiResponse
import dev.hudhud.Request
import dev.hudhud.Response
import dev.hudhud.RetryPolicy
import dev.hudhud.Settings
import dev.hudhud.Step
import dev.hudhud.Template
import dev.hudhud.TransportFault
import dev.hudhud.Wazaj
import dev.hudhud.Webhook
import dev.hudhud.WebhookEvent
import dev.hudhud.WebhookException
import dev.hudhud.Zagely
import dev.hudhud.outputAsJson
import dev.hudhud.normalizePhone
import java.lang.management.ManagementFactory
import java.time.Clock
import java.time.Duration
import java.time.Instant
import java.time.ZoneOffset
import java.util.Base64
import tools.jackson.core.StreamReadConstraints
import tools.jackson.core.json.JsonFactory
import tools.jackson.databind.JsonNode
import tools.jackson.databind.json.JsonMapper
import tools.jackson.databind.util.RawValue

/** A mapper that accepts long numbers and deep cases, because the library under test must cope with them. */
private val json = JsonMapper(
    JsonFactory.builder().streamReadConstraints(
        StreamReadConstraints.builder()
            .maxNumberLength(Int.MAX_VALUE).maxStringLength(Int.MAX_VALUE).maxNestingDepth(Int.MAX_VALUE).build(),
    ).build(),
)

fun main() {
    generateSequence(::readLine).forEach { line ->
        val message = json.readTree(line)
        val work = { run(message["suite"].asString(), message["case"]) }
        val budget = message["budget_ms"]
        println(json.writeValueAsString(if (budget == null) work() else mapOf("nanos" to shortest(budget.asLong(), work))))
    }
}

/** Repeats [work] for a budget in milliseconds, and returns the shortest processor time in nanoseconds. */
private fun shortest(budgetMs: Long, work: () -> Any?): Long {
    val threads = ManagementFactory.getThreadMXBean()
    val until = System.nanoTime() + budgetMs * 1_000_000
    var best = Long.MAX_VALUE
    do {
        val begun = threads.currentThreadCpuTime
        work()
        best = minOf(best, threads.currentThreadCpuTime - begun)
    } while (System.nanoTime() < until)
    return best
}

private fun run(suite: String, case: JsonNode): Any? = when (suite) {
    "webhook" -> webhook(case)
    "template" -> template(case)
    "phone" -> try {
        mapOf("ok" to normalizePhone(case.text("input").orEmpty()))
    } catch (_: HudhudException) {
        mapOf("error" to emptyMap<String, Any>())
    }
    else -> try {
        val client = case["client"]
        if (client.text("vendor") == "wazaj") call(suite, case, wazaj(case)) else call(suite, case, zagely(case))
    } catch (error: HudhudException) {
        val failed = mapOf("error" to failure(error))
        if (suite == "exchange") mapOf("steps" to listOf(failed)) else failed
    }
}

private fun zagely(case: JsonNode): Zagely {
    val client = case["client"]
    val auth = when (client.text("auth")) {
        "keys" -> AppAuth.KEYS
        "both", "token_and_keys" -> AppAuth.TOKEN_AND_KEYS
        else -> null
    }
    val routes = AppRoutes(client.text("app_token"), auth, client.text("app_prefix"))
    return Zagely(
        client.text("public_key").orEmpty(), client.text("secret_key").orEmpty(),
        baseUrl = client.text("base_url"), appRoutes = routes, settings = settings(case),
    )
}

private fun wazaj(case: JsonNode): Wazaj {
    val client = case["client"]
    val form = when (client.text("auth").orEmpty().filter { it.isLetterOrDigit() }.lowercase()) {
        "bearer", "authorizationbearer" -> ApiKeyScheme.BEARER
        "apikey", "authorizationapikey" -> ApiKeyScheme.API_KEY
        else -> ApiKeyScheme.HEADER
    }
    val baseUrl = client.text("base_url") ?: "https://transuptech.online/api/wazaj/business"
    return Wazaj(client.text("api_key").orEmpty(), baseUrl, apiKeyScheme = form, settings = settings(case))
}

private fun settings(case: JsonNode): Settings {
    val retry = case["retry"]
    fun millis(name: String) = retry?.get(name)?.let { Duration.ofMillis(it.asLong()) }
    return Settings(
        updateMethod = case["client"].text("update_method")?.let { Method.valueOf(it.uppercase()) },
        retry = RetryPolicy(
            retry?.get("max_attempts")?.asInt() ?: 4, millis("base_ms"), millis("cap_ms"), millis("max_wait_ms"),
        ),
    )
}

private fun <V> call(suite: String, case: JsonNode, client: Client<V>): Any {
    if (suite == "response") {
        // A recorded response is decoded without the input of its call.
        return outcome { client.decode(case.text("call").orEmpty(), response(case["response"])) }
    }
    val input = case["input"]?.toString() ?: "{}"
    val (call, plain) = client.callByName(case.text("call").orEmpty(), input)
    val given = case["options"]
    val method = given?.text("method")?.let(Method::valueOf)
    val options = plain.copy(idempotencyKey = given?.text("idempotency_key"), method = method)
    val entropy = given?.text("entropy")?.chunked(2)?.map { it.toInt(16).toByte() }?.toByteArray()
    return when (suite) {
        // Entropy is only used for the key of an exchange: the case expects its first request.
        "request" -> sent(
            if (entropy == null) client.request(call, options)
            else client.exchange(call, options, entropy).use { (it.step(NOW) as Step.Send).request },
        )
        else -> mapOf("steps" to exchange(case, client, call, options, entropy ?: ByteArray(16) { 7 }))
    }
}

private const val NOW = 1_776_767_400_000L

/** Plays the script: each sent request gets the next event, and each wait advances the time by its exact length. */
private fun <V> exchange(
    case: JsonNode, client: Client<V>, call: Call<V, Output>, options: CallOptions, entropy: ByteArray,
): List<Any> = client.exchange(call, options, entropy).use { exchange ->
    var now = NOW
    val script = case["script"].iterator()
    val steps = mutableListOf<Any>()
    while (true) {
        val step = try {
            exchange.step(now)
        } catch (error: HudhudException) {
            steps += mapOf("error" to failure(error))
            break
        }
        when (step) {
            is Step.Send -> {
                steps += mapOf("send" to sent(step.request))
                if (!script.hasNext()) break
                val event = script.next()
                when (event.text("fail")) {
                    null -> exchange.receive(response(event["respond"]), now)
                    "connect" -> exchange.fail(TransportFault.CONNECT, now)
                    "timeout" -> exchange.fail(TransportFault.TIMEOUT, now)
                    else -> exchange.fail(TransportFault.CLOSED, now)
                }
            }
            is Step.Wait -> {
                steps += mapOf("wait_ms" to step.duration.toMillis())
                now += step.duration.toMillis()
            }
            is Step.Done -> {
                steps += outcome { step.response }
                break
            }
        }
    }
    steps
}

private fun outcome(reply: () -> ApiResponse<Output>): Map<String, Any?> = try {
    val (output, meta) = reply()
    mapOf("ok" to RawValue(outputAsJson(output)), "meta" to meta(meta))
} catch (error: HudhudException) {
    mapOf("error" to failure(error))
}

private fun failure(error: HudhudException): Map<String, Any?> {
    val failure = error.failure
    // Users catch the class, so the kind is derived from it.
    val kind = error.javaClass.simpleName.replace(Regex("(?<=.)[A-Z]")) { "_" + it.value }.lowercase()
    // The vectors have core's names.
    fun name(field: String) =
        if (error is HudhudException.InvalidRequest) field.replace(Regex("[A-Z]")) { "_${it.value.lowercase()}" } else field
    val fields = failure.fieldErrors.associate { name(it.field) to it.messages }
    return mapOf(
        "kind" to kind, "call" to failure.call, "code" to failure.code, "message" to failure.reason,
        "field_errors" to fields, "fields" to fields, "required_ability" to failure.requiredAbility,
        "safe_to_retry" to failure.safeToRetry, "may_have_happened" to failure.mayHaveHappened, "key_forgotten" to failure.keyForgotten,
        "attempts" to failure.attempts.toLong(), "elapsed_ms" to failure.elapsed.toMillis(), "idempotency_key" to failure.idempotencyKey, "text" to error.toString(),
    ) + failure.meta?.let(::meta).orEmpty()
}

private fun meta(meta: Meta): Map<String, Any?> {
    val limits = meta.rateLimit.run {
        mapOf(
            "limit" to limit, "remaining" to remaining, "reset" to reset,
            "daily_limit" to dailyLimit, "daily_remaining" to dailyRemaining,
        ).filterValues { it != null }
    }
    return mapOf(
        "status" to meta.status, "rate_limit" to limits, "idempotent_replay" to meta.idempotentReplay,
        "retry_after_ms" to meta.retryAfter?.toMillis(), "idempotency_key" to meta.idempotencyKey,
    ).filterValues { it != null }
}

private fun sent(request: Request): Map<String, Any?> = mapOf(
    "method" to request.method, "url" to request.url,
    "headers" to request.headers.associate { it.name.lowercase() to it.value },
    "body_base64" to request.body?.let { Base64.getEncoder().encodeToString(it) },
)

private fun response(given: JsonNode): Response {
    val headers = given["headers"]?.properties().orEmpty()
    return Response(
        given["status"].asInt(),
        headers.map { (name, value) -> Header(name, if (value.isString) value.asString() else value.toString()) },
        body(given),
    )
}

private fun webhook(case: JsonNode): Any {
    val now = Instant.ofEpochSecond(case["now_s"].asLong())
    return try {
        val webhook = Webhook(
            case["secrets"].values().map { it.asString() },
            case["tolerance_s"]?.takeIf { it.isNumber }?.let { Duration.ofSeconds(it.asLong()) },
            Clock.fixed(now, ZoneOffset.UTC),
        )
        val headers = case["headers"].properties().associate { (name, value) -> name to value.asString() }
        val delivery = webhook.receive(headers, body(case))
        mapOf(
            "ok" to mapOf(
                "event" to delivery.name, "delivery_id" to delivery.deliveryId,
                "occurred_at" to delivery.occurredAt?.text, "secret_index" to delivery.secretIndex,
                "known" to (delivery.event !is WebhookEvent.Unknown),
            ),
        )
    } catch (refused: WebhookException) {
        mapOf("error" to mapOf("reason" to refused.reason.name.lowercase(), "http_status" to refused.httpStatus))
    } catch (error: HudhudException) {
        mapOf("error" to failure(error))
    }
}

private fun template(case: JsonNode): Any {
    val template = Template(case.text("template").orEmpty())
    val values = case["values"]?.properties().orEmpty().associate { (name, value) -> name to plain(value) }
    val missing = case.text("missing")?.let { MissingPolicy.valueOf(it.uppercase()) } ?: MissingPolicy.ERROR
    return try {
        mapOf("ok" to template.render(values, missing), "variables" to template.variables)
    } catch (error: HudhudException.InvalidRequest) {
        mapOf("error" to mapOf("missing" to error.failure.fieldErrors.map { it.field }))
    }
}

/** Converts a JSON value to Kotlin's own types. */
private fun plain(node: JsonNode): Any? = when {
    node.isNull -> null
    node.isString -> node.asString()
    node.isBoolean -> node.asBoolean()
    node.isIntegralNumber -> if (node.canConvertToLong()) node.asLong() else node.bigIntegerValue()
    node.isNumber -> node.asDouble()
    node.isArray -> node.values().map(::plain)
    else -> node.properties().associate { (name, value) -> name to plain(value) }
}

private fun body(of: JsonNode): ByteArray =
    of.text("body")?.toByteArray()
        ?: of.text("body_base64")?.let { Base64.getDecoder().decode(it) }
        ?: of["body_json"]?.toString()?.toByteArray()
        ?: ByteArray(0)

private fun JsonNode.text(name: String): String? = get(name)?.takeIf { it.isString }?.asString()
