// A program that is killed: it sends the messages of an outbox that are left. It prints a line before it sends.
//
// It ends with the code 3 if the journal does not have all messages yet. The fields of a typed call have defaults that other
// hosts leave out, so it could not add the messages that another host has begun to add.
package dev.hudhud.outbox

import dev.hudhud.Outbox
import dev.hudhud.Wazaj
import dev.hudhud.Zagely
import java.nio.file.Path
import kotlin.system.exitProcess

/** Takes the vendor and the journal. */
fun main(arguments: Array<String>) {
    val (vendor, journal) = arguments
    val path = Path.of(journal)
    val outbox = if (vendor == "wazaj") Outbox.open(path, Wazaj.fromEnv()) else Outbox.open(path, Zagely.fromEnv())
    outbox.use {
        if (!it.report.isClosed) exitProcess(3)
        println("sending")
        println(it.sendBlocking())
    }
}
