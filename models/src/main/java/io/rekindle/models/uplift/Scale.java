package io.rekindle.models.uplift;

/** Effects as the data bear them out: average + slope · (predicted − mean predicted). */
record Scale(double average, double mean, double slope) {
    /**
     * Of some customers' predicted effects and the doubly robust ones, both by row of the table.
     *
     * @param rows the customers
     */
    static Scale of(double[] predicted, double[] corrected, int[] rows) {
        double mean = 0;
        double average = 0;
        for (int row : rows) {
            mean += predicted[row] / rows.length;
            average += corrected[row] / rows.length;
        }
        double together = 0;
        double squares = 0;
        for (int row : rows) {
            together += (predicted[row] - mean) * (corrected[row] - average);
            squares += (predicted[row] - mean) * (predicted[row] - mean);
        }
        // Where the slope is naught or less nothing ranks anyway; the order the learner found is kept for the trial.
        double slope = squares > 0 ? Math.clamp(together / squares, .01, 2) : 1;
        return new Scale(average, mean, slope);
    }

    double of(double predicted) {
        return average + slope * (predicted - mean);
    }
}
