package io.rekindle.deliver.smtp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The verifier of Debian's opendkim, which knows the public keys from a file in the place of the DNS. */
final class OpenDkim {
    private static final Path PROGRAM = Stream.of("/usr/sbin/opendkim", "/usr/bin/opendkim")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(Path.of("opendkim"));

    private OpenDkim() {}

    /** Why it cannot be used here; empty when it can. */
    static Optional<String> missing() {
        return Files.isExecutable(PROGRAM)
                ? Optional.empty()
                : Optional.of("no opendkim here (Debian: apt-get install opendkim)");
    }

    /**
     * What it says of a mail.
     *
     * @param recordName under which a receiver looks for the key
     * @param record what the DNS would answer
     * @param mail as it came, lines ended by a line feed or by both
     */
    static String verdict(Path folder, String recordName, String record, String mail)
            throws IOException, InterruptedException {
        var keys = Files.writeString(folder.resolve("keys"), recordName + " " + record + "\n");
        var configuration = Files.writeString(
                folder.resolve("opendkim.conf"),
                "TestPublicKeys %s\nMode v\nSocket local:%s\n".formatted(keys, folder.resolve("socket")));
        var file = Files.writeString(folder.resolve("mail.eml"), mail, StandardCharsets.UTF_8);
        var said = folder.resolve("said");
        var process = new ProcessBuilder(
                        PROGRAM.toString(), "-x", configuration.toString(), "-vv", "-t", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("opendkim does not end");
        }
        return Files.readString(said);
    }
}
