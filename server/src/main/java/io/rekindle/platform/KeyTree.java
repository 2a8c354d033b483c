package io.rekindle.platform;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * 2⁶⁴ keys of which single ones can be destroyed for good. The keys are the leaves of a binary tree: a node's seed gives
 * the seeds of its two children by SHA-256, and cannot be computed from them (the construction of Goldreich, Goldwasser
 * and Micali). At first only the root is kept. To destroy a leaf, the seed above it is replaced by those of the branches
 * that leave the way to it: every other leaf can still be computed, this one by nobody who has only what is kept now.
 *
 * <p>So a key is gone from every backup of what it sealed, however many there are, once the few seeds kept are
 * overwritten: a copy of the data with today's seeds opens everything but what was destroyed. About 64 − log₂(n) seeds
 * are kept for each of n destroyed leaves that lie scattered, far fewer for leaves side by side.
 */
final class KeyTree {
    private static final int DEPTH = Long.SIZE;
    /** Seeds at this depth are remembered: the leaves of one day or one kind share one. */
    private static final int REMEMBERED_DEPTH = 32;

    private static final int MOST_REMEMBERED = 8_192;
    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(KeyTree::sha256);

    private final Map<Node, byte[]> kept;
    private final Map<Node, byte[]> remembered = new ConcurrentHashMap<>();

    private KeyTree(Map<Node, byte[]> kept) {
        this.kept = kept;
    }

    /** A node by the bits of the way to it, from the left; the bits beyond its depth are 0. */
    record Node(long path, int depth) {
        private static Node onTheWayTo(long leaf, int depth) {
            return new Node(depth == 0 ? 0 : leaf & (-1L << (DEPTH - depth)), depth);
        }

        private long lastLeaf() {
            return depth == DEPTH ? path : path | (-1L >>> depth);
        }

        private Node child(int bit) {
            return new Node(bit == 0 ? path : path | (1L << (DEPTH - depth - 1)), depth + 1);
        }
    }

    static KeyTree ofRoot(byte[] seed) {
        return new KeyTree(Map.of(new Node(0, 0), seed.clone()));
    }

    static KeyTree of(Map<Node, byte[]> seeds) {
        return new KeyTree(Map.copyOf(seeds));
    }

    /** What has to be kept of the tree. */
    Map<Node, byte[]> seeds() {
        return kept;
    }

    /** The 32 bytes of a key; null when it was destroyed. */
    byte @Nullable [] key(long leaf) {
        var near = Node.onTheWayTo(leaf, REMEMBERED_DEPTH);
        var known = remembered.get(near);
        if (known != null) return down(known, leaf, REMEMBERED_DEPTH, DEPTH);
        for (int depth = 0; depth <= DEPTH; depth++) {
            var seed = kept.get(Node.onTheWayTo(leaf, depth));
            if (seed == null) continue;
            if (depth > REMEMBERED_DEPTH) return down(seed, leaf, depth, DEPTH);
            var here = down(seed, leaf, depth, REMEMBERED_DEPTH);
            if (remembered.size() >= MOST_REMEMBERED) remembered.clear();
            remembered.put(near, here);
            return down(here, leaf, REMEMBERED_DEPTH, DEPTH);
        }
        return null;
    }

    /** The tree without these leaves. */
    KeyTree without(Collection<Long> leaves) {
        var left = new HashMap<>(kept);
        for (long leaf : leaves) {
            for (int depth = 0; depth <= DEPTH; depth++) {
                var seed = left.remove(Node.onTheWayTo(leaf, depth));
                if (seed == null) continue;
                var node = Node.onTheWayTo(leaf, depth);
                while (node.depth() < DEPTH) {
                    int bit = bitOf(leaf, node.depth());
                    left.put(node.child(1 - bit), child(seed, 1 - bit));
                    seed = child(seed, bit);
                    node = node.child(bit);
                }
                break;
            }
        }
        return new KeyTree(left);
    }

    /** The tree without all leaves from one to another, both included, in unsigned order. */
    KeyTree withoutRange(long from, long to) {
        var left = new HashMap<Node, byte[]>();
        kept.forEach((node, seed) -> leave(node, seed, from, to, left));
        return new KeyTree(left);
    }

    private static void leave(Node node, byte[] seed, long from, long to, Map<Node, byte[]> left) {
        long first = node.path();
        long last = node.lastLeaf();
        if (Long.compareUnsigned(last, from) < 0 || Long.compareUnsigned(first, to) > 0) {
            left.put(node, seed);
        } else if (Long.compareUnsigned(first, from) < 0 || Long.compareUnsigned(last, to) > 0) {
            for (int bit = 0; bit <= 1; bit++) leave(node.child(bit), child(seed, bit), from, to, left);
        }
    }

    private static byte[] down(byte[] seed, long leaf, int fromDepth, int toDepth) {
        var at = seed;
        for (int depth = fromDepth; depth < toDepth; depth++) at = child(at, bitOf(leaf, depth));
        return at;
    }

    private static int bitOf(long leaf, int depth) {
        return (int) (leaf >>> (DEPTH - depth - 1)) & 1;
    }

    private static byte[] child(byte[] seed, int bit) {
        var digest = SHA_256.get();
        digest.update(seed);
        return digest.digest(new byte[] {(byte) bit});
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }
}
