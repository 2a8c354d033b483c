package io.rekindle.models.recommend;

/**
 * How well recommendations foretold what customers bought. The first five are means over customers with something kept
 * back.
 *
 * <p>Sources: Järvelin and Kekäläinen (TOIS 20, 2002) for nDCG; Voorhees and Harman (TREC) for average precision; Zhou et al.
 * (PNAS 107, 2010) for novelty as self-information. Assumption: a hit is a purchase that would have come anyway; what a
 * recommendation causes is for an experiment to tell. Complexity: O(k) a customer.
 *
 * @param customers number of them
 * @param k recommendations a customer
 * @param ndcg discounted cumulative gain over the best possible one: a hit at rank r (from 1) is worth 1 / log₂(r + 1)
 * @param ndcgError its standard error
 * @param recall share of a customer's kept back items among the recommended
 * @param precision share of the k places that were hits
 * @param map average precision: the mean, over ranks with a hit, of the share of hits up to there; over the smaller of k and
 *     the number kept back
 * @param hitRate share of customers with at least one hit
 * @param coverage share of all items that were recommended to somebody
 * @param novelty mean, over recommendations, of −log₂ of the share of customers who have the item: how little known it is, in
 *     bits; an item nobody has counts as if one had
 */
public record Quality(
        int customers,
        int k,
        double ndcg,
        double ndcgError,
        double recall,
        double precision,
        double map,
        double hitRate,
        double coverage,
        double novelty) {}
