package io.rekindle;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;

import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModulesTest {
    /** The simulator and the models are libraries that share our package prefix, not modules of the server. */
    @Test
    void modulesImportOnlyLeftwards() {
        ApplicationModules.of(
                        Rekindle.class,
                        resideInAnyPackage("io.rekindle.models..", "io.rekindle.simulator..", "io.rekindle.testing.."))
                .verify();
    }
}
