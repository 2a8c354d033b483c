/** Which of several actions to try next when every answer teaches: bandits, and evaluation from their logs. */
@NullMarked
package io.rekindle.models.bandit;

import org.jspecify.annotations.NullMarked;
