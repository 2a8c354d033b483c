package io.rekindle;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.modulith.core.ApplicationModules;

class ModulesTest {
    /** The simulator and the models are libraries that share our package prefix, not modules of the server. */
    private static final ApplicationModules MODULES = ApplicationModules.of(
            Rekindle.class,
            resideInAnyPackage("io.rekindle.models..", "io.rekindle.simulator..", "io.rekindle.testing.."));

    @Test
    void modulesImportOnlyWhatTheyDeclare() {
        MODULES.verify();
    }

    /** The declared imports could themselves point to the right: the table of docs/architecture.md is the order. */
    @Test
    void modulesImportOnlyLeftwards() throws IOException {
        var table = Files.readString(
                Path.of(System.getProperty("rekindle.root")).resolve("docs").resolve("architecture.md"));
        var order = Pattern.compile("^\\| `(\\w+)` \\|", Pattern.MULTILINE)
                .matcher(table)
                .results()
                .map((MatchResult row) -> row.group(1))
                .toList();
        assertThat(MODULES.stream().map(module -> module.getIdentifier().toString()))
                .containsExactlyInAnyOrderElementsOf(order);
        for (var module : MODULES) {
            int place = order.indexOf(module.getIdentifier().toString());
            module.getDirectDependencies(MODULES)
                    .uniqueModules()
                    .forEach(imported -> assertThat(
                                    order.indexOf(imported.getIdentifier().toString()))
                            .as("%s imports %s", module.getIdentifier(), imported.getIdentifier())
                            .isLessThan(place));
        }
    }
}
