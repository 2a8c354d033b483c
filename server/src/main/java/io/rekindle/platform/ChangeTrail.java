package io.rekindle.platform;

/** Where administrative changes are written down. The platform makes some, and who keeps them stands above it. */
public interface ChangeTrail {
    /**
     * @param action verb and kind, e.g. {@code clock.advanced}
     * @param thing the thing's kind and id, e.g. {@code campaign 42}
     * @param detail what changed, in words; no secrets, no personal data
     */
    void record(String action, String thing, String detail);
}
