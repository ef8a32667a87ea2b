// An observer that keeps what it sees.
package dev.hudhud.tests

import dev.hudhud.CallDescription
import dev.hudhud.CallEnd
import dev.hudhud.CallEvent
import dev.hudhud.CallObserver
import dev.hudhud.Observer
import java.util.concurrent.CopyOnWriteArrayList

/** The calls, events and ends that an observer has seen, in order. */
class Recorder : Observer {
    val recorded = CopyOnWriteArrayList<Any>()

    override fun begin(call: CallDescription): CallObserver {
        recorded += call
        return object : CallObserver {
            override fun event(event: CallEvent) {
                recorded += event
            }

            override fun end(end: CallEnd) {
                recorded += end
            }
        }
    }
}
