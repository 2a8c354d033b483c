package io.rekindle.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How a test starts a Java process of its own. Most of a short life goes into loading and linking classes; so what is on
 * the tests' class path is packed into jars, a server is started once from them, and what it has loaded is kept as the
 * machine's ahead-of-time cache (JEP 483) from which all others start. All of it lies in {@code target/quick-start},
 * made by the first who needs it and anew when a class has changed.
 */
public final class JavaProcess {
    private static @Nullable Prepared prepared;

    private JavaProcess() {}

    private record Prepared(String classPath, Path cache) {}

    /** The command that runs a class of the tests' class path; its arguments are to be added. */
    public static List<String> command(Class<?> main, String... options) {
        var from = prepared();
        var command = new ArrayList<>(machine());
        command.addAll(List.of(options));
        command.add("-XX:AOTCache=" + from.cache());
        command.addAll(List.of("-cp", from.classPath(), main.getName()));
        return command;
    }

    /** The quick compiler alone: they are over before the other would have paid for itself. */
    private static List<String> machine() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                // The cache is mapped where it was made for, and need not be adapted to another address.
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:ArchiveRelocationMode=0",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                ServerProcess.unpackedPostgres());
    }

    private static synchronized Prepared prepared() {
        if (prepared == null) {
            try {
                prepared = prepare();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return prepared;
    }

    private static Prepared prepare() throws IOException {
        var entries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .toList();
        var fingerprint = fingerprint(entries);
        var folder = Path.of(System.getProperty("rekindle.root"), "server", "target", "quick-start");
        Files.createDirectories(folder);
        // Tests run in several processes.
        try (var channel = FileChannel.open(
                        folder.resolveSibling("quick-start.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            var made = folder.resolve("made-of");
            boolean valid = Files.exists(made) && Files.readString(made).equals(fingerprint);
            if (!valid) {
                TestFolders.delete(folder);
                Files.createDirectories(folder);
            }
            var classPath = new ArrayList<String>();
            for (var entry : entries) {
                if (!Files.isDirectory(entry)) {
                    classPath.add(entry.toString());
                    continue;
                }
                var jar = folder.resolve(classPath.size() + ".jar");
                if (!valid) pack(entry, jar);
                classPath.add(jar.toString());
            }
            var ready = new Prepared(String.join(File.pathSeparator, classPath), folder.resolve("cache.aot"));
            if (!valid) {
                train(ready, folder.resolve("training.log"));
                Files.writeString(made, fingerprint);
            }
            return ready;
        }
    }

    /** Of every file by its size and time: what has changed gets a folder of its own. */
    private static String fingerprint(List<Path> entries) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        digest.update(System.getProperty("java.vm.version").getBytes(StandardCharsets.UTF_8));
        for (var entry : entries)
            for (var file : files(entry))
                digest.update("%s %d %s%n"
                        .formatted(file, Files.size(file), Files.getLastModifiedTime(file))
                        .getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest(), 0, 8);
    }

    private static List<Path> files(Path entry) throws IOException {
        try (var files = Files.walk(entry)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    /** With entries for its folders, by which packages are searched. */
    private static void pack(Path folder, Path jar) throws IOException {
        try (var all = Files.walk(folder);
                var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.setLevel(Deflater.BEST_SPEED);
            for (var path : all.filter(path -> !path.equals(folder)).sorted().toList()) {
                var name = folder.relativize(path).toString().replace(File.separatorChar, '/');
                zip.putNextEntry(new ZipEntry(Files.isDirectory(path) ? name + "/" : name));
                if (!Files.isDirectory(path)) Files.copy(path, zip);
                zip.closeEntry();
            }
        }
    }

    private static void train(Prepared ready, Path log) throws IOException {
        var place = TestPostgres.newDatabase();
        var command = new ArrayList<>(machine());
        command.addAll(List.of(
                "-Xmx512m",
                "-XX:AOTCacheOutput=" + ready.cache(),
                "-cp",
                ready.classPath(),
                TrainingStart.class.getName(),
                TestFolders.newFolder("training").toString(),
                place.url(),
                place.user(),
                place.password()));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0 || !Files.exists(ready.cache()))
                throw new IOException("no cache was made for the tests' processes, see " + log);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } finally {
            process.destroyForcibly();
        }
    }
}
