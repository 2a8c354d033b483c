package io.rekindle.app.cli;

import io.rekindle.app.server.ApiClient;
import io.rekindle.platform.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code rekindle pull}: rows of databases and files of watched folders that come by themselves. */
@Command(
        name = "pull",
        description =
                "Pulls of rows from databases: list, run, runs, pause, resume, set back; databases and watched folders.",
        mixinStandardHelpOptions = true,
        subcommands = {
            PullCommand.ListPulls.class,
            PullCommand.Run.class,
            PullCommand.Runs.class,
            PullCommand.Pause.class,
            PullCommand.Resume.class,
            PullCommand.Rewind.class,
            PullCommand.ListDatabases.class,
            PullCommand.Test.class,
            PullCommand.ListFolders.class
        })
final class PullCommand extends CommandGroup {
    @Command(name = "list", description = "List the pulls and how the last one went.", mixinStandardHelpOptions = true)
    static final class ListPulls extends ServerCommand {
        @Override
        public void run() {
            var pulls = data.withServer(api -> api.get("/api/pulls")).path("items");
            json.print(pulls, () -> {
                for (var pull : pulls)
                    System.out.printf(
                            "%4d  %-24s %-18s %-20s %s%s%n",
                            pull.path("id").asLong(),
                            pull.path("name").asString(),
                            pull.path("database").asString(),
                            schedule(pull),
                            pull.path("lastRun").isNull()
                                    ? "not done yet"
                                    : pull.path("lastRun").path("state").asString(),
                            pull.path("active").asBoolean() ? "" : "  paused");
            });
        }
    }

    private static String schedule(JsonNode pull) {
        if (pull.path("everyMinutes").isNumber())
            return "every %d min".formatted(pull.path("everyMinutes").asLong());
        return pull.path("dailyAt").isString()
                ? "daily at " + pull.path("dailyAt").asString()
                : "by hand";
    }

    @Command(
            name = "run",
            description = "Do a pull now, and wait until what it read is in.",
            mixinStandardHelpOptions = true)
    static final class Run extends ServerCommand {
        private static final long GLANCE_NANOS = 200_000_000;

        @Parameters(paramLabel = "ID", description = "The pull's number in 'pull list'.")
        private long id;

        @Option(names = "--dry-run", description = "Read all, and only report what would come in.")
        private boolean dryRun;

        @Override
        public void run() {
            var over = data.withServer(this::done);
            json.print(over, () -> System.out.println(words(over)));
            if (over.path("failure").isString())
                throw Problem.invalid("pull_failed", "pull {id} is {state}: {words}")
                        .with("id", id)
                        .with("state", over.path("state").asString())
                        .with("words", over.path("failure").asString());
        }

        private JsonNode done(ApiClient api) {
            long run = api.post("/api/pulls/" + id + "/run", Map.of("dryRun", dryRun))
                    .path("id")
                    .asLong();
            while (true) {
                for (var one : api.get("/api/pulls/" + id + "/runs?limit=20").path("items"))
                    if (one.path("id").asLong() == run && one.path("endedAt").isString()) return one;
                LockSupport.parkNanos(GLANCE_NANOS);
            }
        }
    }

    private static String words(JsonNode run) {
        return "%s  %-9s %s%,d read, %,d brought in, %,d there already, %,d rejected%s%s"
                .formatted(
                        run.path("beganAt").asString(),
                        run.path("state").asString(),
                        run.path("dryRun").asBoolean() ? "(dry run) " : "",
                        run.path("rows").asLong(0),
                        run.path("brought").asLong(0),
                        run.path("alreadyThere").asLong(0),
                        run.path("rejected").asLong(0),
                        run.path("importId").isNumber()
                                ? ", import " + run.path("importId").asLong()
                                : "",
                        run.path("failure").isString()
                                ? ": " + run.path("failure").asString()
                                : "");
    }

    @Command(name = "runs", description = "The last times a pull was done.", mixinStandardHelpOptions = true)
    static final class Runs extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The pull's number in 'pull list'.")
        private long id;

        @Override
        public void run() {
            var runs = data.withServer(api -> api.get("/api/pulls/" + id + "/runs"))
                    .path("items");
            json.print(runs, () -> runs.forEach(run -> System.out.println(words(run))));
        }
    }

    @Command(name = "pause", description = "Do a pull no more until it is resumed.", mixinStandardHelpOptions = true)
    static final class Pause extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The pull's number in 'pull list'.")
        private long id;

        @Override
        public void run() {
            var paused = data.withServer(api -> api.post("/api/pulls/" + id + "/pause", Map.of()));
            json.print(paused, () -> System.out.printf("pull %d is paused%n", id));
        }
    }

    @Command(name = "resume", description = "Do a paused pull again.", mixinStandardHelpOptions = true)
    static final class Resume extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The pull's number in 'pull list'.")
        private long id;

        @Override
        public void run() {
            var resumed = data.withServer(api -> api.post("/api/pulls/" + id + "/resume", Map.of()));
            json.print(resumed, () -> System.out.printf("pull %d is done on schedule again%n", id));
        }
    }

    @Command(
            name = "rewind",
            description = "Set from where on a pull reads next; without a value from the beginning.",
            mixinStandardHelpOptions = true)
    static final class Rewind extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The pull's number in 'pull list'.")
        private long id;

        @Option(names = "--to", paramLabel = "VALUE", description = "A value of the watermark's column.")
        private @Nullable String to;

        @Override
        public void run() {
            var body = new LinkedHashMap<String, Object>();
            if (to != null) body.put("watermark", to);
            var set = data.withServer(api -> api.post("/api/pulls/" + id + "/rewind", body));
            json.print(set, () -> System.out.printf("pull %d reads from %s%n", id, to == null ? "the beginning" : to));
        }
    }

    @Command(name = "databases", description = "List the databases.", mixinStandardHelpOptions = true)
    static final class ListDatabases extends ServerCommand {
        @Override
        public void run() {
            var databases = data.withServer(api -> api.get("/api/databases")).path("items");
            json.print(databases, () -> {
                for (var one : databases)
                    System.out.printf(
                            "%4d  %-24s %s%n",
                            one.path("id").asLong(),
                            one.path("name").asString(),
                            one.path("url").asString());
            });
        }
    }

    @Command(
            name = "test",
            description = "Connect to a database, and tell what answers.",
            mixinStandardHelpOptions = true)
    static final class Test extends ServerCommand {
        @Parameters(paramLabel = "ID", description = "The database's number in 'pull databases'.")
        private long id;

        @Override
        public void run() {
            var answer = data.withServer(api -> api.post("/api/databases/" + id + "/test", Map.of()));
            json.print(
                    answer,
                    () -> System.out.printf(
                            "%s answers%n", answer.path("product").asString()));
        }
    }

    @Command(
            name = "folders",
            description = "List the watched folders and what became of their last file.",
            mixinStandardHelpOptions = true)
    static final class ListFolders extends ServerCommand {
        @Override
        public void run() {
            var folders =
                    data.withServer(api -> api.get("/api/watched-folders")).path("items");
            json.print(folders, () -> {
                for (var folder : folders)
                    System.out.printf(
                            "%4d  %-24s %s/%s  %s%s%s%n",
                            folder.path("id").asLong(),
                            folder.path("name").asString(),
                            folder.path("place").asString(),
                            folder.path("pattern").asString(),
                            folder.path("lastFile").isNull()
                                    ? "no file yet"
                                    : "%s: %s"
                                            .formatted(
                                                    folder.path("lastFile")
                                                            .path("fileName")
                                                            .asString(),
                                                    folder.path("lastFile")
                                                            .path("state")
                                                            .asString()),
                            folder.path("active").asBoolean() ? "" : "  paused",
                            folder.path("failure").isString()
                                    ? "  cannot be looked at: "
                                            + folder.path("failure").asString()
                                    : "");
            });
        }
    }
}
