package io.rekindle.simulator;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/**
 * What came to pass on one day.
 *
 * @param day the day
 * @param played the events of the day
 * @param buyers the user ids of who ordered
 * @param mails how many mails had arrived since the day before
 * @param unwelcomeMails how many of them went to people who never allowed mail or had unsubscribed
 * @param opens how many pictures of mails were loaded by readers
 * @param clicks how many links were followed by readers
 * @param unsubscribes how many readers unsubscribed and were told it worked
 * @param machineVisits how many links and pictures were loaded by scanners and proxies
 * @param refusedLinks how many addresses were not visited because they are not on this machine
 * @param failedVisits how many visits failed or were answered with an error
 * @param problems the first few refused or failed visits, in words
 */
public record DaySummary(
        LocalDate day,
        Played played,
        Set<String> buyers,
        int mails,
        int unwelcomeMails,
        int opens,
        int clicks,
        int unsubscribes,
        int machineVisits,
        int refusedLinks,
        int failedVisits,
        List<String> problems) {
    /** Copies its collections. */
    public DaySummary {
        buyers = Set.copyOf(buyers);
        problems = List.copyOf(problems);
    }
}
