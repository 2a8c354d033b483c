package io.rekindle.models.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rekindle.models.experiment.Lift.Measured;
import io.rekindle.models.experiment.Lift.Relative;
import io.rekindle.models.experiment.Posterior.Prior;
import org.junit.jupiter.api.Test;

/** The numbers printed in the tests of GrowthBook's statistics engine (MIT), beyond those of {@link TwoSampleTest}. */
class ReferencesTest {
    private static final double LAST_DIGIT = .5e-5;
    private static final Sample A = new Sample(3000, 1396.87, 52377.9767);
    private static final Sample B = new Sample(3461, 2422.7, 134698.29);

    @Test
    void theAlwaysValidIntervalOfMeansIsTheReferences() {
        Relative lift = relative(TwoSample.means(A, B, new Look.Anytime(.05, 1000)));
        assertThat(lift.estimate()).isCloseTo(.50336, within(LAST_DIGIT));
        assertThat(lift.low()).isCloseTo(-.55844, within(LAST_DIGIT));
        assertThat(lift.high()).isCloseTo(1.56516, within(LAST_DIGIT));
        assertThat(lift.standardError()).isCloseTo(.33341, within(LAST_DIGIT));
        assertThat(lift.p()).isEqualTo(1);
    }

    @Test
    void theAlwaysValidIntervalOfProportionsIsTheReferences() {
        Relative lift = relative(TwoSample.proportions(3000, 1396, 3461, 2422, new Look.Anytime(.05)));
        assertThat(lift.estimate()).isCloseTo(.50386, within(LAST_DIGIT));
        assertThat(lift.low()).isCloseTo(.40098, within(LAST_DIGIT));
        assertThat(lift.high()).isCloseTo(.60675, within(LAST_DIGIT));
        assertThat(lift.standardError()).isCloseTo(.03386, within(LAST_DIGIT));
        assertThat(lift.p()).isCloseTo(0, within(LAST_DIGIT));
    }

    @Test
    void theAlwaysValidIntervalWithACovariateIsTheReferences() {
        JointSample control = new JointSample(3000, A.sum(), A.sumOfSquares(), 16.87, 527.9767, 1);
        JointSample treatment = new JointSample(3461, B.sum(), B.sumOfSquares(), 22.7, 1348.29, 1);
        Cuped cuped = Cuped.means(control, treatment, new Look.Anytime(.05));
        Relative lift = relative(cuped.adjusted());
        // The reference divides by the unadjusted mean of the control arm; we by the adjusted one, whose own error
        // (it moves with the covariate's mean in both arms) is counted too: a few 1e-5 of difference in the width.
        double unadjusted = TwoSampleTest.measured(cuped.plain()).control();
        assertThat(TwoSampleTest.measured(cuped.adjusted()).estimate() / unadjusted)
                .isCloseTo(.50338, within(LAST_DIGIT));
        assertThat(lift.high() - lift.low()).isCloseTo(1.51646 + .50969, within(1e-4));
        assertThat(lift.standardError()).isCloseTo(.33341, within(2 * LAST_DIGIT));
        assertThat(lift.p()).isEqualTo(1);
    }

    @Test
    void thePosteriorWithAPriorIsTheReferences() {
        Relative lift = relative(TwoSample.means(new Sample(10, 100, 1002.25), new Sample(10, 105, 1111.5), .05));
        Posterior posterior =
                Posterior.ofEffect(lift.estimate(), lift.standardError(), new Prior(.1, Math.sqrt(.1)), .95);
        assertThat(posterior.mean()).isCloseTo(.05063, within(LAST_DIGIT));
        assertThat(posterior.standardDeviation()).isCloseTo(.03549, within(LAST_DIGIT));
        assertThat(posterior.low()).isCloseTo(-.01893, within(LAST_DIGIT));
        assertThat(posterior.high()).isCloseTo(.12019, within(LAST_DIGIT));
        assertThat(posterior.chanceToBeat()).isCloseTo(.92315, within(LAST_DIGIT));
        assertThat(posterior.lossIfRefused()).isCloseTo(.05186, within(LAST_DIGIT));
        assertThat(posterior.lossIfChosen()).isCloseTo(.00123, within(LAST_DIGIT));
    }

    @Test
    void theExpectedLossesOfTwoRatesAreTheReferences() {
        Posterior posterior = Posterior.ofRates(100, 49, 100, 51, 1, 1, .95);
        assertThat(posterior.lossIfRefused()).isCloseTo(.03872, within(LAST_DIGIT));
        assertThat(posterior.lossIfChosen()).isCloseTo(.01912, within(LAST_DIGIT));
    }

    private static Relative relative(Lift lift) {
        Measured measured = TwoSampleTest.measured(lift);
        return measured.relative().orElseThrow();
    }
}
