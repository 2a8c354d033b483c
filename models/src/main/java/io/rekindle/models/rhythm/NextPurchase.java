package io.rekindle.models.rhythm;

/**
 * When the next purchase is due, counted from the last one, of a customer who is still active.
 *
 * @param low before this it comes with a probability of (1 − coverage) / 2
 * @param median before or after this with the same probability
 * @param high after this it comes with a probability of (1 − coverage) / 2
 */
public record NextPurchase(double low, double median, double high) {
    public NextPurchase {
        if (!(low >= 0 && low <= median && median <= high))
            throw new IllegalArgumentException(
                    "next purchase between %s and %s with median %s is out of order".formatted(low, high, median));
    }
}
