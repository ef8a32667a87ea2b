// An engine in the package of Ktor's engine Apache, which is not a dependency of the tests.
package io.ktor.client.engine.apache

import dev.hudhud.tests.FakeEngine

class FakeApache : FakeEngine()
