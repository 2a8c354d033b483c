package io.rekindle.platform;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What the key file holds; never changed, replaced by another. Two secrets stay for good: the one of look-up hashes, for
 * customers' ids in the whole history are made with it, and the one that signs links in mails sent long ago. What seals
 * comes in generations, so that it can be exchanged.
 */
final class KeyRing {
    private static final String MAY_RETURN = "may-return";
    private static final String FIRST_LINE = "rekindle-keys 2";
    private static final int SECRET_BYTES = 32;

    private final byte[] lookup;
    private final byte[] signing;
    private final List<Generation> generations;
    private final Map<Long, Erased> erased;

    private KeyRing(byte[] lookup, byte[] signing, List<Generation> generations, Map<Long, Erased> erased) {
        this.lookup = lookup;
        this.signing = signing;
        this.generations = List.copyOf(generations);
        this.erased = Map.copyOf(erased);
    }

    /**
     * Keys that seal.
     *
     * @param number counts up from 1 with each exchange
     * @param seal seals what is nobody's; before there were trees, everything
     * @param tree a key for each person and each sealed thing
     */
    @SuppressWarnings("ArrayRecordComponent") // a secret, never compared
    record Generation(int number, byte[] seal, KeyTree tree) {
        Generation with(KeyTree other) {
            return new Generation(number, seal, other);
        }

        @Override
        public String toString() {
            return "Generation[%d, secret]".formatted(number);
        }
    }

    /** What follows from the one secret of key files of the first form; the same keys as then. */
    static KeyRing ofMaster(byte[] master) {
        if (master.length != SECRET_BYTES)
            throw new IllegalArgumentException("the master key has %d bytes; it needs 32".formatted(master.length));
        return new KeyRing(
                derive(master, "rekindle/lookup"),
                derive(master, "rekindle/sign"),
                List.of(new Generation(
                        1, derive(master, "rekindle/seal"), KeyTree.ofRoot(derive(master, "rekindle/tree")))),
                Map.of());
    }

    static KeyRing fresh() {
        return ofMaster(random());
    }

    byte[] lookup() {
        return lookup;
    }

    byte[] signing() {
        return signing;
    }

    /** Oldest first; more than one while what is sealed goes over from one to the next. */
    List<Generation> generations() {
        return generations;
    }

    Generation newest() {
        return generations.getLast();
    }

    /**
     * That an id was somebody's who was erased.
     *
     * @param at in seconds since 1970
     * @param group a random number that all ids of one person have; 0 where it is not known
     * @param mayReturn whether nobody asked for it: what happens later lets them in again
     */
    record Erased(long at, long group, boolean mayReturn) {}

    /** Ids of who was erased. */
    Map<Long, Erased> erased() {
        return erased;
    }

    KeyRing withTrees(UnaryOperator<KeyTree> change) {
        return new KeyRing(
                lookup,
                signing,
                generations.stream().map(g -> g.with(change.apply(g.tree()))).toList(),
                erased);
    }

    KeyRing withNewGeneration() {
        var more = new ArrayList<>(generations);
        more.add(new Generation(newest().number() + 1, random(), KeyTree.ofRoot(random())));
        return new KeyRing(lookup, signing, more, erased);
    }

    KeyRing withNewestOnly() {
        return new KeyRing(lookup, signing, List.of(newest()), erased);
    }

    KeyRing withErased(Collection<Long> ids, Erased as) {
        var more = new HashMap<>(erased);
        for (var id : ids) more.put(id, as);
        return new KeyRing(lookup, signing, generations, more);
    }

    KeyRing withoutErased(Collection<Long> ids) {
        var fewer = new HashMap<>(erased);
        fewer.keySet().removeAll(ids);
        return new KeyRing(lookup, signing, generations, fewer);
    }

    String text() {
        var hex = HexFormat.of();
        var text = new StringBuilder(FIRST_LINE).append('\n');
        text.append("lookup ").append(hex.formatHex(lookup)).append('\n');
        text.append("sign ").append(hex.formatHex(signing)).append('\n');
        for (var generation : generations) {
            text.append("generation ")
                    .append(generation.number())
                    .append(' ')
                    .append(hex.formatHex(generation.seal()))
                    .append('\n');
            generation
                    .tree()
                    .seeds()
                    .forEach((node, seed) -> text.append("seed ")
                            .append(generation.number())
                            .append(' ')
                            .append(hex.toHexDigits(node.path()))
                            .append('/')
                            .append(node.depth())
                            .append(' ')
                            .append(hex.formatHex(seed))
                            .append('\n'));
        }
        erased.forEach((id, as) -> {
            text.append("erased ").append(id).append(' ').append(as.at());
            if (as.group() != 0 || as.mayReturn()) text.append(' ').append(as.group());
            if (as.mayReturn()) text.append(' ').append(MAY_RETURN);
            text.append('\n');
        });
        // A file that was cut off must not be taken for a whole one: it would lack who was erased.
        return text.append("end\n").toString();
    }

    /** Reads {@link #text}, or the one line of the first form; an {@link IllegalArgumentException} when it is neither. */
    static KeyRing parse(String text) {
        if (text.strip().matches("[0-9a-fA-F]{64}"))
            return ofMaster(HexFormat.of().parseHex(text.strip()));
        var lines = text.lines().toList();
        if (lines.isEmpty()
                || !lines.getFirst().equals(FIRST_LINE)
                || !lines.getLast().equals("end")) throw new IllegalArgumentException("no key file, or not all of it");
        var secrets = new HashMap<String, byte[]>();
        var seals = new TreeMap<Integer, byte[]>();
        var seeds = new HashMap<Integer, Map<KeyTree.Node, byte[]>>();
        var erased = new HashMap<Long, Erased>();
        for (var line : lines.subList(1, lines.size() - 1)) {
            var words = line.split(" ");
            switch (words[0]) {
                case "lookup", "sign" -> secrets.put(words[0], secret(words[1]));
                case "generation" -> seals.put(Integer.parseInt(words[1]), secret(words[2]));
                case "seed" -> {
                    var node = words[2].split("/");
                    seeds.computeIfAbsent(Integer.parseInt(words[1]), g -> new HashMap<>())
                            .put(
                                    new KeyTree.Node(Long.parseUnsignedLong(node[0], 16), Integer.parseInt(node[1])),
                                    secret(words[3]));
                }
                // Files of before there were groups have none.
                case "erased" ->
                    erased.put(
                            Long.parseLong(words[1]),
                            new Erased(
                                    Long.parseLong(words[2]),
                                    words.length > 3 ? Long.parseLong(words[3]) : 0,
                                    words.length > 4 && words[4].equals(MAY_RETURN)));
                default -> throw new IllegalArgumentException("an unknown line");
            }
        }
        var lookup = secrets.get("lookup");
        var signing = secrets.get("sign");
        if (lookup == null || signing == null || seals.isEmpty())
            throw new IllegalArgumentException("a key is missing");
        return new KeyRing(
                lookup,
                signing,
                seals.entrySet().stream()
                        .map(e -> new Generation(
                                e.getKey(), e.getValue(), KeyTree.of(seeds.getOrDefault(e.getKey(), Map.of()))))
                        .toList(),
                erased);
    }

    private static byte[] secret(String hex) {
        var bytes = HexFormat.of().parseHex(hex);
        if (bytes.length != SECRET_BYTES) throw new IllegalArgumentException("a key of another length");
        return bytes;
    }

    private static byte[] random() {
        var bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    private static byte[] derive(byte[] master, String label) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(master, "HmacSHA256"));
            return mac.doFinal(label.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("HMAC-SHA-256 is missing from this Java runtime", e);
        }
    }
}
