/** Due work on PostgreSQL: db-scheduler on the business clock. */
@NullMarked
package io.rekindle.platform.jobs;

import org.jspecify.annotations.NullMarked;
