/** Item-item recommendations for a hundred thousand customers: from rows to the ten best for each. */
@NullMarked
package io.rekindle.bench.recommend;

import org.jspecify.annotations.NullMarked;
