package io.rekindle.platform;

import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The keys in memory, and their file: changed on disk first, then here. */
final class KeyStore {
    private final @Nullable Path file;
    private final @Nullable String outer;
    private volatile KeyRing ring;

    private KeyStore(@Nullable Path file, @Nullable String outer, KeyRing ring) {
        this.file = file;
        this.outer = outer;
        this.ring = ring;
    }

    static KeyStore inMemory(KeyRing ring) {
        return new KeyStore(null, null, ring);
    }

    /**
     * @param outer 64 hexadecimal digits of the environment the file is sealed with; null: it is not
     * @param before those it may still be sealed with
     */
    static KeyStore readOrCreate(Path file, Path data, @Nullable String outer, @Nullable String before) {
        return new KeyStore(file, outer, KeyFile.readOrCreate(file, data, outer, before));
    }

    KeyRing ring() {
        return ring;
    }

    synchronized void change(UnaryOperator<KeyRing> change) {
        var next = change.apply(ring);
        if (file != null) KeyFile.write(file, next, outer);
        ring = next;
    }
}
