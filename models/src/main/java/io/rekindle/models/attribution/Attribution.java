package io.rekindle.models.attribution;

import java.util.ArrayList;
import java.util.List;

/**
 * Conversions and their worth divided among channels; the parts sum to the whole.
 *
 * <p>However it is divided, this is credit among contacts that were there, not what would be missing without them: only an
 * experiment with a held-out group tells that.
 *
 * @param credits one for each channel, in the channels' order
 */
public record Attribution(List<Credit> credits) {
    public Attribution {
        credits = List.copyOf(credits);
    }

    /**
     * One channel's part.
     *
     * @param channel its name
     * @param conversions attributed to it
     * @param value attributed to it
     */
    public record Credit(String channel, double conversions, double value) {}

    static Attribution of(Paths paths, double[] conversions, double[] value) {
        List<Credit> credits = new ArrayList<>(conversions.length);
        for (int c = 0; c < conversions.length; c++)
            credits.add(new Credit(paths.channels().get(c), conversions[c], value[c]));
        return new Attribution(credits);
    }

    /** Divides the paths' conversions and value in these proportions; nothing where there are none to divide. */
    static Attribution inProportion(Paths paths, double[] ofConversions, double[] ofValue) {
        return of(paths, scaled(ofConversions, paths.conversions()), scaled(ofValue, paths.value()));
    }

    private static double[] scaled(double[] parts, double total) {
        double sum = 0;
        for (double part : parts) sum += part;
        double[] scaled = new double[parts.length];
        if (sum != 0) for (int i = 0; i < parts.length; i++) scaled[i] = parts[i] / sum * total;
        return scaled;
    }

    /** Conversions attributed to a channel, as a share of all; 0 where there are none. */
    public double share(String channel) {
        double all = 0;
        for (Credit credit : credits) all += credit.conversions;
        double own = credits.stream()
                .filter(credit -> credit.channel.equals(channel))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no channel " + channel))
                .conversions;
        return all == 0 ? 0 : own / all;
    }
}
