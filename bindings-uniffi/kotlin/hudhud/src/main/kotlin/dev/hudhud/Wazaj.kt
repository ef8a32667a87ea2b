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
 * @param apiKey `wzj_…`
 * @param baseUrl the host of the deployment, followed by `/api/wazaj/business`.
 * @param transport the transport that sends the requests. [JavaHttpTransport] needs no further dependency.
 * @param apiKeyScheme the form in which the key is sent. Default: the header `X-API-Key`.
 * @param settings the settings of requests that differ from the defaults.
 * @throws HudhudException.InvalidRequest if the key or the base URL is malformed.
 */
public class Wazaj @JvmOverloads constructor(
    apiKey: String,
    baseUrl: String,
    transport: Transport = JavaHttpTransport(),
    apiKeyScheme: ApiKeyScheme? = null,
    settings: Settings = Settings(),
) : WazajCalls(WazajAdapter(
    Halves.told("api_key" to apiKey, "base_url" to baseUrl, "settings" to settings) {
        WazajService(apiKey, baseUrl, apiKeyScheme, settings)
    },
), transport) {
    /** The same calls as blocking methods, for Java and other blocking callers. */
    public val blocking: BlockingWazajCalls = BlockingWazajCalls(this)
}
