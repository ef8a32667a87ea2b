// The native library is found where the folder for temporary files takes no libraries.
package dev.hudhud.tests

import java.io.File
import java.nio.file.Files
import java.nio.file.Path
import java.util.concurrent.TimeUnit
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

/** Run in a JVM of its own: an error of the library is printed. */
object UseLibrary {
    @JvmStatic
    fun main(arguments: Array<String>) {
        check(dev.hudhud.normalizePhone("+1 555 123 4567") == "+15551234567")
        check(dev.hudhud.Template("Hi {{ name }}").render(mapOf("name" to "Jane")) == "Hi Jane")
        println("it works")
    }
}

class LibraryFileTest {
    @TempDir
    lateinit var folder: Path

    /** Makes folders whose files the system does not execute, in a view of the file system that ends with the process. */
    private fun use(vararg options: String, noexec: List<String>): Pair<Int, String> {
        val mounts = noexec.joinToString("") { "mount -t tmpfs -o noexec none '$it' && " }
        val java = listOf(File(System.getProperty("java.home"), "bin/java").path) + options +
            listOf("-cp", System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path"), UseLibrary::class.java.name)
        val command = listOf("unshare", "-m", "sh", "-c", mounts + "exec " + java.joinToString(" ") { "'$it'" })
        val process = ProcessBuilder(command).redirectErrorStream(true)
            .apply { environment().run { remove("XDG_CACHE_HOME"); remove("XDG_RUNTIME_DIR") } }.start()
        val output = process.inputStream.bufferedReader().readText()
        assertTrue(process.waitFor(60, TimeUnit.SECONDS))
        return process.exitValue() to output
    }

    private val canMount = runCatching {
        ProcessBuilder("unshare", "-m", "sh", "-c", "mount -t tmpfs -o noexec none /mnt").start().waitFor() == 0
    }.getOrDefault(false)

    /** Newer JDKs warn of native libraries before. */
    private fun last(output: String) = output.trim().lines().last()

    private fun made(name: String) = Files.createDirectories(folder.resolve(name)).toString()

    @Test
    fun `a folder that takes no libraries is passed by`() {
        assumeTrue(canMount, "this machine lets nobody mount")
        val (home, temporary) = made("home/.cache") to made("tmp")
        val options = arrayOf("-Duser.home=${File(home).parent}", "-Djava.io.tmpdir=$temporary")
        // JNA's usual folder, then both, so that it is one that all may write to.
        for (noexec in listOf(listOf(home), listOf(temporary), listOf(home, temporary))) {
            assertEquals(0 to "it works", use(*options, noexec = noexec).let { (code, text) -> code to last(text) }, "$noexec")
        }
    }

    @Test
    fun `where none takes libraries the error says what to set, and setting it helps`() {
        assumeTrue(canMount, "this machine lets nobody mount")
        val (home, temporary, other) = listOf(made("home/.cache"), made("tmp"), made("other"))
        val options = arrayOf("-Duser.home=${File(home).parent}", "-Djava.io.tmpdir=$temporary")
        val everywhere = listOf(home, temporary, "/var/tmp", "/dev/shm")
        val (code, text) = use(*options, noexec = everywhere)
        assertEquals(1, code, text)
        for (said in listOf(temporary, "/dev/shm", "-Ddev.hudhud.library.dir=", "-Ddev.hudhud.library=")) assertTrue(said in text, text)
        val (ended, output) = use(*options, "-Ddev.hudhud.library.dir=$other", noexec = everywhere)
        assertEquals(0 to "it works", ended to last(output))
    }

    @Test
    fun `folders that cannot be written to are passed by`() {
        // Not even the administrator may write there.
        val options = arrayOf("-Duser.home=/proc/nowhere", "-Djava.io.tmpdir=/proc")
        val java = listOf(File(System.getProperty("java.home"), "bin/java").path) + options +
            listOf("-cp", System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path"), UseLibrary::class.java.name)
        val process = ProcessBuilder(java).redirectErrorStream(true)
            .apply { environment().run { remove("XDG_CACHE_HOME"); remove("XDG_RUNTIME_DIR") } }.start()
        val output = process.inputStream.bufferedReader().readText()
        assertEquals(0 to "it works", process.waitFor() to last(output))
    }
}
