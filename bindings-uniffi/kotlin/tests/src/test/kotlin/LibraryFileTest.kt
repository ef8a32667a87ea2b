// Loading the native library if no library can be loaded from the folder for temporary files.
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

/** A program that uses the library in a separate JVM, which prints the error. */
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

    /** Runs [UseLibrary] with folders mounted noexec. The mounts are in a namespace that ends with the process. */
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

    /** Returns the last line. Newer JDKs print a warning about native libraries before it. */
    private fun last(output: String) = output.trim().lines().last()

    private fun made(name: String) = Files.createDirectories(folder.resolve(name)).toString()

    @Test
    fun `a folder mounted noexec is skipped`() {
        assumeTrue(canMount, "this machine does not permit mounts")
        val (home, temporary) = made("home/.cache") to made("tmp")
        val options = arrayOf("-Duser.home=${File(home).parent}", "-Djava.io.tmpdir=$temporary")
        // With both folders mounted noexec, the library is loaded from a folder that all users can write to.
        for (noexec in listOf(listOf(home), listOf(temporary), listOf(home, temporary))) {
            assertEquals(0 to "it works", use(*options, noexec = noexec).let { (code, text) -> code to last(text) }, "$noexec")
        }
    }

    @Test
    fun `if all folders are noexec the error names the properties, and the property dir works`() {
        assumeTrue(canMount, "this machine does not permit mounts")
        val (home, temporary, other) = listOf(made("home/.cache"), made("tmp"), made("other"))
        val options = arrayOf("-Duser.home=${File(home).parent}", "-Djava.io.tmpdir=$temporary")
        val everywhere = listOf(home, temporary, "/var/tmp", "/dev/shm")
        val (code, text) = use(*options, noexec = everywhere)
        assertEquals(1, code, text)
        for (expected in listOf(temporary, "/dev/shm", "-Ddev.hudhud.library.dir=", "-Ddev.hudhud.library=")) assertTrue(expected in text, text)
        val (ended, output) = use(*options, "-Ddev.hudhud.library.dir=$other", noexec = everywhere)
        assertEquals(0 to "it works", ended to last(output))
    }

    @Test
    fun `folders that are not writable are skipped`() {
        // Not even root can write there.
        val options = arrayOf("-Duser.home=/proc/nowhere", "-Djava.io.tmpdir=/proc")
        val java = listOf(File(System.getProperty("java.home"), "bin/java").path) + options +
            listOf("-cp", System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path"), UseLibrary::class.java.name)
        val process = ProcessBuilder(java).redirectErrorStream(true)
            .apply { environment().run { remove("XDG_CACHE_HOME"); remove("XDG_RUNTIME_DIR") } }.start()
        val output = process.inputStream.bufferedReader().readText()
        assertEquals(0 to "it works", process.waitFor() to last(output))
    }
}
