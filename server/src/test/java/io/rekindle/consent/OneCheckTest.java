package io.rekindle.consent;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.rekindle.deliver.channel.Line;
import io.rekindle.deliver.channel.Provider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Whatever is sent goes through {@link Permissions}: no other way to a mail server, and nobody judges by the tables. */
class OneCheckTest {
    private static final JavaClasses PRODUCT = imported();

    /** Our own classes only: what they call is known by name. */
    private static JavaClasses imported() {
        var configuration = ArchConfiguration.get();
        boolean before = configuration.resolveMissingDependenciesFromClassPath();
        configuration.setResolveMissingDependenciesFromClassPath(false);
        try {
            return new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.rekindle");
        } finally {
            configuration.setResolveMissingDependenciesFromClassPath(before);
        }
    }

    @Test
    void mailServersAreSpokenToInOnePlaceOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.rekindle.deliver.smtp..", "io.rekindle.simulator..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("(jakarta\\.mail\\.Transport|org\\.eclipse\\.angus\\.mail\\.smtp\\..*)")
                .check(PRODUCT);
    }

    @Test
    void onlyTheSenderHandsMessagesOverAndOnlyThosePermissionWasTakenFor() {
        noClasses()
                .that()
                .resideInAPackage("io.rekindle..")
                .and()
                .doNotHaveFullyQualifiedName("io.rekindle.deliver.outbox.Sender")
                .and()
                .areNotAssignableTo(Line.class)
                .should()
                .callMethodWhere(target(owner(assignableTo(Line.class))).and(target(name("send"))))
                .orShould()
                .callMethodWhere(target(owner(assignableTo(Provider.class))).and(target(name("open"))))
                .check(PRODUCT);
        // What the sender gets is prepared, by nobody else, and that takes permission.
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("io.rekindle.deliver.outbox.Preparation")
                .should()
                .callConstructorWhere(target(owner(name("io.rekindle.deliver.outbox.Prepared"))))
                .check(PRODUCT);
        classes()
                .that()
                .haveFullyQualifiedName("io.rekindle.deliver.outbox.Preparation$Batch")
                .should()
                .callMethodWhere(target(owner(name("io.rekindle.deliver.outbox.Courier")))
                        .and(target(name("take"))))
                .check(PRODUCT);
    }

    /** The sender asks its courier; whoever is one asks this module, and so does whoever plans. */
    @Test
    void everyCourierAndEveryJudgeAsksPermissions() {
        classes()
                .that()
                .areAssignableTo("io.rekindle.deliver.outbox.Courier")
                .and()
                .areNotInterfaces()
                .should()
                .callMethodWhere(target(owner(assignableTo(Permissions.class))).and(target(name("take"))))
                .check(PRODUCT);
        for (var question : List.of("judge", "reserve"))
            classes()
                    .that()
                    .areAssignableTo("io.rekindle.decide.Judge")
                    .and()
                    .areNotInterfaces()
                    .should()
                    .callMethodWhere(
                            target(owner(assignableTo(Permissions.class))).and(target(name(question))))
                    .check(PRODUCT);
    }

    /** Other sockets and clients that a message could leave by. */
    @Test
    void noOtherPartOpensConnectionsToTheOutside() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.rekindle.consent..", "io.rekindle.plan..", "io.rekindle.decide..", "io.rekindle.evaluate..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("(java\\.net\\.http\\..*|java\\.net\\.Socket|java\\.net\\.URLConnection)")
                .check(PRODUCT);
        noClasses()
                .that()
                .resideInAPackage("io.rekindle.deliver..")
                .and()
                .resideOutsideOfPackage("io.rekindle.deliver.smtp..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching("(java\\.net\\.http\\..*|java\\.net\\.Socket|java\\.net\\.URLConnection)")
                .check(PRODUCT);
    }

    @Test
    void nobodyElseReadsTheTablesPermissionIsJudgedBy() throws IOException {
        var tables = Pattern.compile(
                "\\b(from|join|into|update)\\s+(consents|suppressions|contact_units|contact_limits|consent_countries)\\b");
        var sources = Path.of(System.getProperty("rekindle.root"), "server/src/main/java/io/rekindle");
        try (var files = Files.walk(sources)) {
            var others = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.startsWith(sources.resolve("consent")))
                    .filter(file -> {
                        try {
                            return tables.matcher(Files.readString(file)).find();
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    })
                    .toList();
            assertThat(others).isEmpty();
        }
    }
}
