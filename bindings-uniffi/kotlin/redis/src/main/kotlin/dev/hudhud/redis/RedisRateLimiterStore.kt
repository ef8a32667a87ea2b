// The state of a rate limiter in a key of Redis. The Python package uses the same key.
package dev.hudhud.redis

import dev.hudhud.RateLimiterStore
import redis.clients.jedis.UnifiedJedis

/**
 * A store of a rate limiter in Redis, through which processes share the limits of a key.
 *
 * ```kotlin
 * val limiter = RateLimiter(RedisRateLimiterStore(RedisClient.create("localhost", 6379), "zagely:main"))
 * val zagely = Zagely.fromEnv(rateLimiter = limiter)
 * ```
 *
 * The state has no expiry. If Redis loses it, the limiter learns the limits again.
 *
 * @param client the client. Set its time limits: calls wait while the store is used.
 * @param name the name of the limiter. Use one for each key of the vendor.
 * @param prefix the beginning of the store's key.
 */
public class RedisRateLimiterStore @JvmOverloads constructor(
    private val client: UnifiedJedis,
    name: String,
    prefix: String = "hudhud:rate_limiter:",
) : RateLimiterStore {
    private val key = (prefix + name).toByteArray()

    override fun load(): ByteArray? = client.get(key)

    override fun swap(old: ByteArray?, new: ByteArray): Boolean =
        client.eval(SWAP, listOf(key), listOf(old ?: ByteArray(0), new)) == 1L

    /** Returns the name of the class and the key. */
    override fun toString(): String = "RedisRateLimiterStore(${String(key)})"

    private companion object {
        val SWAP = """
            if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
            redis.call('SET', KEYS[1], ARGV[2])
            return 1
        """.trimIndent().toByteArray()
    }
}
