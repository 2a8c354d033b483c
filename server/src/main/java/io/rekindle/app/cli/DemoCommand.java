package io.rekindle.app.cli;

import io.rekindle.access.FirstSignIn;
import io.rekindle.app.demo.Demo;
import io.rekindle.app.demo.DemoReport;
import io.rekindle.app.server.DataFolder;
import io.rekindle.app.server.HttpPort;
import io.rekindle.platform.DatabaseContents;
import io.rekindle.platform.DatabaseSettings;
import io.rekindle.platform.Installations;
import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code rekindle demo}. */
@Command(
        name = "demo",
        description = {
            "Watch the whole loop on a simulated shop: lapsed customers are found, written to, and what it changed is",
            "measured against customers who were held out. Leaves the console running."
        },
        mixinStandardHelpOptions = true)
final class DemoCommand implements Runnable {
    /** A folder with this file was made by a demonstration and may be made anew by one. */
    private static final String MARK = "demo.mark";
    /** Begins the line of the mark that names the installation, by which its PostgreSQL is known again. */
    private static final String INSTALLATION = "installation: ";

    @Option(
            names = "--customers",
            defaultValue = "20000",
            description = "Customers of the simulated shop (default: ${DEFAULT-VALUE}).")
    private int customers;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of everything random (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--effect",
            defaultValue = "0.10",
            description = {
                "The planted effect: the mean probability that a mail which is read brings one more purchase;",
                "0 = none (default: ${DEFAULT-VALUE})."
            })
    private double effect;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the result to a file as JSON.")
    private @Nullable Path json;

    @Option(names = "--exit", description = "Stop at the end instead of leaving the console running.")
    private boolean exit;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "rekindle-data/demo",
            description = {
                "The data folder; one of an earlier demo is made anew, and so is the database of REKINDLE_DATABASE_URL when it",
                "is that demo's (default: ${DEFAULT-VALUE})."
            })
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(
            names = "--port",
            defaultValue = "8080",
            converter = PortNumber.class,
            description = "The console's port (default: ${DEFAULT-VALUE}; 0 = any free one).")
    private int port;

    @Override
    public void run() {
        if (customers < 100)
            throw Problem.invalid(
                    "too_few_customers", "--customers is %d; a demonstration needs at least 100".formatted(customers));
        if (!(effect >= 0 && effect <= 0.5))
            throw Problem.invalid("effect_out_of_range", "--effect is %s; it must be 0 to 0.5".formatted(effect));
        var clock = Clock.systemUTC();
        var started = clock.instant();
        // All that can be refused is, before the earlier demo is deleted and minutes of work begin.
        if (json != null) requireWritable(json);
        HttpPort.requireFree(port);
        prepare(DatabaseVariables.read());
        var password = random();
        // Made here and not by the running server, so that a machine-readable run shows no secret.
        var demo = Demo.start(
                new Demo.Wish(
                        new DataFolder(data),
                        port,
                        customers,
                        seed,
                        effect,
                        Map.of("rekindle.admin-password", password, "rekindle.admin-key", random() + random())),
                new ProgressStage(),
                started);
        Runtime.getRuntime().addShutdownHook(new Thread(demo::close));
        demo.server().part(Installations.class).installation().ifPresent(it -> mark(INSTALLATION + it.id() + "\n"));
        var report = demo.run(started, clock);
        print(report);
        if (json != null) write(json, report);
        if (exit) return;
        System.out.printf(
                "%nThe console: %s/#/campaigns/%d%nSign in as %s with the password %s%nStop with Ctrl+C.%n",
                demo.server().url(), report.campaignId(), FirstSignIn.EMAIL, password);
        throw demo.server().awaitEnd();
    }

    private void prepare(DatabaseSettings database) {
        if (Files.exists(data)) requireOwnFolder();
        emptyOwnDatabase(database);
        if (Files.exists(data)) deleteFolder();
        mark("");
    }

    /** Looks before it asks for a running server, which leaves a lock file behind even in an empty folder. */
    private void requireOwnFolder() {
        try (var files = Files.list(data)) {
            if (files.findAny().isEmpty()) return;
            if (!Files.exists(data.resolve(MARK)))
                throw Problem.conflict(
                        "not_a_demo_folder",
                        "%s is not empty and was not made by a demo; name another with --data".formatted(data));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (new DataFolder(data).runningServer().isPresent()) new DataFolder(data).take();
    }

    /** Before the folder, whose mark tells whose database it is: what fails in between can be done again. */
    private void emptyOwnDatabase(DatabaseSettings database) {
        var contents = DatabaseContents.look(database);
        if (contents.isEmpty()) return;
        var earlier = earlierInstallation();
        var other = earlier.isPresent() && contents.installation().equals(earlier)
                ? DatabaseContents.empty(database, data, earlier.get())
                : Optional.of(contents);
        if (other.isEmpty()) return;
        var foreign = other.get().foreignTable();
        if (foreign.isPresent())
            throw Problem.conflict(
                    "database_holds_others",
                    "the PostgreSQL at %s holds a table that is not Rekindle's (%s), so it is not emptied; nothing was deleted: move the table to another database or schema, name another with REKINDLE_DATABASE_URL, or none for an embedded one"
                            .formatted(database.place().orElse(""), foreign.get()));
        throw Problem.conflict(
                "database_not_empty",
                "the PostgreSQL at %s is not empty (%s) and is not that of the earlier demo in %s; nothing was deleted: empty it yourself, name another with REKINDLE_DATABASE_URL, or none for an embedded one"
                        .formatted(
                                database.place().orElse(""),
                                other.get()
                                        .installation()
                                        .map(id -> "it belongs to installation " + id)
                                        .orElse("nothing says to which installation it belongs"),
                                data));
    }

    private Optional<String> earlierInstallation() {
        var file = data.resolve(MARK);
        if (!Files.exists(file)) return Optional.empty();
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(INSTALLATION))
                    .map(line -> line.substring(INSTALLATION.length()).strip())
                    .findFirst();
        } catch (IOException | UncheckedIOException e) {
            throw Problem.invalid("data_folder_unusable", "%s cannot be read: %s".formatted(file, e.getMessage()));
        }
    }

    private void deleteFolder() {
        try (var files = Files.walk(data)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw Problem.invalid(
                    "demo_folder_not_removed",
                    "the earlier demo in %s cannot be removed: %s".formatted(data, e.getMessage()));
        }
    }

    private void mark(String more) {
        try {
            OwnerOnly.folder(data);
            Files.writeString(data.resolve(MARK), "Made by 'rekindle demo', which may delete this folder.\n" + more);
        } catch (IOException e) {
            throw Problem.invalid("data_folder_unusable", "%s cannot be used: %s".formatted(data, e.getMessage()));
        }
    }

    private static void print(DemoReport report) {
        System.out.printf(
                Locale.ROOT,
                """

                What being written to changed, over 30 days
                  audience %,d · may be written to %,d · held out %,d · sent %,d · delivered %,d
                %s  the truth only the simulator knows           %+6.2f points

                %s
                (%.0f seconds)
                """,
                report.audience(),
                report.eligible(),
                report.heldOut(),
                report.sent(),
                report.delivered(),
                differences(report.lift().conversion(), report.lift().netRevenuePerCustomer()),
                100 * report.truth().conversion(),
                report.words(),
                report.seconds());
    }

    private static String differences(
            DemoReport.@Nullable Difference conversion, DemoReport.@Nullable Difference revenue) {
        var bought = conversion == null
                ? "  difference in buying                         not measurable\n"
                : String.format(
                        Locale.ROOT,
                        """
                          bought, of those assigned to be written to   %6.2f %%
                          bought, of those held out                    %6.2f %%
                          difference                                   %+6.2f points (95 %% interval %+.2f to %+.2f, p %.4f)
                        """,
                        100 * conversion.treatment(),
                        100 * conversion.holdout(),
                        100 * conversion.estimate(),
                        100 * conversion.low(),
                        100 * conversion.high(),
                        conversion.p());
        var earned = revenue == null
                ? "  net revenue per customer                     not measurable\n"
                : String.format(
                        Locale.ROOT,
                        "  net revenue per customer                     %+6.2f (95 %% interval %+.2f to %+.2f, p %.4f)%n",
                        revenue.estimate(),
                        revenue.low(),
                        revenue.high(),
                        revenue.p());
        return bought + earned;
    }

    private static void requireWritable(Path file) {
        var folder = file.toAbsolutePath().normalize().getParent();
        String why = null;
        if (folder == null || Files.isDirectory(file)) why = "it is a folder";
        else if (!Files.isDirectory(folder)) why = "there is no folder " + folder;
        else if (Files.exists(file) ? !Files.isWritable(file) : !Files.isWritable(folder))
            why = "this user may not write there";
        if (why != null) throw notWritten(file, why);
    }

    private static Problem notWritten(Path file, String why) {
        return Problem.invalid(
                "result_not_written",
                "the result cannot be written to %s: %s; name another file with --json".formatted(file, why));
    }

    private static void write(Path file, DemoReport report) {
        var mapper =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        try {
            Files.writeString(file, mapper.writeValueAsString(report) + "\n");
        } catch (IOException e) {
            throw notWritten(
                    file, "%s (%s)".formatted(e.getMessage(), e.getClass().getSimpleName()));
        }
    }

    private static String random() {
        var bytes = new byte[12];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
