// An engine in the package of Ktor's engine Android, which is not a dependency of the tests.
package io.ktor.client.engine.android

import dev.hudhud.tests.FakeEngine

class FakeAndroid : FakeEngine()
