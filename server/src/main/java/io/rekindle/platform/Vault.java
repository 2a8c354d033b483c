package io.rekindle.platform;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Keeps personal data unreadable at rest (AES-256-GCM), and makes it unreadable for ever where it has to be. Everything
 * sealed has a key of its own in a tree of keys ({@code docs/adr/0011}) of which single ones can be destroyed: after that
 * no copy of the sealed thing, in no backup, opens with the key file as it is then. A person's fields are sealed under a
 * key of their own, which is stored sealed in this way. Look-up hashes are HMAC-SHA-256, truncated to 64 bits.
 */
public final class Vault {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PERSON_KEY = "person-key";
    /** Of a sealed thing: two bytes that mark its form, the number of the generation, the leaf of its key. */
    private static final short FORM = (short) 0xe752;

    private static final int HEADER_BYTES = 12;
    private static final int KIND_SHIFT = 48;
    private static final int DAY_SHIFT = 32;
    private static final int BUCKET_SHIFT = 36;
    private static final int BUCKETS = 1 << (KIND_SHIFT - BUCKET_SHIFT);
    private static final long MOST_PERSONS = 1L << KIND_SHIFT;

    private final KeyStore store;
    private final LongSupplier epochDay;
    private final ThreadLocal<Mac> hashing;
    private final SecretKeySpec signing;
    private final Map<String, Long> kinds = new ConcurrentHashMap<>();
    private final Map<Long, Long> bucketGenerations = new ConcurrentHashMap<>();
    private final Map<Long, BucketKey> bucketKeys = new ConcurrentHashMap<>();

    private record BucketKey(int generation, SecretKeySpec key) {
        @Override
        public String toString() {
            return "BucketKey[secret]";
        }
    }

    /** Keys that follow from 32 bytes, kept in memory only. */
    public Vault(byte[] master) {
        this(KeyStore.inMemory(KeyRing.ofMaster(master)), () -> 0);
    }

    Vault(KeyStore store, LongSupplier epochDay) {
        this.store = store;
        this.epochDay = epochDay;
        signing = new SecretKeySpec(store.ring().signing(), "HmacSHA256");
        var lookup = new SecretKeySpec(store.ring().lookup(), "HmacSHA256");
        hashing = ThreadLocal.withInitial(() -> mac(lookup));
    }

    /** The vault of a key file that must exist; {@link Problem} {@code key_file_invalid} when it is damaged. */
    public static Vault ofKeyFile(Path file, @Nullable String outer, @Nullable String before) {
        return new Vault(KeyStore.inMemory(KeyFile.read(file, outer, before)), () -> 0);
    }

    /** Tells the keys of two installations apart and reveals nothing of either. */
    public String fingerprint() {
        return HexFormat.of().formatHex(sign("fingerprint", new byte[0]));
    }

    /** Tells with which generation of keys things are sealed now; reveals nothing of it. */
    String sealingFingerprint() {
        return fingerprintOf(store.ring().newest());
    }

    boolean hasGeneration(String sealingFingerprint) {
        return store.ring().generations().stream()
                .anyMatch(g -> fingerprintOf(g).equals(sealingFingerprint));
    }

    private static String fingerprintOf(KeyRing.Generation generation) {
        var mac = mac(new SecretKeySpec(generation.seal(), "HmacSHA256"));
        return HexFormat.of().formatHex(mac.doFinal("generation".getBytes(StandardCharsets.US_ASCII)), 0, 16);
    }

    /** The key one person's fields are sealed under, in clear: it lives in memory only. */
    public record PersonKey(SecretKeySpec key) {
        @Override
        public String toString() {
            return "PersonKey[secret]";
        }
    }

    /** A 64-bit look-up value for an identifier or another personal value; the same for the same type and value. */
    public long keyedHash(String type, String value) {
        var mac = hashing.get();
        mac.update(type.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return ByteBuffer.wrap(mac.doFinal(value.getBytes(StandardCharsets.UTF_8)))
                .getLong();
    }

    /** A signature over a public token, e.g. a tracking link; {@code purpose} keeps tokens of one kind out of another. */
    public byte[] sign(String purpose, byte[] message) {
        var mac = mac(signing);
        mac.update(purpose.getBytes(StandardCharsets.UTF_8));
        mac.update((byte) 0);
        return Arrays.copyOf(mac.doFinal(message), 16);
    }

    /**
     * Seals one thing under a key of its own.
     *
     * @param context what kind of thing it is; must be given again to open
     */
    public byte[] seal(String context, byte[] plain) {
        return sealUnder(
                kind(context) | (epochDay.getAsLong() & 0xffff) << DAY_SHIFT | (RANDOM.nextInt() & 0xffffffffL),
                context,
                plain);
    }

    /**
     * Seals one of very many short-lived things of customers: those of every 4,096th customer share a key, which is
     * exchanged when it has to be destroyed ({@link #retire}). Quicker than {@link #seal}.
     */
    public byte[] sealFor(long customer, String context, byte[] plain) {
        long bucket = bucket(customer, context);
        var ring = store.ring();
        long leaf = bucket | bucketGenerations.computeIfAbsent(bucket, b -> firstAlive(ring, b));
        var known = bucketKeys.get(leaf);
        if (known == null || known.generation() != ring.newest().number()) {
            known = new BucketKey(ring.newest().number(), aes(requireAlive(ring.newest(), leaf, context)));
            bucketKeys.put(leaf, known);
        }
        return AesGcm.seal(known.key(), context, plain, header(known.generation(), leaf));
    }

    /**
     * Opens what {@link #seal} or {@link #sealFor} sealed.
     *
     * @throws Problem {@code key_destroyed} when its key was destroyed, {@code key_mismatch} when the key file is another
     */
    public byte[] open(String context, byte[] sealed) {
        var opened = opened(context, sealed);
        if (opened != null) return opened;
        throw isDestroyed(sealed)
                ? new Problem(
                        Problem.Kind.CONFLICT,
                        "key_destroyed",
                        "a sealed value (%s) does not open: its key was destroyed when somebody was erased or its time was up"
                                .formatted(context),
                        List.of())
                : new Problem(
                        Problem.Kind.UNAVAILABLE,
                        "key_mismatch",
                        "a sealed value (%s) does not open: the key file is not the one it was sealed with; restore that key file"
                                .formatted(context),
                        List.of());
    }

    /** Whether the key of a sealed thing was destroyed. */
    public boolean isDestroyed(byte[] sealed) {
        if (!hasHeader(sealed)) return false;
        var generation = generation(store.ring(), sealed);
        return generation != null && generation.tree().key(leafOf(sealed)) == null;
    }

    /** A fresh key for one person. */
    public PersonKey newPersonKey() {
        var bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return new PersonKey(new SecretKeySpec(bytes, "AES"));
    }

    /**
     * The person's key as it is stored.
     *
     * @param number of this person alone, counting up from 1; see {@link #isUsable}
     */
    public byte[] wrap(PersonKey key, long number) {
        return sealUnder(personLeaf(number), PERSON_KEY, key.key().getEncoded());
    }

    /** What stands for the key of this number where keys to be destroyed are told ({@link PersonalData#erase}). */
    public byte[] numbered(long number) {
        return ByteBuffer.allocate(HEADER_BYTES + AesGcm.NONCE_BYTES)
                .putShort(FORM)
                .putShort((short) 0)
                .putLong(personLeaf(number))
                .array();
    }

    /** Whether a person's key can be stored under this number: not when another's under it was destroyed. */
    public boolean isUsable(long number) {
        return store.ring().newest().tree().key(personLeaf(number)) != null;
    }

    public PersonKey unwrap(byte[] wrapped) {
        return new PersonKey(new SecretKeySpec(open(PERSON_KEY, wrapped), "AES"));
    }

    /** Seals one field of one person. */
    public byte[] sealField(PersonKey key, String field, String value) {
        return AesGcm.seal(key.key(), field, value.getBytes(StandardCharsets.UTF_8));
    }

    public String openField(PersonKey key, String field, byte[] sealed) {
        var opened = AesGcm.open(key.key(), field, sealed);
        if (opened == null)
            throw new Problem(
                    Problem.Kind.UNAVAILABLE,
                    "key_mismatch",
                    "a sealed field (%s) does not open with its person's key".formatted(field),
                    List.of());
        return new String(opened, StandardCharsets.UTF_8);
    }

    /** Destroys the keys of sealed things, for good and in every copy of them; the key file is re-written before return. */
    public void destroy(Collection<byte[]> sealed) {
        destroyLeaves(sealed.stream()
                .filter(Vault::hasHeader)
                .map(Vault::leafOf)
                .collect(java.util.stream.Collectors.toSet()));
    }

    /** Leaves of sealed things, to be destroyed later by {@link #destroyLeaves}. */
    public static Set<Long> leaves(Collection<byte[]> sealed) {
        var leaves = new HashSet<Long>();
        for (var one : sealed) if (hasHeader(one)) leaves.add(leafOf(one));
        return leaves;
    }

    /** @param leaves as {@link #leaves} and {@link #retire} gave them; those destroyed before do no harm */
    public void destroyLeaves(Set<Long> leaves) {
        if (leaves.isEmpty()) return;
        store.change(ring -> ring.withTrees(tree -> tree.without(leaves)));
    }

    /** Destroys the keys of all things of a kind that were sealed on days before one. */
    public void destroySealedBefore(String context, LocalDate day) {
        long first = kind(context);
        if (day.toEpochDay() <= 0) return;
        long last = first | ((day.toEpochDay() & 0xffff) << DAY_SHIFT) - 1;
        store.change(ring -> ring.withTrees(tree -> tree.withoutRange(first, last)));
    }

    /**
     * From now on {@link #sealFor} seals for these customers, and those who share a key with them, under other keys.
     *
     * @return the leaves of the keys until now, to be destroyed once nothing that is sealed with them is needed
     */
    public Set<Long> retire(Collection<Long> customers, String context) {
        var retired = new HashSet<Long>();
        var ring = store.ring();
        for (long customer : customers) {
            long bucket = bucket(customer, context);
            if (retired.stream().anyMatch(leaf -> (leaf & -1L << BUCKET_SHIFT) == bucket)) continue;
            bucketGenerations.compute(bucket, (b, now) -> {
                long generation = now == null ? firstAlive(ring, b) : now;
                retired.add(b | generation);
                return generation + 1;
            });
        }
        return retired;
    }

    /**
     * What is known of an id of somebody erased.
     *
     * @param group a random number that all ids of one person have; 0 where it is not known
     * @param mayReturn whether nobody asked for the erasure: what happens later lets them in again
     */
    public record Entombed(Instant at, long group, boolean mayReturn) {}

    /** Writes down, in the key file, that these ids belonged to one person, who was erased. */
    public void entomb(Set<Long> ids, Entombed as) {
        store.change(
                ring -> ring.withErased(ids, new KeyRing.Erased(as.at().getEpochSecond(), as.group(), as.mayReturn())));
    }

    /** Takes ids off the list again. */
    public void release(Set<Long> ids) {
        store.change(ring -> ring.withoutErased(ids));
    }

    /** The ids of who was erased. */
    public Map<Long, Entombed> entombed() {
        var all = new HashMap<Long, Entombed>();
        store.ring()
                .erased()
                .forEach((id, as) ->
                        all.put(id, new Entombed(Instant.ofEpochSecond(as.at()), as.group(), as.mayReturn())));
        return all;
    }

    /** Begins to seal with new keys; what was sealed before opens until {@link #endRotation}. Again: goes on. */
    public void beginRotation() {
        if (!isRotating()) store.change(KeyRing::withNewGeneration);
    }

    public boolean isRotating() {
        return store.ring().generations().size() > 1;
    }

    /** How everything begins that is sealed with the present keys: form and generation. */
    public byte[] presentMark() {
        return ByteBuffer.allocate(4)
                .putShort(FORM)
                .putShort((short) store.ring().newest().number())
                .array();
    }

    /** The same sealed with the present keys; null when it does not open, because its key was destroyed. */
    public byte @Nullable [] reseal(String context, byte[] sealed) {
        var plain = opened(context, sealed);
        if (plain == null) return null;
        return hasHeader(sealed) ? sealUnder(leafOf(sealed), context, plain) : seal(context, plain);
    }

    /** Forgets all keys but the present ones. */
    public void endRotation() {
        store.change(KeyRing::withNewestOnly);
    }

    private byte[] sealUnder(long leaf, String context, byte[] plain) {
        var newest = store.ring().newest();
        return AesGcm.seal(aes(requireAlive(newest, leaf, context)), context, plain, header(newest.number(), leaf));
    }

    private static byte[] requireAlive(KeyRing.Generation generation, long leaf, String context) {
        var key = generation.tree().key(leaf);
        if (key == null)
            throw new IllegalStateException("%s cannot be sealed under a destroyed key".formatted(context));
        return key;
    }

    private byte @Nullable [] opened(String context, byte[] sealed) {
        var ring = store.ring();
        if (hasHeader(sealed)) {
            var generation = generation(ring, sealed);
            var key = generation == null ? null : generation.tree().key(leafOf(sealed));
            var opened = key == null ? null : AesGcm.open(aes(key), context, sealed, HEADER_BYTES);
            if (opened != null) return opened;
        }
        // What was sealed before there were trees has no header; the key of then is the first generation's.
        var first = ring.generations().getFirst();
        return first.number() == 1 ? AesGcm.open(aes(first.seal()), context, sealed) : null;
    }

    private long personLeaf(long number) {
        if (number <= 0 || number >= MOST_PERSONS)
            throw new IllegalArgumentException("%d is no number of a person's key".formatted(number));
        return kind(PERSON_KEY) | number;
    }

    private long bucket(long customer, String context) {
        return kind(context) | Math.floorMod(customer, (long) BUCKETS) << BUCKET_SHIFT;
    }

    private static long firstAlive(KeyRing ring, long bucket) {
        long generation = 0;
        while (ring.newest().tree().key(bucket | generation) == null) generation++;
        return generation;
    }

    /** The first 16 bits of a leaf. */
    private long kind(String context) {
        return kinds.computeIfAbsent(context, c -> {
            try {
                var hash = MessageDigest.getInstance("SHA-256").digest(c.getBytes(StandardCharsets.UTF_8));
                return (ByteBuffer.wrap(hash).getShort() & 0xffffL) << KIND_SHIFT;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
            }
        });
    }

    private static byte[] header(int generation, long leaf) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .putShort(FORM)
                .putShort((short) generation)
                .putLong(leaf)
                .array();
    }

    private static boolean hasHeader(byte[] sealed) {
        return sealed.length >= HEADER_BYTES + AesGcm.NONCE_BYTES
                && ByteBuffer.wrap(sealed).getShort() == FORM;
    }

    private static long leafOf(byte[] sealed) {
        return ByteBuffer.wrap(sealed).getLong(4);
    }

    private static KeyRing.@Nullable Generation generation(KeyRing ring, byte[] sealed) {
        int number = ByteBuffer.wrap(sealed).getShort(2) & 0xffff;
        for (var generation : ring.generations()) if (generation.number() == number) return generation;
        return null;
    }

    private static SecretKeySpec aes(byte[] key) {
        return new SecretKeySpec(key, "AES");
    }

    private static Mac mac(SecretKeySpec key) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is missing from this Java runtime", e);
        }
    }
}
