package io.rekindle.models.basket;

import java.util.Arrays;

/**
 * The baskets that hold an item set: as bits where they are many, as an ascending list where they are few (below one in 32
 * the list is the smaller). Unchangeable.
 */
sealed interface Members {
    int size();

    Members and(Members other);

    boolean holds(int basket);

    /** Of ascending numbers below {@code universe}. */
    static Members of(int[] ascending, int universe) {
        if ((long) ascending.length * Integer.SIZE < universe) return new Few(ascending, universe);
        long[] words = new long[(universe + 63) >>> 6];
        for (int number : ascending) words[number >>> 6] |= 1L << number;
        return new Many(words, ascending.length, universe);
    }

    /** A short list. */
    final class Few implements Members {
        private final int[] numbers;
        private final int universe;

        private Few(int[] numbers, int universe) {
            this.numbers = numbers;
            this.universe = universe;
        }

        @Override
        public int size() {
            return numbers.length;
        }

        @Override
        public boolean holds(int basket) {
            return Arrays.binarySearch(numbers, basket) >= 0;
        }

        @Override
        public Members and(Members other) {
            int[] both = new int[Math.min(size(), other.size())];
            int count = 0;
            switch (other) {
                case Many many -> {
                    for (int number : numbers) if (many.holds(number)) both[count++] = number;
                }
                case Few few -> {
                    int j = 0;
                    for (int number : numbers) {
                        while (j < few.numbers.length && few.numbers[j] < number) j++;
                        if (j == few.numbers.length) break;
                        if (few.numbers[j] == number) both[count++] = number;
                    }
                }
            }
            return new Few(Arrays.copyOf(both, count), universe);
        }
    }

    /** A bit for each basket. */
    final class Many implements Members {
        private final long[] words;
        private final int size;
        private final int universe;

        private Many(long[] words, int size, int universe) {
            this.words = words;
            this.size = size;
            this.universe = universe;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public boolean holds(int basket) {
            return (words[basket >>> 6] >>> basket & 1) == 1;
        }

        @Override
        public Members and(Members other) {
            if (!(other instanceof Many many)) return other.and(this);
            long[] both = new long[words.length];
            int count = 0;
            for (int i = 0; i < both.length; i++) {
                both[i] = words[i] & many.words[i];
                count += Long.bitCount(both[i]);
            }
            if ((long) count * Integer.SIZE >= universe) return new Many(both, count, universe);
            int[] numbers = new int[count];
            int next = 0;
            for (int i = 0; i < both.length; i++)
                for (long word = both[i]; word != 0; word &= word - 1)
                    numbers[next++] = (i << 6) + Long.numberOfTrailingZeros(word);
            return new Few(numbers, universe);
        }
    }
}
