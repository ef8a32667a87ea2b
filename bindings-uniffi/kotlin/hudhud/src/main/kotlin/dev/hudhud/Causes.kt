// The causes of an exception.
package dev.hudhud

/** The greatest number of causes that are followed, because a chain of causes may be a circle. */
private const val LONGEST_CHAIN = 8

/** Returns an exception and its causes. */
internal fun causesOf(error: Throwable): Sequence<Throwable> = generateSequence(error) { it.cause }.take(LONGEST_CHAIN)
