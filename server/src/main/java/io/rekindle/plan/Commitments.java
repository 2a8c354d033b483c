package io.rekindle.plan;

import io.rekindle.platform.Problem.Fault;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What campaigns stand on once they are submitted: somebody decides, or has decided, by what it said then. From submission
 * on, also when the campaign is over, it is not changed any more; a campaign that was cancelled before its launch stands
 * on nothing.
 *
 * <p>Whoever changes an objective or an offer and whoever submits a campaign both lock its row first, so that of the two
 * the second sees what the first did.
 */
@Component
class Commitments {
    private static final String COMMITTED = """
            and (state in ('in_review', 'approved', 'running', 'measuring', 'finished')
                or (state = 'cancelled' and run_id is not null))
            order by id
            """;

    private final JdbcClient jdbc;

    Commitments(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Locks an objective that is to be changed, and tells which campaigns stand on it. */
    List<String> onObjective(long id) {
        jdbc.sql("select id from objectives where id = :id for update")
                .param("id", id)
                .query(Long.class)
                .list();
        return campaigns("select id, name, state from campaigns where objective_id = :id " + COMMITTED, id);
    }

    /** Locks an offer that is to be changed, and tells which campaigns stand on it. */
    List<String> onOffer(long id) {
        jdbc.sql("select id from offers where id = :id for update")
                .param("id", id)
                .query(Long.class)
                .list();
        return campaigns("select id, name, state from campaigns where offer_id = :id " + COMMITTED, id);
    }

    /** Holds what a campaign that is being submitted stands on until its transaction ends. */
    void hold(Campaign campaign) {
        jdbc.sql("select id from objectives where id = :id for share")
                .param("id", campaign.objectiveId())
                .query(Long.class)
                .list();
        if (campaign.offerId() != null)
            jdbc.sql("select id from offers where id = :id for share")
                    .param("id", campaign.offerId())
                    .query(Long.class)
                    .list();
    }

    /**
     * Holds the codes of an offer until the transaction ends: whoever promises of them does so first, so that of two
     * approvals the second sees what the first promised.
     */
    void holdCodes(long offerId) {
        jdbc.sql("select id from offers where id = :id for update")
                .param("id", offerId)
                .query(Long.class)
                .list();
    }

    /** The campaigns other than this one that codes of the offer are promised to. */
    List<String> promisedTo(long offerId, long campaignId) {
        return campaigns("""
                select id, name, state from campaigns p
                where offer_id = :id and state in ('approved', 'running') and p.id <> :but
                  and codes_promised > (select count(*) from coupons g where g.campaign_id = p.id)
                order by id
                """, offerId, campaignId);
    }

    /** What is wrong with changing these fields of what campaigns stand on; empty when none stands on it. */
    static List<Fault> faults(List<String> campaigns, Changes changes) {
        if (campaigns.isEmpty()) return List.of();
        return changes.fields().stream()
                .map(field -> new Fault(field, "campaigns_stand_on_it", "stands under {campaigns}")
                        .with("campaigns", campaigns))
                .toList();
    }

    private List<String> campaigns(String sql, long id) {
        return campaigns(sql, id, 0);
    }

    private List<String> campaigns(String sql, long id, long but) {
        return jdbc.sql(sql)
                .param("id", id)
                .param("but", but)
                .query((r, n) ->
                        "campaign %d '%s' (%s)".formatted(r.getLong("id"), r.getString("name"), r.getString("state")))
                .list();
    }
}
