package io.rekindle.app.cli;

import io.rekindle.platform.PlatformSettings;
import io.rekindle.platform.Restore;
import java.nio.file.Path;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rekindle restore}. */
@Command(
        name = "restore",
        description = "Put a backup back into an empty data folder; then start it with serve.",
        mixinStandardHelpOptions = true)
final class RestoreCommand implements Runnable {
    @Mixin
    private DataOption data = new DataOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Parameters(paramLabel = "DIR", description = "The backup's folder.")
    @SuppressWarnings("NullAway.Init")
    private Path backup;

    @Option(
            names = "--key-file",
            required = true,
            paramLabel = "FILE",
            description = "The key file of the time of the backup.")
    @SuppressWarnings("NullAway.Init")
    private Path keyFile;

    @Override
    public void run() {
        try (var _ = data.folder().take()) {
            var target = setting("REKINDLE_KEY_FILE");
            var manifest = Restore.restore(
                    backup,
                    data.folder().path(),
                    keyFile,
                    target == null
                            ? PlatformSettings.defaultKeyFile(data.folder().path())
                            : Path.of(target),
                    DatabaseVariables.read(),
                    Clock.systemUTC().instant());
            json.print(
                    manifest,
                    () -> System.out.printf(
                            "restored the backup of %s into %s%n",
                            manifest.createdAt(), data.folder().path()));
        }
    }

    private static @Nullable String setting(String variable) {
        return System.getenv(variable);
    }
}
