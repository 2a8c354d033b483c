package io.rekindle.deliver.outbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which start of this machine it is. */
final class Boot {
    private static final Path KERNEL = Path.of("/proc/sys/kernel/random/boot_id");

    private Boot() {}

    /** Another one after each start of the machine; null where the system does not tell. */
    static @Nullable UUID id() {
        try {
            return UUID.fromString(Files.readString(KERNEL).strip());
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }
}
