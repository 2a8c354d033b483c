package io.rekindle.models.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineTrafficTest {
    private static boolean[] judge(int[] message, Response of, double[] seconds) {
        Response[] response = new Response[message.length];
        Arrays.fill(response, of);
        int[] agent = new int[message.length];
        Arrays.fill(agent, -1);
        return MachineTraffic.USUAL.judge(message, response, seconds, agent, new boolean[0]);
    }

    @Test
    void whatIsOpenedAtOnceWasFetchedAheadAndALaterOpenOfTheSameMessageIsAPersons() {
        assertThat(judge(new int[] {1, 1, 2}, Response.OPEN, new double[] {.5, 3_600, Double.NaN}))
                .containsExactly(true, false, false);
    }

    @Test
    void aScannerFollowsAllLinksOfAMessageAndAllItsClicksAreLeftOut() {
        assertThat(judge(new int[] {1, 1, 1, 1, 2, 2}, Response.CLICK, new double[] {90, 61, 60, 62, 60, 300}))
                .containsExactly(true, true, true, true, false, false);
        assertThat(judge(new int[] {1, 1, 2}, Response.CLICK, new double[] {1, 50, 50}))
                .containsExactly(true, true, false);
    }

    @Test
    void visitsAreNeverJudgedByADelivery() {
        assertThat(judge(new int[] {-1, -1}, Response.VISIT, new double[] {Double.NaN, 0}))
                .containsExactly(false, false);
    }

    @Test
    void anAgentThatIsKnownOrGivesItselfAwayIsAMachineThroughout() {
        int n = 45;
        int[] message = new int[n];
        Response[] response = new Response[n];
        double[] seconds = new double[n];
        int[] agent = new int[n];
        for (int i = 0; i < n; i++) {
            message[i] = i;
            response[i] = Response.OPEN;
            // Agent 0 opens 15 of 20 at once, agent 1 five of 20, agent 2 all of its 5, two of them later: too few to
            // judge it.
            agent[i] = i < 20 ? 0 : i < 40 ? 1 : 2;
            boolean quick = agent[i] == 0 ? i < 15 : agent[i] == 1 ? i < 25 : i < 43;
            seconds[i] = quick ? 1 : 1_000;
        }
        boolean[] judged = MachineTraffic.USUAL.judge(message, response, seconds, agent, new boolean[3]);
        for (int i = 0; i < n; i++) assertThat(judged[i]).isEqualTo(agent[i] == 0 || seconds[i] == 1);
        assertThat(MachineTraffic.count(judged)).isEqualTo(20 + 5 + 3);
        boolean[] known =
                MachineTraffic.USUAL.judge(message, response, seconds, agent, new boolean[] {false, false, true});
        assertThat(known[44]).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Mozilla/5.0                                                                     | true
            Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130 Safari   | false
            Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy) | false
            YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html         | false
            python-requests/2.32                                                            | true
            Mozilla/5.0 (compatible; bingbot/2.0)                                            | true
            Barracuda Sentinel (EE)                                                         | true
            """)
    void agentsAreKnownByTheirNames(String agent, boolean machine) {
        assertThat(MachineTraffic.machine(agent)).isEqualTo(machine);
    }

    @Test
    void whatCannotBeIsRefusedInWords() {
        assertThatThrownBy(() -> new MachineTraffic(2, 4, 3, 1, 20, .5)).hasMessageContaining("clicks 2");
        assertThatThrownBy(() -> MachineTraffic.USUAL.judge(
                        new int[1], new Response[] {Response.OPEN}, new double[1], new int[1], new boolean[0]))
                .hasMessage("agent 0; there are 0");
    }
}
