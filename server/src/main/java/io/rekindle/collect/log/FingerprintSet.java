package io.rekindle.collect.log;

/** A set of fingerprints in two longs a slot: open addressing, linear probing, at most two thirds full. */
final class FingerprintSet {
    private static final int FIRST_SLOTS = 64;

    private long[] slots = new long[2 * FIRST_SLOTS];
    private int size;

    int size() {
        return size;
    }

    /** The table as it is: two longs a slot, the second 0 where it is empty. */
    long[] slots() {
        return slots;
    }

    boolean contains(Fingerprint f) {
        return slots[slotOf(slots, f.high(), f.low()) + 1] != 0;
    }

    /** Reads the slot where the search for it begins, for nothing but to have it in the processor's cache. */
    long touch(Fingerprint f) {
        int mask = slots.length / 2 - 1;
        return slots[2 * ((int) f.high() & mask) + 1];
    }

    /** Adds; false when it was there. */
    boolean add(Fingerprint f) {
        int slot = slotOf(slots, f.high(), f.low());
        if (slots[slot + 1] != 0) return false;
        slots[slot] = f.high();
        slots[slot + 1] = nonZero(f.low());
        if (3 * ++size > slots.length) grow();
        return true;
    }

    /** Takes one away; false when it was not there. What it had pushed on moves up, so that no search ends too early. */
    boolean remove(Fingerprint f) {
        int hole = slotOf(slots, f.high(), f.low());
        if (slots[hole + 1] == 0) return false;
        int mask = slots.length - 1;
        for (int next = (hole + 2) & mask; slots[next + 1] != 0; next = (next + 2) & mask) {
            int home = 2 * ((int) slots[next] & (slots.length / 2 - 1));
            if (((next - home) & mask) < ((next - hole) & mask)) continue;
            slots[hole] = slots[next];
            slots[hole + 1] = slots[next + 1];
            hole = next;
        }
        slots[hole] = 0;
        slots[hole + 1] = 0;
        size--;
        return true;
    }

    private void grow() {
        var larger = new long[2 * slots.length];
        for (int i = 0; i < slots.length; i += 2) {
            if (slots[i + 1] == 0) continue;
            int slot = slotOf(larger, slots[i], slots[i + 1]);
            larger[slot] = slots[i];
            larger[slot + 1] = slots[i + 1];
        }
        slots = larger;
    }

    /** Where the fingerprint stands, or the empty slot where it would. A low half of 0 is kept as 1: 0 means empty. */
    private static int slotOf(long[] slots, long high, long low) {
        long kept = nonZero(low);
        int mask = slots.length / 2 - 1;
        int place = (int) high & mask;
        while (true) {
            int slot = 2 * place;
            if (slots[slot + 1] == 0 || (slots[slot] == high && slots[slot + 1] == kept)) return slot;
            place = (place + 1) & mask;
        }
    }

    static long nonZero(long low) {
        return low == 0 ? 1 : low;
    }
}
