// Wazaj: WhatsApp Business messages, from server to server.
package dev.hudhud

/**
 * A client of Wazaj, for servers.
 *
 * **Not in apps:** the vendor forbids its key and its base URL where users can reach them. Use this client on your own
 * server, and let the app call your server.
 *
 * ```kotlin
 * val wazaj = Wazaj(apiKey, baseUrl)
 * val sent = wazaj.messages.sendText(SendText(to = "+50912345678", body = "Hello"))
 * ```
 *
 * In Java:
 *
 * ```java
 * var wazaj = Wazaj.builder().apiKey(apiKey).baseUrl(baseUrl).build();
 * var sent = wazaj.blocking().messages().sendText(new SendText("+50912345678", "Hello"));
 * ```
 */
public class Wazaj private constructor(
    private val service: WazajService, transport: Transport, observer: Observer?, rateLimiter: RateLimiter?,
) : WazajCalls(WazajAdapter(service), transport, observer, rateLimiter) {
    /**
     * Creates a client from the key and the base URL of a deployment. [fromEnv] takes them from environment variables.
     *
     * @param apiKey `wzj_…`
     * @param baseUrl the host of the deployment, followed by `/api/wazaj/business`.
     * @param transport the transport that sends the requests. [JavaHttpTransport] needs no further dependency.
     * @param apiKeyScheme the form in which the key is sent. Default: the header `X-API-Key`.
     * @param settings the settings of requests that differ from the defaults.
     * @param observer follows the calls, for metrics and traces.
     * @param rateLimiter decides when each request may leave, so that the limits of the key are used fully, but not exceeded.
     *   Pass one limiter to all clients of a key. `null` turns it off. Default: a limiter of this client alone.
     * @throws HudhudException.InvalidRequest if the key or the base URL is malformed.
     */
    @JvmOverloads
    public constructor(
        apiKey: String,
        baseUrl: String,
        transport: Transport = JavaHttpTransport(),
        apiKeyScheme: ApiKeyScheme? = null,
        settings: Settings = Settings(),
        observer: Observer? = null,
        rateLimiter: RateLimiter? = RateLimiter(),
    ) : this(
        UnencodableFields.reporting("apiKey" to apiKey, "baseUrl" to baseUrl, "settings" to settings) {
            WazajService(apiKey, baseUrl, apiKeyScheme, settings)
        },
        transport,
        observer,
        rateLimiter,
    )

    /** The same calls as blocking methods, for Java and other blocking callers. */
    @get:JvmName("blocking")
    public val blocking: BlockingWazajCalls = BlockingWazajCalls(this)

    /** The same calls as methods that return a `CompletableFuture`, for Java. */
    @get:JvmName("async")
    public val async: AsyncWazajCalls = AsyncWazajCalls(this)

    override fun describe(description: RedactedDescription) {
        description.plain("baseUrl", service.identity().baseUrl)
    }

    /** Creates a client step by step, for Java. */
    public class Builder internal constructor() {
        private var apiKey: String? = null
        private var baseUrl: String? = null
        private var transport: Transport? = null
        private var apiKeyScheme: ApiKeyScheme? = null
        private var settings: Settings = Settings()
        private var observer: Observer? = null
        private var rateLimiter: RateLimiter? = RateLimiter()

        /** Sets the key of the deployment, `wzj_…`. It is required. */
        public fun apiKey(apiKey: String): Builder = apply { this.apiKey = apiKey }

        /** Sets the host of the deployment, followed by `/api/wazaj/business`. It is required. */
        public fun baseUrl(baseUrl: String): Builder = apply { this.baseUrl = baseUrl }

        /** Sets the transport. Default: [JavaHttpTransport]. [Transport.blocking] adapts one that is written in Java. */
        public fun transport(transport: Transport): Builder = apply { this.transport = transport }

        /** Sets the form in which the key is sent. Default: the header `X-API-Key`. */
        public fun apiKeyScheme(scheme: ApiKeyScheme): Builder = apply { apiKeyScheme = scheme }

        /** Sets the settings of requests that differ from the defaults. */
        public fun settings(settings: Settings): Builder = apply { this.settings = settings }

        /** Sets the settings of requests that differ from the defaults. */
        public fun settings(settings: Settings.Builder): Builder = settings(settings.build())

        /** Sets the observer that follows the calls, for metrics and traces. */
        public fun observer(observer: Observer): Builder = apply { this.observer = observer }

        /**
         * Sets the rate limiter. Pass one limiter to all clients of a key. `null` turns it off. Default: a limiter of this
         * client alone.
         */
        public fun rateLimiter(rateLimiter: RateLimiter?): Builder = apply { this.rateLimiter = rateLimiter }

        /**
         * Creates the client.
         *
         * @throws HudhudException.InvalidRequest if the key or the base URL is missing or malformed.
         */
        public fun build(): Wazaj =
            Wazaj(
                apiKey.orEmpty(), baseUrl.orEmpty(), transport ?: JavaHttpTransport(), apiKeyScheme, settings, observer,
                rateLimiter,
            )
    }

    public companion object {
        /**
         * Creates a client from the environment variables `WAZAJ_API_KEY` and `WAZAJ_BASE_URL`, which are both required. An
         * empty variable counts as unset.
         *
         * @param environment the variables, for tests and for programs that keep them elsewhere.
         * @param transport the transport that sends the requests.
         * @param apiKeyScheme the form in which the key is sent. Default: the header `X-API-Key`.
         * @param settings the settings of requests that differ from the defaults.
         * @param observer follows the calls, for metrics and traces.
         * @param rateLimiter decides when each request may leave, so that the limits of the key are used fully, but not exceeded.
         *   Pass one limiter to all clients of a key. `null` turns it off. Default: a limiter of this client alone.
         * @throws HudhudException.InvalidRequest if a variable is not set, or its value is malformed.
         */
        @JvmStatic
        @JvmOverloads
        public fun fromEnv(
            environment: Map<String, String> = System.getenv(),
            transport: Transport = JavaHttpTransport(),
            apiKeyScheme: ApiKeyScheme? = null,
            settings: Settings = Settings(),
            observer: Observer? = null,
            rateLimiter: RateLimiter? = RateLimiter(),
        ): Wazaj {
            // Core knows the names. The other variables of the process do not cross to it.
            val variables = environment.filterKeys { it.startsWith("WAZAJ_") }
            val service = UnencodableFields.reporting("" to variables, "settings" to settings) {
                WazajService.fromVariables(variables, apiKeyScheme, settings)
            }
            return Wazaj(service, transport, observer, rateLimiter)
        }

        /** Returns a builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
