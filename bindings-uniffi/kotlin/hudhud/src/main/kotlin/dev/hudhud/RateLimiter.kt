// The rate limiter that the calls of one or several clients share.
package dev.hudhud

/**
 * Decides when each request may leave, so that the limits of a key are used fully, but not exceeded.
 *
 * Every client has one. It learns the limits from the responses, and lets calls wait for their turn. Pass one limiter to
 * several clients if they use the same key. Coroutines and threads can share it. A [RateLimiterStore] shares the limits with
 * other processes.
 *
 * ```kotlin
 * val limiter = RateLimiter()
 * val sales = Zagely(publicKey, secretKey, settings = Settings(sessionId = "s-1"), rateLimiter = limiter)
 * val support = Zagely(publicKey, secretKey, settings = Settings(sessionId = "s-2"), rateLimiter = limiter)
 * ```
 *
 * A call whose turn comes after its deadline ends at once with [HudhudException.WaitTooLong]. Exchanges that your program drives
 * itself do not wait.
 */
public class RateLimiter private constructor(private val handle: RateLimiterHandle, store: RateLimiterStore?) {
    private val store = store?.let { UsedStore(handle, it) }

    /** Creates a limiter that knows no limit. */
    public constructor() : this(RateLimiterHandle(), null)

    /**
     * Creates a limiter that continues with the [state] of an earlier one.
     *
     * @throws HudhudException.InvalidRequest if the bytes are not a state.
     */
    public constructor(state: ByteArray) : this(RateLimiterHandle.withState(state), null)

    /**
     * Creates a limiter that shares the limits of a key with other processes through a [store].
     *
     * While the store fails, calls wait. After 30 seconds they end with [HudhudException.Store]. While the store hangs, a call
     * still ends when its deadline passes or it is cancelled.
     */
    public constructor(store: RateLimiterStore) : this(RateLimiterHandle.withStore(), store)

    /** The state, with which a later process can continue. It has about 100 bytes. */
    public val state: ByteArray get() = handle.state()

    /** The number of calls that wait for their turn. */
    public val waiting: Long get() = handle.waiting().toLong()

    /** Lets the requests of a call wait for their turns. */
    @JvmSynthetic
    internal fun hold(exchange: ExchangeHandle): Unit = handle.hold(exchange)

    /** Returns the waits of a call if the limiter has a store. */
    @JvmSynthetic
    internal fun waitsOf(exchange: Exchange<*>): StoreWaits? = store?.let { StoreWaits(it, exchange) }

    /** Returns the name of the class and the number of calls that wait. */
    override fun toString(): String = "RateLimiter(waiting=$waiting)"

    internal companion object {
        /** Creates a limiter whose calls wait for the given milliseconds while the store fails, for tests. */
        @JvmSynthetic
        internal fun of(store: RateLimiterStore, patience: Long) = RateLimiter(RateLimiterHandle.withStore(patience.toULong()), store)
    }
}
