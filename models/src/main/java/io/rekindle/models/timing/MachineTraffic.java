package io.rekindle.models.timing;

import io.rekindle.models.numeric.Indices;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Which opens and clicks were made by machines: mail privacy proxies that fetch pictures ahead, scanners that follow every
 * link, and programs.
 *
 * <p>What counts as a machine: an open within seconds of delivery (nobody reads so fast; pictures were fetched ahead); a click
 * within seconds of delivery, or several links of one message within seconds of each other, and with them the message's other
 * clicks of the same agent; an agent known as a privacy proxy or a program; and an agent that gives itself away: when most of
 * what it opens it opens within seconds of delivery, its other opens are fetched ahead too, only later. A proxy that fetches a
 * picture when the customer looks (Gmail's, Yahoo's) is no machine in this sense.
 *
 * <p>Assumptions: delivery is when the mailbox took the message. The rules err on the side of leaving out: a customer who does
 * open within seconds now and then loses a few of their opens, one whose proxy opened everything at night would be sent to at
 * night. Complexity: sorting by message. Unchangeable, safe to share.
 *
 * <p>Source: the delivery-time, burst and agent rules are ours, after what mail providers publish of their proxies (Apple's
 * Mail Privacy Protection, link scanners of mail gateways). Numerics: whole seconds.
 *
 * @param openSeconds opens sooner after delivery are machines'
 * @param clickSeconds clicks sooner after delivery are machines'
 * @param burstSeconds so many clicks of one message within this time are machines'
 * @param burstClicks how many
 * @param agentOpens from so many opens on an agent is judged by what it does
 * @param agentShare share of them within seconds of delivery that gives an agent away
 */
public record MachineTraffic(
        double openSeconds,
        double clickSeconds,
        double burstSeconds,
        int burstClicks,
        int agentOpens,
        double agentShare) {
    /** Two seconds to open, four to click; three clicks within three seconds; an agent by 20 opens, half of them at once. */
    public static final MachineTraffic USUAL = new MachineTraffic(2, 4, 3, 3, 20, .5);

    private static final Pattern PROGRAM = Pattern.compile(
            "bot\\b|crawl|spider|scanner|headless|phantom|python|curl/|wget|go-http|java/|okhttp|libwww|httpclient|"
                    + "barracuda|mimecast|proofpoint|safelinks|trendmicro|symantec|sophos|fortinet|bitdefender");

    public MachineTraffic {
        if (!(openSeconds >= 0 && clickSeconds >= 0 && burstSeconds >= 0)
                || burstClicks < 2
                || agentOpens < 1
                || !(agentShare > 0 && agentShare <= 1))
            throw new IllegalArgumentException(
                    "rules of %s s, %s s, %d clicks in %s s, %d opens, share %s: times at least 0, clicks 2, opens 1, the share above 0 and at most 1"
                            .formatted(openSeconds, clickSeconds, burstClicks, burstSeconds, agentOpens, agentShare));
    }

    /** Whether an agent's own name says that it is a machine. */
    public static boolean machine(String userAgent) {
        String name = userAgent.strip().toLowerCase(Locale.ROOT);
        // Apple's mail privacy proxy says this and no more.
        if (name.equals("mozilla/5.0")) return true;
        if (name.contains("googleimageproxy") || name.contains("yahoomailproxy")) return false;
        return PROGRAM.matcher(name).find();
    }

    /**
     * Judges.
     *
     * @param message which message each response belongs to; −1 for none, as with visits
     * @param response what it was
     * @param seconds since the message's delivery; NaN where it is not known or there is no message
     * @param agent number of its agent (user agent, or network); −1 where it is not known
     * @param known by agent, whether it is known to be a machine
     * @return whether each was made by a machine
     */
    public boolean[] judge(int[] message, Response[] response, double[] seconds, int[] agent, boolean[] known) {
        int n = message.length;
        if (response.length != n || seconds.length != n || agent.length != n)
            throw new IllegalArgumentException("%d messages, %d responses, %d times, %d agents; one of each is needed"
                    .formatted(n, response.length, seconds.length, agent.length));
        boolean[] machine = new boolean[n];
        int[] opens = new int[known.length];
        int[] quick = new int[known.length];
        for (int i = 0; i < n; i++) {
            if (agent[i] >= known.length)
                throw new IllegalArgumentException("agent %d; there are %d".formatted(agent[i], known.length));
            boolean atOnce = switch (response[i]) {
                case OPEN -> seconds[i] < openSeconds;
                case CLICK -> seconds[i] < clickSeconds;
                case VISIT -> false;
            };
            machine[i] = atOnce || (agent[i] >= 0 && known[agent[i]]);
            if (agent[i] < 0 || response[i] != Response.OPEN || Double.isNaN(seconds[i])) continue;
            opens[agent[i]]++;
            if (atOnce) quick[agent[i]]++;
        }
        for (int i = 0; i < n; i++)
            if (response[i] == Response.OPEN
                    && agent[i] >= 0
                    && opens[agent[i]] >= agentOpens
                    && quick[agent[i]] >= agentShare * opens[agent[i]]) machine[i] = true;
        judgeClicks(message, response, seconds, agent, machine);
        return machine;
    }

    private void judgeClicks(int[] message, Response[] response, double[] seconds, int[] agent, boolean[] machine) {
        int[] clicks = Indices.sorted(message.length, (a, b) -> {
            int result = Boolean.compare(response[b] == Response.CLICK, response[a] == Response.CLICK);
            if (result == 0) result = Integer.compare(message[a], message[b]);
            if (result == 0) result = Integer.compare(agent[a], agent[b]);
            return result == 0 ? Double.compare(seconds[a], seconds[b]) : result;
        });
        for (int from = 0, to; from < clicks.length && response[clicks[from]] == Response.CLICK; from = to) {
            int first = clicks[from];
            boolean scanned = false;
            for (to = from; to < clicks.length; to++) {
                int i = clicks[to];
                if (response[i] != Response.CLICK || message[i] != message[first] || agent[i] != agent[first]) break;
                scanned |= machine[i];
                int before = to - burstClicks + 1;
                scanned |= before >= from && seconds[i] - seconds[clicks[before]] <= burstSeconds;
            }
            if (scanned && message[first] >= 0) for (int k = from; k < to; k++) machine[clicks[k]] = true;
        }
    }

    /** How many are machines'. */
    public static long count(boolean[] machine) {
        long count = 0;
        for (boolean one : machine) if (one) count++;
        return count;
    }

    /** The values of those that are not machines'. */
    public static int[] human(int[] values, boolean[] machine) {
        int[] kept = new int[values.length];
        int count = 0;
        for (int i = 0; i < values.length; i++) if (!machine[i]) kept[count++] = values[i];
        return Arrays.copyOf(kept, count);
    }
}
