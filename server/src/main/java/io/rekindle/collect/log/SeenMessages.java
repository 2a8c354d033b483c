package io.rekindle.collect.log;

/**
 * The message ids of the latest events: at least {@code kept} of them, at most about twice as many. In 256 shards, so
 * that growing one stops the log for a moment only; each shard has two generations, of which the older is dropped when
 * the younger is full. Used by the log's one writer alone.
 */
final class SeenMessages {
    private static final int SHARDS = 256;

    private final int generation;
    private final FingerprintSet[] young = new FingerprintSet[SHARDS];
    private final FingerprintSet[] old = new FingerprintSet[SHARDS];

    SeenMessages(int kept) {
        // Ids fall on the shards evenly but not exactly so; an eighth more makes sure of the promised number.
        generation = kept / SHARDS + kept / SHARDS / 8 + 64;
        for (int i = 0; i < SHARDS; i++) {
            young[i] = new FingerprintSet();
            old[i] = new FingerprintSet();
        }
    }

    boolean contains(Fingerprint f) {
        int shard = shard(f);
        return young[shard].contains(f) || old[shard].contains(f);
    }

    void add(Fingerprint f) {
        int shard = shard(f);
        if (young[shard].size() >= generation) {
            old[shard] = young[shard];
            young[shard] = new FingerprintSet();
        }
        young[shard].add(f);
    }

    private static int shard(Fingerprint f) {
        return (int) (f.high() >>> 56);
    }
}
