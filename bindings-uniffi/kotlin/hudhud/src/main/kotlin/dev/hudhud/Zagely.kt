// Zagely: one API for many channels, with an account, contacts, campaigns and webhooks.
package dev.hudhud

/**
 * A client of Zagely, for servers.
 *
 * **Not in apps:** the vendor forbids its keys where users can reach them. Use this client on your own server, and let the
 * app call your server.
 *
 * ```kotlin
 * val zagely = Zagely.fromEnv() // ZAGELY_PUBLIC_KEY, ZAGELY_SECRET_KEY, ZAGELY_SESSION_ID
 * val sent = zagely.messages.send(SendMessage(to = "+15551234567", message = "hi"))
 * zagely.contacts.list(ListContacts(tags = listOf("vip"))).collect { println(it.name) }
 * ```
 *
 * In Java:
 *
 * ```java
 * var zagely = Zagely.fromEnv();
 * var sent = zagely.blocking().messages().send(SendMessage.text("+15551234567", "hi"));
 * for (var contact : zagely.blocking().contacts().list(ListContacts.builder().tags(List.of("vip")))) { … }
 * ```
 */
public class Zagely private constructor(
    private val service: ZagelyService, transport: Transport, observer: Observer?, rateLimiter: RateLimiter?,
) : ZagelyCalls(ZagelyAdapter(service), transport, observer, rateLimiter) {
    /**
     * Creates a client from a key pair. [fromEnv] takes the keys from environment variables.
     *
     * @param publicKey `pk_…`
     * @param secretKey `sk_…`
     * @param transport the transport that sends the requests. [JavaHttpTransport] needs no further dependency.
     * @param baseUrl the origin: `https`, or `http` on loopback. Default: the vendor's.
     * @param appRoutes the credentials and the path prefix of requests to the unversioned routes. The defaults are
     *   inferred: the vendor's page does not state them.
     * @param settings the settings of requests that differ from the defaults.
     * @param observer follows the calls, for metrics and traces.
     * @param rateLimiter decides when each request may leave, so that the limits of the key are used fully, but not exceeded.
     *   Pass one limiter to all clients of a key. `null` turns it off. Default: a limiter of this client alone.
     * @throws HudhudException.InvalidRequest if a key or the base URL is malformed.
     */
    @JvmOverloads
    public constructor(
        publicKey: String,
        secretKey: String,
        transport: Transport = JavaHttpTransport(),
        baseUrl: String? = null,
        appRoutes: AppRoutes? = null,
        settings: Settings = Settings(),
        observer: Observer? = null,
        rateLimiter: RateLimiter? = RateLimiter(),
    ) : this(
        UnencodableFields.reporting(
            "publicKey" to publicKey, "secretKey" to secretKey, "baseUrl" to baseUrl, "appRoutes" to appRoutes,
            "settings" to settings,
        ) { ZagelyService(publicKey, secretKey, baseUrl, appRoutes, settings) },
        transport,
        observer,
        rateLimiter,
    )

    /** The same calls as blocking methods, for Java and other blocking callers. */
    @get:JvmName("blocking")
    public val blocking: BlockingZagelyCalls = BlockingZagelyCalls(this)

    /** The same calls as methods that return a `CompletableFuture`, for Java. */
    @get:JvmName("async")
    public val async: AsyncZagelyCalls = AsyncZagelyCalls(this)

    override fun describe(description: RedactedDescription) {
        val identity = service.identity()
        description.plain("baseUrl", identity.baseUrl).plain("publicKey", identity.publicKey)
    }

    /** Creates a client step by step, for Java. */
    public class Builder internal constructor() {
        private var publicKey: String? = null
        private var secretKey: String? = null
        private var transport: Transport? = null
        private var baseUrl: String? = null
        private var appRoutes: AppRoutes? = null
        private var settings: Settings = Settings()
        private var observer: Observer? = null
        private var rateLimiter: RateLimiter? = RateLimiter()

        /** Sets the public key, `pk_…`. It is required. */
        public fun publicKey(publicKey: String): Builder = apply { this.publicKey = publicKey }

        /** Sets the secret key, `sk_…`. It is required. */
        public fun secretKey(secretKey: String): Builder = apply { this.secretKey = secretKey }

        /** Sets the transport. Default: [JavaHttpTransport]. [Transport.blocking] adapts one that is written in Java. */
        public fun transport(transport: Transport): Builder = apply { this.transport = transport }

        /** Sets the origin: `https`, or `http` on loopback. Default: the vendor's. */
        public fun baseUrl(baseUrl: String): Builder = apply { this.baseUrl = baseUrl }

        /** Sets the credentials and the path prefix of requests to the unversioned routes. */
        public fun appRoutes(appRoutes: AppRoutes): Builder = apply { this.appRoutes = appRoutes }

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
         * @throws HudhudException.InvalidRequest if a key is missing or malformed, or the base URL is malformed.
         */
        public fun build(): Zagely =
            Zagely(
                publicKey.orEmpty(), secretKey.orEmpty(), transport ?: JavaHttpTransport(), baseUrl, appRoutes, settings, observer,
                rateLimiter,
            )
    }

    public companion object {
        /**
         * Creates a client from environment variables. An empty variable counts as unset. Arguments replace variables.
         *
         * | variable | value |
         * |---|---|
         * | `ZAGELY_PUBLIC_KEY` | the public key, `pk_…`; required |
         * | `ZAGELY_SECRET_KEY` | the secret key, `sk_…`; required |
         * | `ZAGELY_SESSION_ID` | the default session, as `sessionId` of [Settings] |
         * | `ZAGELY_BASE_URL` | the origin instead of the vendor's |
         * | `ZAGELY_APP_TOKEN` | the token for app routes, as `token` of [AppRoutes] |
         *
         * @param environment the variables, for tests and for programs that keep them elsewhere.
         * @param transport the transport that sends the requests.
         * @param appRoutes the credentials and the path prefix of requests to the unversioned routes.
         * @param settings the settings of requests that differ from the defaults.
         * @param observer follows the calls, for metrics and traces.
         * @param rateLimiter decides when each request may leave, so that the limits of the key are used fully, but not exceeded.
         *   Pass one limiter to all clients of a key. `null` turns it off. Default: a limiter of this client alone.
         * @throws HudhudException.InvalidRequest if a required variable is not set, or a value is malformed.
         */
        @JvmStatic
        @JvmOverloads
        public fun fromEnv(
            environment: Map<String, String> = System.getenv(),
            transport: Transport = JavaHttpTransport(),
            appRoutes: AppRoutes? = null,
            settings: Settings = Settings(),
            observer: Observer? = null,
            rateLimiter: RateLimiter? = RateLimiter(),
        ): Zagely {
            // Core knows the names. The other variables of the process do not cross to it.
            val variables = environment.filterKeys { it.startsWith("ZAGELY_") }
            val service = UnencodableFields.reporting("" to variables, "appRoutes" to appRoutes, "settings" to settings) {
                ZagelyService.fromVariables(variables, appRoutes, settings)
            }
            return Zagely(service, transport, observer, rateLimiter)
        }

        /** Returns a builder. */
        @JvmStatic
        public fun builder(): Builder = Builder()
    }
}
