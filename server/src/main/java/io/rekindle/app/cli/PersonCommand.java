package io.rekindle.app.cli;

import io.rekindle.platform.OwnerOnly;
import io.rekindle.platform.Problem;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle person}: what a person may ask of whoever keeps their data. */
@Command(
        name = "person",
        description = "One person: an archive of everything held, erasure, who looked at them.",
        mixinStandardHelpOptions = true,
        subcommands = {
            PersonCommand.Archive.class,
            PersonCommand.Erase.class,
            PersonCommand.Erasures.class,
            PersonCommand.Finish.class,
            PersonCommand.Accesses.class,
            PersonCommand.Readmit.class
        })
final class PersonCommand extends CommandGroup {
    @Command(
            name = "archive",
            description = "Write everything held about a person into a zip file: a page to read, JSON and CSV.",
            mixinStandardHelpOptions = true)
    static final class Archive extends ServerCommand {
        @Parameters(paramLabel = "CUSTOMER", description = "The customer's id, as the console shows it.")
        @SuppressWarnings("NullAway.Init")
        private String customer;

        @Parameters(paramLabel = "FILE", description = "A file that is not there yet.")
        @SuppressWarnings("NullAway.Init")
        private Path file;

        @Option(
                names = "--reason",
                paramLabel = "TEXT",
                description =
                        "Why you look, for the list of who looked; where the server asks for one, it must be given.")
        private @Nullable String reason;

        @Override
        public void run() {
            if (Files.exists(file))
                throw Problem.conflict("file_exists", "%s is there already; name another file".formatted(file));
            var bytes = data.withServer(
                    api -> api.because(reason).getBytes("/api/customers/" + encoded(customer) + "/archive"));
            try {
                Files.write(OwnerOnly.newFile(file), bytes);
            } catch (IOException e) {
                throw Problem.invalid("file_unusable", "%s cannot be written: %s".formatted(file, e.getMessage()));
            }
            json.print(
                    Map.of("file", file.toString(), "bytes", bytes.length),
                    () -> System.out.printf("%s: %,d bytes; open index.html in it%n", file, bytes.length));
        }
    }

    @Command(
            name = "erase",
            description = {
                "Remove a person everywhere, for good; figures of reports stay.",
                "It begins at once, and the files are written anew at the next daily time, or with 'person finish'."
            },
            mixinStandardHelpOptions = true)
    static final class Erase extends ServerCommand {
        @Parameters(paramLabel = "CUSTOMER", description = "The customer's id, as the console shows it.")
        @SuppressWarnings("NullAway.Init")
        private String customer;

        @Option(
                names = "--reason",
                required = true,
                paramLabel = "TEXT",
                description = "Why, without naming the person, e.g. a number of your own: it stays.")
        @SuppressWarnings("NullAway.Init")
        private String reason;

        @Override
        public void run() {
            var made =
                    data.withServer(api -> api.post("/api/erasures", Map.of("customerId", customer, "reason", reason)));
            json.print(made, () -> {
                System.out.printf(
                        "erasure %d, to be finished by %s%n",
                        made.path("id").asLong(), made.path("dueAt").asString());
                System.out.println(
                        "Replace the copies you keep of the key file: an older one still opens old backups.");
            });
        }
    }

    @Command(
            name = "erasures",
            description = "List the erasures and how far they are.",
            mixinStandardHelpOptions = true)
    static final class Erasures extends ServerCommand {
        @Override
        public void run() {
            var found = data.withServer(api -> api.get("/api/erasures")).path("items");
            json.print(found, () -> {
                for (var erasure : found)
                    System.out.printf(
                            "%4d  %-9s  due %s  %s%n",
                            erasure.path("id").asLong(),
                            erasure.path("state").asString(),
                            erasure.path("dueAt").asString(),
                            erasure.path("reason").asString());
            });
        }
    }

    @Command(
            name = "finish",
            description = "Write the files of both stores anew now, without those who were erased.",
            mixinStandardHelpOptions = true)
    static final class Finish extends ServerCommand {
        @Override
        public void run() {
            var done = data.withServer(api -> api.post("/api/erasures/finish", Map.of()));
            json.print(
                    done,
                    () -> System.out.printf(
                            "%d erasures finished%n", done.path("finished").asLong()));
        }
    }

    @Command(
            name = "accesses",
            description = "List who looked at a person, latest first.",
            mixinStandardHelpOptions = true)
    static final class Accesses extends ServerCommand {
        @Parameters(paramLabel = "CUSTOMER", description = "The customer's id, as the console shows it.")
        @SuppressWarnings("NullAway.Init")
        private String customer;

        @Override
        public void run() {
            JsonNode looks = data.withServer(
                            api -> api.get("/api/customers/" + encoded(customer) + "/accesses?limit=200"))
                    .path("items");
            json.print(looks, () -> {
                for (var look : looks)
                    System.out.printf(
                            "%s  %-24s %-36s %s%s%n",
                            look.path("at").asString(),
                            look.path("actor").asString(),
                            look.path("what").asString(),
                            look.path("fields").isEmpty() ? "masked" : look.path("fields"),
                            look.path("reason").isNull()
                                    ? ""
                                    : "  because: " + look.path("reason").asString());
            });
        }
    }

    @Command(
            name = "readmit",
            description = "Let an identifier in again that was erased, because its owner wants to be a customer again.",
            mixinStandardHelpOptions = true)
    static final class Readmit extends ServerCommand {
        @Parameters(paramLabel = "TYPE", description = "user_id, email, phone or anonymous_id.")
        @SuppressWarnings("NullAway.Init")
        private String type;

        @Parameters(paramLabel = "VALUE", description = "The identifier.")
        @SuppressWarnings("NullAway.Init")
        private String value;

        @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "By what act they came back.")
        @SuppressWarnings("NullAway.Init")
        private String reason;

        @Override
        public void run() {
            data.withServer(
                    api -> api.post("/api/erasures/readmit", Map.of("type", type, "value", value, "reason", reason)));
            json.print(Map.of("readmitted", true), () -> System.out.println("it is let in again"));
        }
    }

    private static String encoded(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8);
    }
}
