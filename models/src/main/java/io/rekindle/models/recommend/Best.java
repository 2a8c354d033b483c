package io.rekindle.models.recommend;

/**
 * The k best of many scores, kept while they go by: a heap whose root is the worst that is kept. Among equal scores the one
 * that came first is better.
 */
final class Best {
    private final int k;
    private final double[] score;
    private final int[] item;
    private final int[] arrival;
    private int size;
    private int arrived;

    Best(int k) {
        this.k = k;
        score = new double[k];
        item = new int[k];
        arrival = new int[k];
    }

    void clear() {
        size = 0;
        arrived = 0;
    }

    int size() {
        return size;
    }

    void offer(int what, double worth) {
        if (size == k) {
            if (!(worth > score[0])) return;
            sink(0, worth, what, arrived++);
            return;
        }
        int at = size++;
        int when = arrived++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!worse(worth, when, parent)) break;
            score[at] = score[parent];
            item[at] = item[parent];
            arrival[at] = arrival[parent];
            at = parent;
        }
        score[at] = worth;
        item[at] = what;
        arrival[at] = when;
    }

    private void sink(int from, double worth, int what, int when) {
        int at = from;
        while (true) {
            int child = 2 * at + 1;
            if (child >= size) break;
            if (child + 1 < size && worse(score[child + 1], arrival[child + 1], child)) child++;
            if (worse(worth, when, child)) break;
            score[at] = score[child];
            item[at] = item[child];
            arrival[at] = arrival[child];
            at = child;
        }
        score[at] = worth;
        item[at] = what;
        arrival[at] = when;
    }

    private boolean worse(double worth, int when, int than) {
        return worth < score[than] || (worth == score[than] && when > arrival[than]);
    }

    /** Writes what is kept, the best first, and is empty afterwards. */
    int drain(int[] items, double[] scores, int at) {
        int count = size;
        for (int place = count - 1; place >= 0; place--) {
            items[at + place] = item[0];
            scores[at + place] = score[0];
            size--;
            if (size > 0) sink(0, score[size], item[size], arrival[size]);
        }
        clear();
        return count;
    }
}
