package io.rekindle.platform.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL an earlier server left running on a folder. The number in {@code postmaster.pid} alone tells nothing:
 * the folder may be a copy whose original is alive, and a number is given to another process in time. So it is ours only
 * when the file, the process's own {@code -D} and, where the system tells it, the folder the process works in are all
 * this folder; else the file is stale.
 */
final class Postmaster {
    private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Postmaster() {}

    /** Stops the PostgreSQL that is left on the folder, if one is; takes away a {@code postmaster.pid} of none. */
    static void stopLeftOn(Path data) throws IOException {
        var file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) return;
        var left = leftOn(data, Files.readAllLines(file));
        if (left.isEmpty()) {
            Files.deleteIfExists(file);
            return;
        }
        stop(left.get());
    }

    /** @param lines of {@code postmaster.pid}: the process's number, its folder, and more that is not asked for here */
    private static Optional<ProcessHandle> leftOn(Path data, List<String> lines) {
        if (lines.size() < 2 || !isFolder(lines.get(1).strip(), data)) return Optional.empty();
        long pid;
        try {
            pid = Long.parseLong(lines.getFirst().strip());
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
        return ProcessHandle.of(pid).filter(process -> serves(process, data));
    }

    private static boolean serves(ProcessHandle process, Path data) {
        var info = process.info();
        if (!info.command().map(command -> command.endsWith("postgres")).orElse(false)) return false;
        var arguments = List.of(info.arguments().orElse(new String[0]));
        int option = arguments.indexOf("-D");
        if (option < 0 || option + 1 >= arguments.size() || !isFolder(arguments.get(option + 1), data)) return false;
        // PostgreSQL works in its data folder. Linux tells it, and sees through containers that share a path's name.
        var workingIn = Path.of("/proc", Long.toString(process.pid()), "cwd");
        return !Files.exists(workingIn) || isFolder(workingIn.toString(), data);
    }

    private static boolean isFolder(String named, Path data) {
        try {
            return Files.isSameFile(Path.of(named), data);
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private static void stop(ProcessHandle process) throws IOException {
        LOG.info("an earlier server left its PostgreSQL (pid {}) running; stopping it", process.pid());
        // SIGINT is PostgreSQL's fast shutdown: it rolls back what is open and does not wait for clients.
        new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        try {
            process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IOException(
                    "the PostgreSQL with pid %d of an earlier server does not stop".formatted(process.pid()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while an earlier PostgreSQL was stopping", e);
        }
    }
}
