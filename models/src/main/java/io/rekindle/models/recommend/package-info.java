/** What to offer to whom: recommenders, what may be recommended, and how well they do beside plain popularity. */
@NullMarked
package io.rekindle.models.recommend;

import org.jspecify.annotations.NullMarked;
