/** Who will do something (leave, answer, buy), with a calibrated probability, reasons and a card. */
@NullMarked
package io.rekindle.models.propensity;

import org.jspecify.annotations.NullMarked;
